"""When which module was shown to whom, from the content events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

SHOWN = ("sent", "viewed")
"""Actions that put a module before a physician; a delivery, an open or a click belongs to the same showing."""

_SAME_EVENT = ("hcp_id", "content_id", "timestamp", "channel", "action")


class ShowingLog:
    """Days on which modules were shown, by physician; events that repeat another in all but their id count once."""

    def __init__(self, content_events: pa.Table) -> None:
        shown = pc.and_(pc.is_in(content_events["action"], pa.array(SHOWN)), pc.is_valid(content_events["content_id"]))
        events = content_events.filter(shown).group_by(list(_SAME_EVENT)).aggregate([])
        columns = (events[name].to_pylist() for name in ("hcp_id", "content_id", "timestamp"))
        self._shown: dict[str, list[tuple[str, date]]] = defaultdict(list)
        for hcp_id, content_id, timestamp in zip(*columns, strict=True):
            self._shown[hcp_id].append((content_id, timestamp.date()))

    def counts(self, hcp_id: str, as_of: date, window_days: int) -> Mapping[str, int]:
        """Showings by module id in the last `window_days` days, `as_of` included."""
        first = as_of - timedelta(days=window_days - 1)
        return Counter(module_id for module_id, day in self._shown.get(hcp_id, ()) if first <= day <= as_of)

    def weights(self, hcp_id: str, as_of: date, half_life_days: float) -> Mapping[str, float]:
        """Showings by module id up to `as_of`, each counting half after every half-life."""
        weights: dict[str, float] = defaultdict(float)
        for module_id, day in self._shown.get(hcp_id, ()):
            if day <= as_of:
                weights[module_id] += 0.5 ** ((as_of - day).days / half_life_days)
        return weights
