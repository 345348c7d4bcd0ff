"""How often a physician was contacted and shown a module, and what that leaves (see `FrequencyCap`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .channel_bits import BIT, EVERY_CHANNEL, bits_of
from .eligibility_settings import FrequencyCap

SHOWN = ("sent", "viewed")
"""Actions that put a module before a physician; a delivery, an open or a click belongs to the same showing."""

MEETINGS = ("face_to_face", "phone", "video", "msl")
"""Channels where the contact is the meeting itself; in all others it is what was sent."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One event that put a module before a physician or was a contact; `module_id` is None where nothing was shown.

    `at` tells apart what happened on one day.
    """

    day: date
    channel: str
    action: str
    module_id: str | None = None
    at: datetime | None = None

    @property
    def is_showing(self) -> bool:
        """Whether a module was put before the physician."""
        return self.module_id is not None and self.action in SHOWN

    @property
    def is_contact(self) -> bool:
        """Whether we came to the physician; a visit of one's own accord (a page viewed) is none."""
        return self.action == "sent" or (self.action == "attended" and self.channel in MEETINGS)


class Rested(NamedTuple):
    """What the caps let rest, as sets of channels (see `channel_bits`).

    Attributes:
        channels: rest for all modules, because they were used often enough.
        all_modules: through which no module may be shown at all.
        modules: through which a module rests, by its row.
    """

    channels: int
    all_modules: int
    modules: Mapping[int, int]


class _Cap(NamedTuple):
    """A cap over the days from `before` the day asked about; no channels are all."""

    per: str
    at_most: int
    before: timedelta
    channels: frozenset[str]
    covered: int


def _covered(cap: FrequencyCap) -> int:
    return bits_of(cap.channels) if cap.channels else EVERY_CHANNEL


class FrequencyCaps:
    """The caps over a fixed list of modules."""

    def __init__(self, caps: Sequence[FrequencyCap], module_ids: Sequence[str]) -> None:
        self._caps = [
            _Cap(cap.per, cap.at_most, timedelta(days=cap.days - 1), frozenset(cap.channels), _covered(cap))
            for cap in caps
        ]
        self._rows = {module_id: row for row, module_id in enumerate(module_ids)}
        self._never = 0
        self._least = min((cap.at_most for cap in caps), default=0)
        for cap in self._caps:
            if cap.per == "module" and cap.at_most == 0:
                self._never |= cap.covered

    def check(self, contacts: Iterable[Contact], as_of: date) -> Rested:
        """What rests on a day; contacts after it do not count."""
        past = [contact for contact in contacts if contact.day <= as_of]
        channels, modules = 0, dict[int, int]()
        if len(past) < self._least:
            return Rested(0, self._never, modules)
        for cap in self._caps:
            first, within = as_of - cap.before, cap.channels
            recent = [contact for contact in past if contact.day >= first and (not within or contact.channel in within)]
            if len(recent) < cap.at_most:
                continue
            if cap.per == "channel":
                channels |= cap.covered & _used_up(recent, cap.at_most)
            elif cap.at_most:
                for row in self._tired(recent, cap.at_most):
                    modules[row] = modules.get(row, 0) | cap.covered
        return Rested(channels, self._never, modules)

    def _tired(self, contacts: Iterable[Contact], at_most: int) -> list[int]:
        shown = Counter(contact.module_id for contact in contacts if contact.is_showing)
        return [self._rows[key] for key, count in shown.items() if count >= at_most and key in self._rows]


def _used_up(contacts: Iterable[Contact], at_most: int) -> int:
    counts = Counter(contact.channel for contact in contacts if contact.is_contact)
    return sum(bit for name, bit in BIT.items() if counts[name] >= at_most)
