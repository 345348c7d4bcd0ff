"""Topics that modules are read as answering, against the topics that gold says they answer."""

from __future__ import annotations

from ...embeddings import Encoder
from ...errors import InputError
from ...inference.matching import modules_learned_from, read_catalogue_topics
from ...inference.records.catalogue import Catalogue, Module
from ...prompts import Taxonomy
from ..datasets import Timelines
from ..results import ALL, Figure, ItemSet, part_of
from .measures import figures
from .set_figures import set_measures

TOPIC_ITEMS = "matching: modules"


def require_unseen_modules(catalogue: Catalogue, encoder: Encoder) -> None:
    """Raises InputError where the reader of topics learned from modules of the catalogue."""
    if learned := modules_learned_from(catalogue.modules, encoder):
        raise InputError(
            f"the reader of topics learned from {len(learned)} modules of the catalogue, {learned[0]} among them: "
            "what it says of them proves nothing, so measure on other modules"
        )


def module_items(timelines: Timelines, catalogue: Catalogue) -> ItemSet:
    """The modules that gold says the topics of, each by itself."""
    ids = tuple(module.module_id for module in _labelled(timelines, catalogue))
    return ItemSet(TOPIC_ITEMS, ids, ids)


def module_topic_figures(
    suite: str, timelines: Timelines, catalogue: Catalogue, items: ItemSet, taxonomy: Taxonomy, encoder: Encoder
) -> list[Figure]:
    """Micro F1, precision and recall of the topics answered, by language too, and as similarity alone says them."""
    modules = _labelled(timelines, catalogue)
    if not modules:
        return []
    true = [frozenset(topic for topic, _ in timelines.addresses[module.module_id]) for module in modules]
    parts: dict[str, list[int]] = {ALL: list(range(len(modules)))}
    for row, module in enumerate(modules):
        parts.setdefault(f"language={module.language or 'unknown'}", []).append(row)
    found = []
    for learned, ablation in ((True, ""), (False, "ablation=topics by similarity")):
        read = read_catalogue_topics(catalogue.modules, taxonomy, encoder, learned=learned)
        measures = set_measures("topics of modules", [frozenset(read[module.module_id]) for module in modules], true)
        found += figures(suite, items, measures, {_named(part, ablation): rows for part, rows in parts.items()})
    return found


def _named(part: str, ablation: str) -> str:
    """A part under an ablation."""
    if part == ALL:
        return ablation or ALL
    return part_of(ablation or ALL, part)


def _labelled(timelines: Timelines, catalogue: Catalogue) -> list[Module]:
    return [module for module in catalogue.modules if module.module_id in timelines.addresses]
