from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hcplens.errors import InputError
from hcplens.inference.insights import Annotation, ChannelStatement, Evidence, Flag, InsightTables, Statement
from hcplens.inference.insights import insight_tables as tables_of
from hcplens.inference.insights.annotation_file import ANNOTATIONS, LABELS, record_writer
from hcplens.inference.records.derived import CHANNEL_STATEMENTS, FLAGS, REDACTIONS, STATEMENTS
from hcplens.inference.triage import Identifier, flag_id

FOUND = Annotation(
    statements=(
        Statement("coverage", "barrier", "current", "hcp", 0.91234567, Evidence(0, 2, "PA"), "tagger@2.0.0"),
        Statement("cost", "barrier", "current", "hcp", 0.9, Evidence(None, None, "objection: cost"), "picklist"),
    ),
    channel_statements=(ChannelStatement("email", "avoids", 0.5, Evidence(3, 9, "no \u2028ma"), "tagger@2.0.0"),),
    flags=(Flag("adverse_event", 0.8, Evidence(10, 20, "[PATIENT_NAME]", masked=True), "rule:harm"),),
    identifiers=(Identifier(10, 20, "patient_name"),),
)
UNREAD = Annotation(unread="language: de")
ROW = {"note_id": "N1", "hcp_id": "H1", "date": date(2026, 3, 1), "brand": "Dermiqo", "rep_id": "R1"}


def test_every_claim_becomes_a_row_of_its_table() -> None:
    tables = tables_of("note", "note_id", [ROW, ROW | {"note_id": "N2"}], [FOUND, UNREAD])
    assert tables.statements.schema == STATEMENTS
    assert tables.channel_statements.schema == CHANNEL_STATEMENTS
    assert tables.flags.schema == FLAGS
    assert tables.redactions.schema == REDACTIONS
    coverage, cost = tables.statements.to_pylist()
    assert (coverage["source_id"], coverage["rep_id"], coverage["evidence"]) == ("N1", "R1", "PA")
    assert (cost["start"], cost["end"], cost["masked"]) == (None, None, False)
    (flag,) = tables.flags.to_pylist()
    assert flag["flag_id"] == flag_id("N1", "adverse_event", 10, 20)
    assert (flag["disposition"], flag["masked"], flag["evidence"]) == ("open", True, "[PATIENT_NAME]")
    assert tables.redactions.to_pylist() == [{"note_id": "N1", "kind": "patient_name", "start": 10, "end": 20}]
    assert tables.unread == (("note N2", "language: de"),)


def test_a_survey_has_no_rep() -> None:
    row = {"response_id": "S1", "hcp_id": "H1", "date": date(2026, 3, 1), "brand": None}
    statement = tables_of("survey", "response_id", [row], [FOUND]).statements.to_pylist()[0]
    assert (statement["source"], statement["source_id"], statement["rep_id"]) == ("survey", "S1", None)


def test_parts_are_put_together_in_their_order() -> None:
    parts = [tables_of("note", "note_id", [ROW | {"note_id": name}], [FOUND]) for name in ("N1", "N2")]
    assert InsightTables.concat(parts).statements["source_id"].to_pylist() == ["N1", "N1", "N2", "N2"]
    assert InsightTables.concat([]).statements.schema == STATEMENTS


def test_json_lines_hold_one_record_a_line(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with record_writer(path, path, ANNOTATIONS) as writer:
        writer.write([FOUND.to_json("N1")])
        writer.write([UNREAD.to_json("N2")])
    first, second = (json.loads(line) for line in path.read_bytes().split(b"\n")[:-1])
    assert first == FOUND.to_json("N1")
    assert first["insights"][0]["probability"] == 0.9123
    assert "masked" not in first["insights"][0]
    assert first["flags"][0]["masked"] is True
    assert second["unread"] == "language: de"


def test_parquet_holds_the_same_records(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet.partial"
    with record_writer(path, tmp_path / "out.parquet", ANNOTATIONS) as writer:
        writer.write([FOUND.to_json("N1"), UNREAD.to_json("N2")])
        writer.write([FOUND.to_json("N3")])
    table = pq.read_table(path)
    assert table.schema == ANNOTATIONS
    assert table["note_id"].to_pylist() == ["N1", "N2", "N3"]
    assert table["insights"][0][0]["evidence"].as_py() == "PA"
    assert table["unread"].to_pylist() == [None, "language: de", None]


@pytest.mark.parametrize("name", ["out.csv", "out", "out.jsonl.gz"])
def test_another_format_is_refused(tmp_path: Path, name: str) -> None:
    with (
        pytest.raises(InputError, match=r"name it \.jsonl or \.parquet"),
        record_writer(tmp_path / "p", tmp_path / name, LABELS),
    ):
        pass
