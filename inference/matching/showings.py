"""When which module was shown to whom, from the content events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from .frequency import SHOWN, Contact

_COUNTED = (*SHOWN, "attended")
_SAME_EVENT = ("hcp_id", "content_id", "timestamp", "channel", "action")


class ShowingLog:
    """Showings and contacts by physician; events that repeat another in all but their id count once."""

    def __init__(self, content_events: pa.Table) -> None:
        self._contacts: dict[str, tuple[Contact, ...]] = {}
        self.add(content_events)

    def add(self, content_events: pa.Table) -> None:
        """Events that came later; those known already count once."""
        counted = content_events.filter(pc.is_in(content_events["action"], pa.array(_COUNTED)))
        events = counted.group_by(list(_SAME_EVENT)).aggregate([])
        columns = (events[name].to_pylist() for name in _SAME_EVENT)
        new: dict[str, list[Contact]] = defaultdict(list)
        for hcp_id, content_id, timestamp, channel, action in zip(*columns, strict=True):
            new[hcp_id].append(Contact(timestamp.date(), channel, action, content_id, timestamp))
        for hcp_id, of_one in new.items():
            self._contacts[hcp_id] = tuple(dict.fromkeys((*self._contacts.get(hcp_id, ()), *of_one)))

    def contacts(self, hcp_id: str) -> tuple[Contact, ...]:
        """All showings and contacts of a physician, in no order."""
        return self._contacts.get(hcp_id, ())


def shown_weights(contacts: tuple[Contact, ...], as_of: date, half_life_days: float) -> Mapping[str, float]:
    """Showings by module id up to `as_of`, each counting half after every half-life."""
    weights: dict[str, float] = defaultdict(float)
    for contact in contacts:
        if contact.is_showing and contact.module_id is not None and contact.day <= as_of:
            weights[contact.module_id] += 0.5 ** ((as_of - contact.day).days / half_life_days)
    return weights
