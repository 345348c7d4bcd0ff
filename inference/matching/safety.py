"""Open adverse events: while one is open, nothing is promoted."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..triage.queue import is_open
from .shelf import brand_key

_ANY_BRAND = ""
HOLDS_FROM = 0.5
"""Probability from which an open adverse event stops promotion; a flag below it waits in the queue all the same."""


class SafetyHolds:
    """Adverse-event flags by physician and brand; a flag without a brand holds all brands of the physician."""

    def __init__(self, flags: pa.Table) -> None:
        self._flags: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        likely = pc.fill_null(pc.greater_equal(flags["probability"], HOLDS_FROM), True)
        adverse = flags.filter(pc.and_(pc.equal(flags["kind"], "adverse_event"), likely))
        for flag in adverse.select(["note_id", "hcp_id", "brand", "disposition", "decided_at"]).to_pylist():
            self._flags[flag["hcp_id"], brand_key(flag["brand"] or _ANY_BRAND)].append(flag)

    def reason(self, hcp_id: str, brand: str, as_of: date) -> str | None:
        """Why promotion stops, naming every note whose flag was not closed by `as_of`; None if all were."""
        flags = self._flags.get((hcp_id, brand_key(brand)), []) + self._flags.get((hcp_id, _ANY_BRAND), [])
        notes = sorted({flag["note_id"] for flag in flags if is_open(flag, as_of)})
        if not notes:
            return None
        listed = ", ".join(notes)
        return (
            f"adverse event in {listed} is still open: nothing of {brand} is promoted to {hcp_id} "
            "until drug safety has closed it"
        )
