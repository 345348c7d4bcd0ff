"""Rejected rows under canonical names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hcplens.inference.records import ColumnMap, Reject, RejectLog
from hcplens.inference.rejected_records import canonical_records


def canonical(record: dict[str, Any], columns: dict[str, str]) -> dict[str, Any]:
    log = RejectLog()
    log.append(Reject.of("notes", "n.csv", 2, "date", None, "no date", record))
    names = ColumnMap.model_validate({"name": "mine", "tables": {"notes": {"columns": columns}}})
    found: dict[str, Any] = json.loads(canonical_records(log.to_table(), names)["record"][0].as_py())
    return found


@pytest.mark.parametrize(
    ("columns", "record", "expected"),
    [
        ({"text": "body"}, {"body": " Likes it ", "hcp_id": " H1 "}, {"text": " Likes it ", "hcp_id": "H1"}),
        (
            {"text": "body", "objection": "text"},
            {"body": "Likes it", "text": "Died"},
            {"text": "Likes it", "objection": "Died"},
        ),
        (
            {"hcp_id": "account", "rep_id": "hcp_id"},
            {"account": "H2", "hcp_id": "R1"},
            {"hcp_id": "H2", "rep_id": "R1"},
        ),
        ({"text": "body"}, {"body": "Likes it", "text": "Died"}, {"text": "Likes it", "text (not read)": "Died"}),
        ({}, {"note_id": "N1", "colour": "red"}, {"note_id": "N1", "colour": "red"}),
    ],
    ids=["renamed", "chained", "swapped", "hidden", "unknown"],
)
def test_every_field_is_read_under_its_own_name_and_none_is_lost(
    columns: dict[str, str], record: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert canonical(record, columns) == expected
