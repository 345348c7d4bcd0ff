"""The rules that read the raw text, before anything else and at every note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .adverse_events import adverse_events
from .approved_use import ApprovedUse
from .flags import FlagHit
from .medical_inquiries import medical_inquiries
from .off_label import off_label_uses
from .plain_text import PlainText
from .product_complaints import product_complaints

_DETECTORS = (adverse_events, product_complaints, medical_inquiries)


def find_flags(text: str, approved: Sequence[ApprovedUse] = ()) -> list[FlagHit]:
    """Flags of a raw note in order of position; spans are of the text as typed.

    English, with the German of simple notes. Recall comes before precision; a worry, a trial or a logistic question
    is meant to pass. `approved` is what the label of the note's brand allows, if it is known.
    """
    return flags_of(PlainText.of(text), approved)


def flags_of(plain: PlainText, approved: Sequence[ApprovedUse] = ()) -> list[FlagHit]:
    """`find_flags` where the plain copy is at hand already."""
    hits = [hit for detector in _DETECTORS for hit in detector(plain)]
    hits += off_label_uses(plain, approved)
    return sorted(_carried_back(plain, hit) for hit in hits if hit.start < hit.end)


def _carried_back(plain: PlainText, hit: FlagHit) -> FlagHit:
    start, end = plain.original(hit.start, hit.end)
    return replace(hit, start=start, end=end)
