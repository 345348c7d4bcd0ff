"""Canonical tables: what comes in, column by column.

Every reader ends here and every stage starts here. A column has a kind (how its text is parsed), may be required
(an empty value is a reject) and may have a closed vocabulary (another value is a reject).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Kind = Literal["string", "date", "timestamp", "number", "salesforce_id"]

CHANNELS = (
    "face_to_face",
    "phone",
    "video",
    "email",
    "webinar",
    "congress",
    "peer_meeting",
    "website",
    "messaging",
    "mail",
    "msl",
    "event",
)
ACTIONS = (
    "sent",
    "delivered",
    "opened",
    "clicked",
    "viewed",
    "registered",
    "attended",
    "declined",
    "unsubscribed",
)
CONSENT_STATUSES = ("opt_in", "opt_out", "pending", "never")
FLAG_KINDS = ("adverse_event", "product_complaint", "off_label", "medical_inquiry")
SURVEY_KINDS = ("free_text", "choice", "scale")
DISPOSITIONS = ("open", "closed")

ARROW_TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "number": pa.float64(),
    "salesforce_id": pa.string(),  # in its 18-character form
}


@dataclass(frozen=True)
class Column:
    """One column of a canonical table; `choices` closes its vocabulary.

    `verbatim` text is kept code point for code point, because spans point into it; other text is stripped.
    `may_be_empty`: the column must exist, an empty value is the empty string and no reject.
    """

    name: str
    kind: Kind = "string"
    required: bool = False
    choices: tuple[str, ...] = ()
    verbatim: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True)
class TableSpec:
    """A canonical table: its columns, the columns that identify a row, and the column that dates it (if any).

    Of `unknown_if_disputed` nothing is known where rows of one key disagree.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    dated_by: str | None = None
    unknown_if_disputed: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema; required columns are not nullable."""
        return pa.schema([pa.field(c.name, ARROW_TYPES[c.kind], nullable=not c.required) for c in self.columns])

    def column(self, name: str) -> Column:
        """The column of that name; raises KeyError where the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name!r} has no column {name!r}")

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)


def _required(name: str, kind: Kind = "string", choices: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, required=True, choices=choices)


HCPS = TableSpec(
    "hcps",
    (
        _required("hcp_id"),
        Column("name"),
        Column("specialty"),
        Column("country"),
        Column("language"),
        Column("region"),
        Column("segment"),
        Column("tier"),
    ),
    key=("hcp_id",),
    unknown_if_disputed=("specialty", "country", "language", "region", "segment", "tier"),
)
NOTES = TableSpec(
    "notes",
    (
        _required("note_id"),
        _required("hcp_id"),
        _required("date", "date"),
        Column("text", required=True, verbatim=True, may_be_empty=True),
        Column("rep_id"),
        Column("channel", choices=CHANNELS),
        Column("brand"),
        Column("specialty"),
        Column("country"),
        Column("objection"),
        Column("reaction"),
        Column("outcome"),
    ),
    key=("note_id",),
    dated_by="date",
)
SURVEYS = TableSpec(
    "surveys",
    (
        _required("response_id"),
        _required("hcp_id"),
        _required("date", "date"),
        Column("brand"),
        _required("question"),
        Column("answer", required=True, verbatim=True),
        Column("kind", choices=SURVEY_KINDS),
    ),
    key=("response_id",),
    dated_by="date",
)
CONTENT_EVENTS = TableSpec(
    "content_events",
    (
        _required("event_id"),
        _required("hcp_id"),
        _required("timestamp", "timestamp"),
        _required("channel", choices=CHANNELS),
        _required("action", choices=ACTIONS),
        Column("content_id"),
        Column("brand"),
        Column("seconds", "number"),
    ),
    key=("event_id",),
    dated_by="timestamp",
)
CONSENTS = TableSpec(
    "consents",
    (
        _required("hcp_id"),
        _required("channel", choices=CHANNELS),
        _required("status", choices=CONSENT_STATUSES),
        _required("captured_at", "timestamp"),
    ),
    key=("hcp_id", "channel", "captured_at", "status"),
    dated_by="captured_at",
)
LABELS = TableSpec(
    "labels",
    (
        _required("brand"),
        Column("indication"),
        Column("population"),
        Column("line"),
        Column("dose"),
        Column("contraindications"),
    ),
    key=("brand", "indication", "population", "line"),
)
DISPOSITIONS_TABLE = TableSpec(
    "dispositions",
    (
        _required("note_id"),
        _required("kind", choices=FLAG_KINDS),
        _required("disposition", choices=DISPOSITIONS),
        _required("decided_at", "date"),
        Column("reason"),
    ),
    key=("note_id", "kind", "decided_at", "disposition"),
    dated_by="decided_at",
)
REP_ASSIGNMENTS = TableSpec(
    "rep_assignments",
    (_required("rep_id"), _required("hcp_id")),
    key=("rep_id", "hcp_id"),
)

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (HCPS, NOTES, SURVEYS, CONTENT_EVENTS, CONSENTS, LABELS, DISPOSITIONS_TABLE, REP_ASSIGNMENTS)
}
