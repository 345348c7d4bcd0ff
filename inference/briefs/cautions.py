"""What not to say or do in a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..matching import Answer
from ..pages import PhysicianPage
from ..pages.wording import plain
from .call_brief import Caution

_OF_FLAGS: Mapping[str, str] = {
    "adverse_event": "Possible adverse event in {}: see that drug safety has it; do not explain it away",
    "product_complaint": "Product complaint in {}: see that quality has it; promise nothing",
    "off_label": "Off-label talk in {}: do not take it up; medical information answers if asked",
    "medical_inquiry": "Medical inquiry in {}: medical information answers it, not you",
}
"""In the order of their gravity."""

Row = Mapping[str, Any]


def cautions_of(
    page: PhysicianPage, answer: Answer | None, flags: Iterable[Row], closed_channels: Iterable[str]
) -> tuple[Caution, ...]:
    """The gravest first.

    Args:
        page: of the physician and brand.
        answer: of `match`, None where the catalogue has nothing of the brand.
        flags: open rows of FLAGS that concern the pair.
        closed_channels: those through which the physician may not be contacted.
    """
    return (*_suppressed(answer), *_flagged(flags), *_channels(page, closed_channels), *_unworded(answer))


def _suppressed(answer: Answer | None) -> Iterator[Caution]:
    if answer is not None and answer.suppressed:
        yield Caution(f"Nothing promotional: {answer.suppressed}")


def _flagged(flags: Iterable[Row]) -> Iterator[Caution]:
    order = list(_OF_FLAGS)
    for flag in sorted(flags, key=lambda row: (order.index(row["kind"]), row["note_id"], row["start"] or 0)):
        yield Caution(_OF_FLAGS[flag["kind"]].format(flag["note_id"]), flag["evidence"] or None)


def _channels(page: PhysicianPage, closed: Iterable[str]) -> Iterator[Caution]:
    names = [plain(name) for name in closed]
    if names:
        yield Caution(f"No consent to contact by {', '.join(names)}")
    avoided = [channel.name for channel in page.channels if channel.stated == "avoids" and channel.name not in names]
    if avoided:
        yield Caution(f"Does not wish to hear by {', '.join(avoided)}")


def _unworded(answer: Answer | None) -> Iterator[Caution]:
    topics = [plain(refusal.topic) for refusal in answer.refused if not refusal.eligible] if answer else []
    if topics:
        yield Caution(f"No approved wording may be shown on {', '.join(topics)}: listen, and improvise nothing")
