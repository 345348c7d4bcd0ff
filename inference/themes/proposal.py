"""Themes as topics: a taxonomy that a person reviews and the next run takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import yaml

from ...prompts import Polarity, Taxonomy, Topic
from ...prompts.taxonomy import Examples
from .naming import words_in
from .open_clauses import OpenClause
from .theme import Theme

EXAMPLES = 10
"""Examples of a proposed topic and polarity."""


def proposed_taxonomy(taxonomy: Taxonomy, themes: Sequence[Theme], names: Collection[str] = ()) -> Taxonomy:
    """The topics of the taxonomy as they are, and one a theme, with its most typical clauses for examples.

    Clauses that hold an identifier, or one of the `names` of physicians and brands, are no examples; nor is more than
    one clause of a physician, or the same words twice.
    """
    topics = (*taxonomy.topics, *(_topic(theme, frozenset(names)) for theme in themes))
    return Taxonomy(name=f"{taxonomy.name}-proposed", version=taxonomy.version, topics=topics)


def taxonomy_yaml(taxonomy: Taxonomy) -> str:
    """The file that `Taxonomy.load` reads."""
    return yaml.safe_dump(taxonomy.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)


def _topic(theme: Theme, names: frozenset[str]) -> Topic:
    heard = f"{len(theme.clauses)} clauses of {theme.physicians} physicians"
    name, description = ", ".join(theme.words), f"What is said of {', '.join(theme.words)}; proposed from {heard}."
    if said := theme.proposal:
        name = said.name
        description = f"{said.description} {description} Named by {said.model}.".strip()
    return Topic(
        id=theme.id,
        name=name.capitalize(),
        scientific=False,
        description=description,
        examples=Examples(driver=_examples(theme, "driver", names), barrier=_examples(theme, "barrier", names)),
    )


def _examples(theme: Theme, polarity: Polarity, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(clause.text for clause in _shown(theme, polarity, names))[:EXAMPLES]


def _shown(theme: Theme, polarity: Polarity, names: frozenset[str]) -> Iterator[OpenClause]:
    heard: set[str] = set()
    for clause, drives in zip(theme.clauses, theme.driving, strict=True):
        said_so = (drives >= 0.5) == (polarity == "driver")
        if (
            said_so
            and not clause.masked
            and not words_in([clause.text]) & names
            and not heard & {clause.hcp_id, clause.text}
        ):
            heard |= {clause.hcp_id, clause.text}
            yield clause
