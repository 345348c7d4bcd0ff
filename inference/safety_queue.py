"""The safety queue of a published run: which flags wait for a person, until when, and what was searched for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from ..errors import InputError
from .dispositions_file import read_dispositions
from .inspecting import physician_brand_pairs, require_known
from .records.notices import counted
from .runs import Run
from .triage.queue import is_open, is_overdue, with_dispositions

Row = Mapping[str, Any]

_STATUSES: Mapping[str, Callable[[Row, date], bool]] = {
    "open": is_open,
    "closed": lambda flag, as_of: not is_open(flag, as_of),
    "overdue": is_overdue,
}


@dataclass(frozen=True)
class SafetyQueue:
    """The flags of a run (rows of FLAGS) as they stand at the end of the day `as_of`: open ones first, then by due day.

    An overdue flag is an open one whose due day has passed.
    """

    run: Run
    as_of: date
    flags: tuple[Row, ...]

    @classmethod
    def of(cls, run: Run, dispositions: Path | None = None, as_of: date | None = None) -> SafetyQueue:
        """The queue of a run with the decisions of a file on top of the run's own.

        `as_of` is the later of today and the run's day unless given: a flag is overdue by the calendar on the wall.

        Raises:
            InputError: a run of an older version, or a file of decisions that cannot be used.
        """
        as_of = as_of or max(date.today(), run.as_of)
        table = run.table("flags")
        if "due_at" not in table.column_names:
            raise InputError(f"{run.folder} has flags without due days: an older version made it, make the run again")
        if dispositions is not None:
            decided = read_dispositions(dispositions)
            table = with_dispositions(table, decided.filter(pc.less_equal(decided["decided_at"], as_of)))
        rows = sorted(table.to_pylist(), key=lambda flag: (not is_open(flag, as_of), flag["due_at"], flag["note_id"]))
        return cls(run, as_of, tuple(rows))

    def having(self, status: str) -> SafetyQueue:
        """The flags that are open (overdue ones included), closed or overdue."""
        return self._where(lambda flag: _STATUSES[status](flag, self.as_of))

    def about(self, kind: str | None = None, brand: str | None = None, hcp_id: str | None = None) -> SafetyQueue:
        """The flags of one kind, brand or physician; a flag without a brand may concern any of them and stays.

        Raises:
            InputError: the run knows no such brand or physician.
        """
        if brand or hcp_id:
            pairs = physician_brand_pairs(self.run)
            require_known(hcp_id, {known for known, _ in pairs}, "physician", self.run)
            require_known(brand, {known for _, known in pairs if known}, "brand", self.run)
        return self._where(
            lambda flag: (
                kind in (None, flag["kind"])
                and (brand is None or flag["brand"] in (None, brand))
                and hcp_id in (None, flag["hcp_id"])
            )
        )

    def reconciliation(self) -> str:
        """One sentence: what was found in how many texts, how many were not read, and what waits."""
        counts, unread = self.run.manifest.counts, len(self.run.manifest.unread)
        read = counts["raw_notes"] + counts["surveys"] - unread
        texts = f"{read:,} notes and answers" if counts["surveys"] else counted(read, "note")
        searched = f"{texts} read, {unread:,} unread, {counted(counts['rejects'], 'rejected row')}"
        if not self.flags:
            return f"0 found in {searched}"
        waiting, overdue = self.having("open"), self.having("overdue")
        adverse = sum(flag["kind"] == "adverse_event" for flag in waiting.flags)
        return (
            f"{counted(len(self.flags), 'flag')} in {searched}: {len(waiting.flags):,} open on {self.as_of} "
            f"({counted(adverse, 'adverse event')}, {len(overdue.flags):,} overdue)"
        )

    def _where(self, keeps: Callable[[Row], bool]) -> SafetyQueue:
        return SafetyQueue(self.run, self.as_of, tuple(filter(keeps, self.flags)))
