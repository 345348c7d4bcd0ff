"""What is not known of a physician and brand, said plainly: what a page leaves out is taken for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..profiles import OPT_IN_CHANNELS, is_open
from .wording import plain, spoken_day

SILENT_DAYS = 120
"""After so long without a record about the brand the page says so."""
UNSURE_WIDTH = 0.5
"""An interval as wide as this leaves open whether it holds."""

Item = Mapping[str, Any]
"""An object of `inspect`."""


@dataclass(frozen=True)
class Around:
    """What the run knows around an object.

    Attributes:
        topics: ids of the taxonomy.
        unlisted: facts that the roster does not have, such as "segment".
        unread: records of the physician in a language that the model does not read.
        last_record: the day of the last note or survey answer about the brand.
        use_is_told: whether any record tells how far the brand is used.
        channels: channels that the run knows of anybody.
        consents: the latest status by channel.
    """

    topics: Sequence[str]
    unlisted: Sequence[str]
    unread: int
    last_record: date | None
    use_is_told: bool
    channels: Sequence[str]
    consents: Mapping[str, str]


def unknowns(item: Item, around: Around, today: date) -> tuple[str, ...]:
    """A sentence for each thing that is not known."""
    if "known" in item:
        return (*_of_person(around), *_of_consents(around))
    return (
        *_of_person(around),
        *_of_records(item, around, today),
        *_of_entries(item, around),
        *_of_channels(item, around),
        *_of_consents(around),
    )


def _of_person(around: Around) -> Iterator[str]:
    if around.unlisted:
        yield f"The roster does not say {_listed(around.unlisted, 'or')}."
    if around.unread:
        records = "One record is" if around.unread == 1 else f"{around.unread} records are"
        yield f"{records} in a language that the model does not read."


def _of_records(item: Item, around: Around, today: date) -> Iterator[str]:
    about = item["brand"] or "any brand"
    if around.last_record is None:
        yield f"No note or survey answer speaks of {about}."
    elif (today - around.last_record).days > SILENT_DAYS:
        months = round((today - around.last_record).days / 30.4)
        yield f"Nothing was said of {about} for {months} months, since {spoken_day(around.last_record, today)}."
    if item["brand"] and not around.use_is_told:
        yield f"No record tells how far {about} is used; prescriptions are not seen."


def _of_entries(item: Item, around: Around) -> Iterator[str]:
    entries = [(kind, entry) for kind in ("barrier", "driver") for entry in item[f"{kind}s"]]
    unsure = [
        f"{plain(entry['topic'])} ({kind})"
        for kind, entry in entries
        if is_open(entry) and entry["high"] - entry["low"] >= UNSURE_WIDTH
    ]
    if unsure:
        yield f"Little was said, so that it may well be otherwise: {', '.join(unsure)}."
    heard = {entry["topic"] for _, entry in entries}
    silent = [plain(topic) for topic in around.topics if topic not in heard]
    if heard and silent:
        yield f"Never spoken of: {', '.join(silent)}. Silence is no sign that all is well."


def _of_channels(item: Item, around: Around) -> Iterator[str]:
    tried = {channel["channel"] for channel in item["channels"]}
    untried = [plain(channel) for channel in around.channels if channel not in tried]
    if untried:
        yield f"Nothing is logged or said of {_listed(untried, 'or')}."


def _of_consents(around: Around) -> Iterator[str]:
    missing = [plain(channel) for channel in sorted(OPT_IN_CHANNELS) if channel not in around.consents]
    if missing:
        yield f"No consent is on record for {_listed(missing, 'or')}: taken as none."


def _listed(names: Sequence[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
