"""Words about a use outside the label: they never speak for a need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..triage.flags import record_ids
from .safety import HOLDS_FROM

Span = tuple[int | None, int | None]


class OffLabelWords:
    """Where off-label talk was flagged with a probability of 0.5 or more, whatever was decided about the flag since.

    A flag that knows no place in its note speaks of the whole note.
    """

    def __init__(self, flags: pa.Table) -> None:
        self._spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
        for flag in flags.select(["kind", "probability", "hcp_id", "note_id", "start", "end"]).to_pylist():
            if flag["kind"] == "off_label" and (flag["probability"] is None or flag["probability"] >= HOLDS_FROM):
                for record_id in record_ids(flag["note_id"]):
                    self._spans[flag["hcp_id"], record_id].append((flag["start"], flag["end"]))

    def left_out(self, profiles: pa.Table) -> pa.Table:
        """PROFILES without the evidence that overlaps such talk.

        A driver of which nothing else is left is left out too: an interest in a use outside the label is none to
        answer. A barrier stays, since what holds back prescribing is still there.
        """
        if not self._spans:
            return profiles
        concerned = pc.is_in(profiles["hcp_id"], pa.array({hcp_id for hcp_id, _ in self._spans}, pa.string()))
        cleaned = self._cleaned(profiles.filter(concerned).to_pylist())
        others = profiles.filter(pc.invert(concerned))
        return pa.concat_tables([others, pa.Table.from_pylist(cleaned, profiles.schema)])

    def _cleaned(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        cleaned = []
        for row in rows:
            evidence = [quote for quote in row["evidence"] or () if not self._is_off_label(row["hcp_id"], quote)]
            if row["polarity"] == "barrier" or evidence or not row["evidence"]:
                cleaned.append({**row, "evidence": evidence})
        return cleaned

    def _is_off_label(self, hcp_id: str, quote: Mapping[str, Any]) -> bool:
        spans = () if quote["source"] == "event" else self._spans.get((hcp_id, quote["id"]), ())
        return any(_overlap((quote["start"], quote["end"]), span) for span in spans)


def _overlap(one: Span, other: Span) -> bool:
    begin, end = (one[0], other[0]), (one[1], other[1])
    if None in begin or None in end:
        return True
    return max(value for value in begin if value is not None) < min(value for value in end if value is not None)
