"""The tables of a run as pages of some physicians need them, each read once and looked up by physician."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..last_contacts import Contact, Pair, last_contacts
from ..profiles import latest_consents
from ..runs import Run
from .physician_page import Moment
from .stories import Subject, stories
from .unknowns import Around

_NOTES = ("raw_notes", "note", "note_id")
_SURVEYS = ("surveys", "survey", "response_id")

Row = dict[str, Any]


@dataclass(frozen=True)
class Background:
    """What the run knows of the physicians `hcp_ids`; of one topic, where `topic` names it."""

    run: Run
    hcp_ids: frozenset[str]
    topic: str | None = None

    @cached_property
    def roster(self) -> dict[str, Row]:
        """Rows of HCPS by physician."""
        return {row["hcp_id"]: row for row in self._rows("hcps")}

    @cached_property
    def stories(self) -> dict[Subject, tuple[Moment, ...]]:
        """How each topic and stage came to be."""
        return stories(self._rows("transitions"))

    @cached_property
    def stages(self) -> dict[Pair, Row]:
        """Rows of STAGES by physician and brand."""
        return {(row["hcp_id"], row["brand"]): row for row in self._rows("stages")}

    @cached_property
    def flags(self) -> Mapping[tuple[str, str], list[Row]]:
        """Open rows of FLAGS by record and kind."""
        found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self._rows("flags"):
            if row["disposition"] == "open":
                found[row["note_id"], row["kind"]].append(row)
        return found

    @cached_property
    def contacts(self) -> dict[Pair, Contact]:
        """The last contact of each physician and brand."""
        return last_contacts(self.run)

    def around(self, hcp_id: str, brand: str | None) -> Around:
        """What is known around an object of `inspect`."""
        listed, stage = self.roster.get(hcp_id, {}), self.stages.get((hcp_id, brand))
        return Around(
            topics=self.run.taxonomy.ids if self.topic is None else (self.topic,),
            unlisted=[name for name in ("specialty", "country", "segment") if not listed.get(name)],
            unread=self._unread[hcp_id],
            last_record=self._records.get((hcp_id, brand)),
            use_is_told=stage is not None and bool(stage["evidence"]),
            channels=self._channels,
            consents=self._consents.get(hcp_id, {}),
        )

    @cached_property
    def _consents(self) -> Mapping[str, dict[str, str]]:
        """The latest status by physician and channel."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for (hcp_id, channel), consent in latest_consents(self._table("consents"), self.run.as_of).items():
            found[hcp_id][channel] = consent.status
        return found

    @cached_property
    def _records(self) -> dict[Pair, date]:
        """The day of the last note or survey answer of each physician and brand."""
        latest: dict[Pair, date] = {}
        for name, _, _ in (_NOTES, _SURVEYS):
            for row in self._table(name).select(["hcp_id", "brand", "date"]).to_pylist():
                pair = (row["hcp_id"], row["brand"])
                latest[pair] = max(row["date"], latest.get(pair, row["date"]))
        return latest

    @cached_property
    def _unread(self) -> Counter[str]:
        """How many records of each physician were not read; the manifest names them by source and id."""
        unread = self.run.manifest.unread
        return Counter(
            row["hcp_id"]
            for name, source, key in (_NOTES, _SURVEYS)
            for row in self._table(name).select(["hcp_id", key]).to_pylist()
            if f"{source} {row[key]}" in unread
        )

    @cached_property
    def _channels(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.run.table("channels")["channel"].to_pylist())))

    def _rows(self, name: str) -> list[Row]:
        return list(self._table(name).to_pylist())

    def _table(self, name: str) -> pa.Table:
        table = self.run.table(name)
        return table.filter(pc.is_in(table["hcp_id"], pa.array(sorted(self.hcp_ids), pa.string())))
