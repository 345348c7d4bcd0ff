"""How often a physician was contacted and shown a module, and what that leaves (see `FrequencyCap`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ..records.schemas import CHANNELS
from .eligibility_settings import FrequencyCap

SHOWN = ("sent", "viewed")
"""Actions that put a module before a physician; a delivery, an open or a click belongs to the same showing."""

MEETINGS = ("face_to_face", "phone", "video", "msl")
"""Channels where the contact is the meeting itself; in all others it is what was sent."""


@dataclass(frozen=True)
class Contact:
    """One event that put a module before a physician or was a contact; `module_id` is None where nothing was shown."""

    day: date
    channel: str
    action: str
    module_id: str | None = None

    @property
    def is_showing(self) -> bool:
        """Whether a module was put before the physician."""
        return self.module_id is not None and self.action in SHOWN

    @property
    def is_contact(self) -> bool:
        """Whether we came to the physician; a visit of one's own accord (a page viewed) is none."""
        return self.action == "sent" or (self.action == "attended" and self.channel in MEETINGS)


@dataclass(frozen=True)
class Rested:
    """What the caps let rest: channels (len(CHANNELS),) for all modules, and modules by channel (n, len(CHANNELS))."""

    channels: NDArray[np.bool_]
    modules: NDArray[np.bool_]


class FrequencyCaps:
    """The caps over a fixed list of modules."""

    def __init__(self, caps: Sequence[FrequencyCap], module_ids: Sequence[str]) -> None:
        self._caps = [(cap, np.array([cap.covers(name) for name in CHANNELS])) for cap in caps]
        self._rows = {module_id: row for row, module_id in enumerate(module_ids)}
        self._ids = list(module_ids)

    def check(self, contacts: Iterable[Contact], as_of: date) -> Rested:
        """What rests on a day; contacts after it do not count."""
        contacts = [contact for contact in contacts if contact.day <= as_of]
        rested = Rested(np.zeros(len(CHANNELS), dtype=bool), np.zeros((len(self._ids), len(CHANNELS)), dtype=bool))
        for cap, covered in self._caps:
            first = as_of - timedelta(days=cap.days - 1)
            recent = [contact for contact in contacts if contact.day >= first and cap.covers(contact.channel)]
            if cap.per == "channel":
                counts = Counter(contact.channel for contact in recent if contact.is_contact)
                rested.channels[:] |= covered & np.array([counts[name] >= cap.at_most for name in CHANNELS])
            elif cap.at_most == 0:
                rested.modules[:, covered] = True
            else:
                shown = Counter(contact.module_id for contact in recent if contact.is_showing)
                tired = [self._rows[key] for key, count in shown.items() if count >= cap.at_most and key in self._rows]
                rested.modules[tired] |= covered
        return rested
