"""The period that a run is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pyarrow as pa

from ...inference.runs import Run
from ...inference.triage import Identifier, redact
from .period import Claim, Period, PeriodNote

_NOTE = "note "


def run_period(run: Run, name: str) -> Period:
    """Notes of a run, redacted as the run redacted them, and what it read out of them."""
    table = run.table("raw_notes")
    unread = {key.removeprefix(_NOTE): why for key, why in run.manifest.unread.items() if key.startswith(_NOTE)}
    known = frozenset(table["note_id"].to_pylist())
    return Period.of(
        name,
        _notes(table, _identifiers(run.table("redactions")), unread),
        statements=_claims(run.table("insights"), "source_id", ("topic", "polarity"), known),
        channel_statements=_claims(run.table("channel_statements"), "source_id", ("channel", "stance"), known),
        flags=_claims(run.table("flags"), "note_id", ("kind",), known),
    )


def _notes(
    table: pa.Table, identifiers: Mapping[str, list[Identifier]], unread: Mapping[str, str]
) -> Iterator[PeriodNote]:
    for row in table.to_pylist():
        yield PeriodNote(
            note_id=row["note_id"],
            physician=row["hcp_id"],
            date=row["date"],
            text=redact(row["text"], identifiers.get(row["note_id"], ())).text,
            channel=row["channel"],
            brand=row["brand"],
            country=row["country"],
            rep_id=row["rep_id"],
            unread=unread.get(row["note_id"]),
        )


def _identifiers(redactions: pa.Table) -> dict[str, list[Identifier]]:
    found: defaultdict[str, list[Identifier]] = defaultdict(list)
    for row in redactions.to_pylist():
        found[row["note_id"]].append(Identifier(row["start"], row["end"], row["kind"]))
    return found


def _claims(table: pa.Table, id_column: str, names: tuple[str, ...], known: frozenset[str]) -> Iterator[Claim]:
    """Those about notes; what was read out of survey answers is left out."""
    for row in table.to_pylist():
        if row.get("source", "note") == "note" and row[id_column] in known:
            label = " ".join(row[name] for name in names)
            yield Claim(row[id_column], label, row["probability"], row["evidence"] or "")
