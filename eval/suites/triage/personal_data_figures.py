"""Redaction on sentences with typed personal data: how much of each type that identifies a patient is covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ....inference.triage import find_all_identifiers
from ...datasets import PersonalDataText
from ...metrics import COUNTED_SHARE, Place
from ...results import Figure, ItemSet
from ...results.figure import ALL
from ..measures import Measure, figures
from .covering import character_overlap, columns, covered_counts

ITEMS = "personal data sentences"

IDENTIFYING = (
    "CREDIT_CARD",
    "EMAIL_ADDRESS",
    "IBAN_CODE",
    "IP_ADDRESS",
    "PERSON",
    "PHONE_NUMBER",
    "STREET_ADDRESS",
    "US_DRIVER_LICENSE",
    "US_SSN",
    "ZIP_CODE",
)
"""Types that identify a patient by the HIPAA safe harbour (45 CFR 164.514); of dates, ages and places some do."""

_NOTE = "sentences of everyday life: rules for call notes leave names that are no patient's, and bank and internet data"


def sentence_items(texts: Sequence[PersonalDataText]) -> ItemSet:
    """Sentences; those of one template are alike and make a cluster."""
    names = tuple(f"sentence {number + 1}" for number in range(len(texts)))
    templates = (text.template_id for text in texts)
    clusters = (
        name if template is None else f"template {template}" for name, template in zip(names, templates, strict=True)
    )
    return ItemSet(ITEMS, names, tuple(clusters))


def personal_data_figures(suite: str, items: ItemSet, texts: Sequence[PersonalDataText]) -> list[Figure]:
    """Share of the data covered whole and touched, of each type; and how much of what is redacted is personal data."""
    found = [[(i.start, i.end) for i in found] for found in find_all_identifiers([text.full_text for text in texts])]
    parts = {ALL: IDENTIFYING} | {f"entity={kind}": (kind,) for kind in IDENTIFYING}
    figures_ = [figure for part, kinds in parts.items() for figure in _recall(suite, items, texts, found, part, kinds)]
    overlaps = [
        character_overlap(text.full_text, places, _places(text)) for text, places in zip(texts, found, strict=True)
    ]
    precision = Measure(
        "personal data character precision",
        COUNTED_SHARE,
        columns(overlaps, 3)[:, [0, 1]],
        concerned=True,
        note="characters redacted that are personal data of any type",
    )
    return figures_ + figures(suite, items, [precision], {ALL: range(len(texts))})


def unmeasured_notices(suite: str, texts: Sequence[PersonalDataText]) -> tuple[str, ...]:
    """Which types of personal data have no figure of their own, and how often they occur, where some do."""
    others = Counter(span.entity_type for text in texts for span in text.spans if span.entity_type not in IDENTIFYING)
    if not others:
        return ()
    named = ", ".join(f"{kind} {count:,}" for kind, count in sorted(others.items()))
    return (f"{suite}: whether these types of personal data are covered is not measured, with their number: {named}",)


def _recall(
    suite: str,
    items: ItemSet,
    texts: Sequence[PersonalDataText],
    found: Sequence[Sequence[Place]],
    part: str,
    kinds: Sequence[str],
) -> Iterator[Figure]:
    counts = columns(
        [
            covered_counts(text.full_text, places, _places(text, kinds))
            for text, places in zip(texts, found, strict=True)
        ],
        3,
    )
    measures = [
        Measure("personal data covered whole", COUNTED_SHARE, counts[:, [0, 2]], concerned=True, note=_NOTE),
        Measure("personal data touched", COUNTED_SHARE, counts[:, [1, 2]], concerned=True, note=_NOTE),
    ]
    yield from figures(suite, items, measures, {part: range(len(texts))})


def _places(text: PersonalDataText, kinds: Sequence[str] | None = None) -> list[Place]:
    return [(s.start_position, s.end_position) for s in text.spans if kinds is None or s.entity_type in kinds]
