"""Annotations → the Arrow tables that the later stages read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ..records.derived import CHANNEL_STATEMENTS, FLAGS, REDACTIONS, STATEMENTS, USE_STATEMENTS
from ..triage import flag_id
from .statement import Annotation, ChannelStatement, Flag, Statement, UseStatement

Row = Mapping[str, Any]


@dataclass(frozen=True)
class InsightTables:
    """What was read out of the notes and surveys; `unread` names the records that could not be read, and why."""

    statements: pa.Table
    channel_statements: pa.Table
    flags: pa.Table
    redactions: pa.Table
    uses: pa.Table
    unread: tuple[tuple[str, str], ...] = ()

    @classmethod
    def concat(cls, parts: Sequence[InsightTables]) -> InsightTables:
        """All rows of the parts, in their order."""
        return cls(
            pa.concat_tables([STATEMENTS.empty_table(), *(part.statements for part in parts)]),
            pa.concat_tables([CHANNEL_STATEMENTS.empty_table(), *(part.channel_statements for part in parts)]),
            pa.concat_tables([FLAGS.empty_table(), *(part.flags for part in parts)]),
            pa.concat_tables([REDACTIONS.empty_table(), *(part.redactions for part in parts)]),
            pa.concat_tables([USE_STATEMENTS.empty_table(), *(part.uses for part in parts)]),
            tuple(item for part in parts for item in part.unread),
        )


def insight_tables(
    source: str,
    id_column: str,
    rows: Sequence[Row],
    annotations: Iterable[Annotation],
    taken: Collection[str] = frozenset(),
) -> InsightTables:
    """Tables of one source ("note", "survey"): rows and their annotations side by side.

    Flags of a record whose id is in `taken`, by a record of another source, are named by source and id: a decision
    about the one is none about the other.
    """
    pairs = [
        (row | {"source": source, "source_id": row[id_column]}, found)
        for row, found in zip(map(dict, rows), annotations, strict=True)
    ]
    return InsightTables(
        statements=_table([_statement(row, s) for row, found in pairs for s in found.statements], STATEMENTS),
        channel_statements=_table(
            [_channel(row, s) for row, found in pairs for s in found.channel_statements], CHANNEL_STATEMENTS
        ),
        flags=_table([_flag(row, flag, taken) for row, found in pairs for flag in found.flags], FLAGS),
        redactions=_table(
            [
                {"note_id": row["source_id"], "kind": i.kind, "start": i.start, "end": i.end}
                for row, found in pairs
                for i in found.identifiers
            ],
            REDACTIONS,
        ),
        uses=_table([_use(row, found.use) for row, found in pairs if found.use], USE_STATEMENTS),
        unread=tuple((f"{source} {row['source_id']}", found.unread) for row, found in pairs if found.unread),
    )


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)


def _statement(row: Row, statement: Statement) -> dict[str, Any]:
    return _record(row, "brand", "rep_id") | {
        "topic": statement.topic,
        "polarity": statement.polarity,
        "status": statement.status,
        "holder": statement.holder,
        **_evidence(statement),
    }


def _channel(row: Row, statement: ChannelStatement) -> dict[str, Any]:
    return _record(row) | {"channel": statement.channel, "stance": statement.stance, **_evidence(statement)}


def _use(row: Row, statement: UseStatement) -> dict[str, Any]:
    said = {"use": statement.use, "shares": statement.shares, "annotator": statement.annotator}
    return _record(row, "brand") | said | _words(statement)


def _record(row: Row, *more: str) -> dict[str, Any]:
    return {name: row.get(name) for name in ("source", "source_id", "hcp_id", "date", *more)}


def _evidence(statement: Statement | ChannelStatement) -> dict[str, Any]:
    return _words(statement) | {"probability": statement.probability, "annotator": statement.annotator}


def _words(claim: Statement | ChannelStatement | UseStatement | Flag) -> dict[str, Any]:
    words = claim.evidence
    return {"start": words.start, "end": words.end, "evidence": words.text, "masked": words.masked}


def _flag(row: Row, flag: Flag, taken: Collection[str]) -> dict[str, Any]:
    words = flag.evidence
    record_id = f"{row['source']} {row['source_id']}" if row["source_id"] in taken else row["source_id"]
    return _words(flag) | {
        "flag_id": flag_id(record_id, flag.kind, words.start or 0, words.end or 0),
        "note_id": record_id,
        "hcp_id": row.get("hcp_id"),
        "brand": row.get("brand"),
        "date": row.get("date"),
        "kind": flag.kind,
        "probability": flag.probability,
        "detector": flag.detector,
        "disposition": "open",
    }
