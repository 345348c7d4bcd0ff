from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from hcplens.inference.profiles import build_profiles
from hcplens.inference.records.derived import CHANNEL_STATEMENTS, FLAGS, STATEMENTS, USE_STATEMENTS
from hcplens.inference.records.schemas import CONSENTS, CONTENT_EVENTS, HCPS, NOTES, SURVEYS
from hcplens.inference.runs import Manifest, Run, write_run
from hcplens.prompts import Taxonomy

Rows = Sequence[dict[str, Any]]
AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="session")
def spoken() -> Callable[..., dict[str, Any]]:
    """A STATEMENTS row: by default a certain own word of H1 in a note that a coverage barrier of Dermiqo holds."""

    def row(day: str, **fields: Any) -> dict[str, Any]:
        own = {"hcp_id": "H1", "brand": "Dermiqo", "topic": "coverage", "polarity": "barrier", "status": "current"}
        where = {"source": "note", "source_id": f"N-{day}", "date": date.fromisoformat(day), "rep_id": "R1"}
        words = {"start": 0, "end": 5, "evidence": f"words of {day}", "masked": False, "annotator": "file"}
        return own | where | words | {"holder": "hcp", "probability": 1.0} | fields

    return row


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """A run of these rows, which need only the fields that matter; every statement's note is in it."""

    def make(
        statements: Rows = (),
        *,
        surveys: Rows = (),
        events: Rows = (),
        uses: Rows = (),
        wishes: Rows = (),
        consents: Rows = (),
        hcps: Rows = (),
        flags: Rows = (),
        unread: dict[str, str] | None = None,
    ) -> Run:
        notes = {
            row["source_id"]: {"note_id": row["source_id"], "text": "", "channel": "video"}
            | {name: row[name] for name in ("hcp_id", "brand", "date")}
            for row in statements
        }
        tables = {
            "raw_notes": table(list(notes.values()), NOTES.schema),
            "surveys": table(surveys, SURVEYS.schema),
            "content_events": table(events, CONTENT_EVENTS.schema),
            "consents": table(consents, CONSENTS.schema),
            "hcps": table(hcps, HCPS.schema),
            "flags": table(flags, FLAGS),
            "insights": table(statements, STATEMENTS),
        }
        profiles = build_profiles(
            statements=table(statements, STATEMENTS),
            channel_statements=table(wishes, CHANNEL_STATEMENTS),
            uses=table(uses, USE_STATEMENTS),
            content_events=tables["content_events"],
            consents=tables["consents"],
            hcps=tables["hcps"],
            taxonomy=Taxonomy.default(),
            as_of=AS_OF,
        )
        folder = tmp_path_factory.mktemp("published") / "run"
        write_run(folder, tables | vars(profiles), Taxonomy.default(), manifest(unread or {}))
        return Run.open(folder)

    return make


def table(rows: Rows, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


def manifest(unread: dict[str, str]) -> Manifest:
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    return Manifest(
        hcplens="0",
        as_of=AS_OF,
        started_at=moment,
        finished_at=moment,
        inputs=(),
        configuration={},
        model={},
        taxonomy_digest=Taxonomy.default().digest,
        counts={},
        unread=unread,
        notices=(),
        files={},
    )
