"""The clauses of a run's notes and answers: those that nothing was claimed of, and those that something was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import pyarrow as pa

from ...embeddings.clauses import worded_clauses
from ..triage import Identifier, Redacted, redact
from ..triage.flags import record_ids

Record = tuple[str, str]
"""The source ("note" or "survey") and the id of a record."""
_CLAIM = ("start", "end", "probability")


@dataclass(frozen=True, slots=True)
class Claim:
    """Where the words of a statement, preference or flag lie in its record, and how probable it is."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, order=True, slots=True)
class OpenClause:
    """A clause that no statement, channel preference or flag claims.

    `text` is its words with placeholders for patient identifiers (`masked` where there are any); `start` and `end`
    point into the record as it was written.
    """

    text: str
    source: str
    source_id: str
    start: int
    end: int
    hcp_id: str
    brand: str
    date: date
    masked: bool

    def to_json(self) -> dict[str, Any]:
        """One element of `evidence`."""
        where = {"source": self.source, "id": self.source_id, "date": self.date.isoformat()}
        return {**where, "hcp_id": self.hcp_id, "start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True)
class Clauses:
    """`open` in the order of their words; the words of those `claimed`, with the probability of the likeliest claim."""

    open: tuple[OpenClause, ...]
    claimed: Mapping[str, float]


def clauses_of(tables: Mapping[str, pa.Table], *, unread: Collection[str] = (), brand: str | None = None) -> Clauses:
    """Clauses of every note and free answer that could be read; a record that occurs twice counts once.

    Args:
        tables: raw_notes, surveys, redactions, insights, channel_statements and flags of a run.
        unread: records ("note N1") that no model could read.
        brand: only of records about it.
    """
    masks, claims = _masks(tables["redactions"]), _claims(tables)
    opened: set[OpenClause] = set()
    claimed: dict[str, float] = {}
    for source, row in _texts(tables):
        if f"{source} {row['id']}" in unread or brand not in (None, row["brand"]):
            continue
        redacted = _redacted(row["text"], masks[row["id"]])
        spans = [(redacted.to_redacted(said.start, said.end), said) for said in claims[source, row["id"]]]
        for clause in worded_clauses(redacted.text):
            words = redacted.text[clause.start : clause.end]
            own = [said.probability for span, said in spans if clause.touches([span])]
            if own:
                claimed[words] = max(claimed.get(words, 0.0), *own)
                continue
            start, end = redacted.to_original(*clause)
            masked = redacted.overlaps(start, end)
            who = row["hcp_id"], row["brand"] or "", row["date"]
            opened.add(OpenClause(words, source, row["id"], start, end, *who, masked))
    return Clauses(tuple(sorted(opened)), dict(sorted(claimed.items())))


def _texts(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The source and the `id`, `text`, `hcp_id`, `brand` and `date` of each record that is free text."""
    fields = ("hcp_id", "brand", "date")
    for row in tables["raw_notes"].select(["note_id", "text", *fields]).to_pylist():
        yield "note", row | {"id": row["note_id"]}
    for row in tables["surveys"].select(["response_id", "answer", "kind", *fields]).to_pylist():
        if row["kind"] in (None, "free_text"):
            yield "survey", row | {"id": row["response_id"], "text": row["answer"] or ""}


def _claims(tables: Mapping[str, pa.Table]) -> Mapping[Record, list[Claim]]:
    """The claims of each record that rest on its words."""
    found: dict[Record, list[Claim]] = defaultdict(list)
    for name in ("insights", "channel_statements"):
        for row in tables[name].select(["source", "source_id", *_CLAIM]).to_pylist():
            if row["start"] is not None:
                found[row["source"], row["source_id"]].append(Claim(*(row[field] for field in _CLAIM)))
    for row in tables["flags"].select(["note_id", *_CLAIM]).to_pylist():
        if row["start"] is not None:
            for source, record_id in product(("note", "survey"), record_ids(row["note_id"])):
                found[source, record_id].append(Claim(*(row[field] for field in _CLAIM)))
    return found


def _masks(redactions: pa.Table) -> Mapping[str, list[Identifier]]:
    """Identifiers by the id of their record; a note and an answer of one id have each other's too."""
    found: dict[str, list[Identifier]] = defaultdict(list)
    for row in redactions.to_pylist():
        found[row["note_id"]].append(Identifier(row["start"], row["end"], row["kind"]))
    return found


def _redacted(text: str, identifiers: Iterable[Identifier]) -> Redacted:
    """The text without its identifiers; those that overlap, or lie in another record, are one or none."""
    united: list[Identifier] = []
    for found in sorted(identifiers):
        end = min(found.end, len(text))
        if found.start >= end:
            continue
        if united and found.start < united[-1].end:
            before = united.pop()
            united.append(Identifier(before.start, max(before.end, end), before.kind))
        else:
            united.append(Identifier(found.start, end, found.kind))
    return redact(text, united)
