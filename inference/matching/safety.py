"""Open adverse events and what else holds promotion: while one is open, nothing is promoted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..records.brands import brand_key
from ..triage.queue import is_open

_ANY_BRAND = ""
HOLDS_FROM = 0.5
"""Probability from which an open flag stops promotion; a flag below it waits in the queue all the same."""


class SafetyHolds:
    """Flags that hold promotion by physician and brand; one without a brand holds all brands of the physician.

    `kinds` are those that do (see `EligibilitySettings.holds`).
    """

    def __init__(self, flags: pa.Table, kinds: Sequence[str] = ("adverse_event",)) -> None:
        self._flags: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        likely = pc.fill_null(pc.greater_equal(flags["probability"], HOLDS_FROM), True)
        holding = flags.filter(pc.and_(pc.is_in(flags["kind"], pa.array(kinds, pa.string())), likely))
        columns = ["note_id", "hcp_id", "brand", "kind", "disposition", "decided_at"]
        for flag in holding.select(columns).to_pylist():
            self._flags[flag["hcp_id"], brand_key(flag["brand"] or _ANY_BRAND)].append(flag)

    def reason(self, hcp_id: str, brand: str, as_of: date) -> str | None:
        """Why promotion stops, naming every note whose flag was not closed by `as_of`; None if all were."""
        flags = self._flags.get((hcp_id, brand_key(brand)), []) + self._flags.get((hcp_id, _ANY_BRAND), [])
        still_open = [flag for flag in flags if is_open(flag, as_of)]
        if not still_open:
            return None
        told = []
        for kind in sorted({flag["kind"] for flag in still_open}):
            notes = sorted({flag["note_id"] for flag in still_open if flag["kind"] == kind})
            told.append(f"{kind.replace('_', ' ')} in {', '.join(notes)}")
        return (
            f"{' and '.join(told)} is still open: nothing of {brand} is promoted to {hcp_id} "
            "until drug safety has closed it"
        )
