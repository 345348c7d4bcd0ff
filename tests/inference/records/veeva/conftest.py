"""Small exports of Veeva CRM, and what is read of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens.inference.records import Notices, Reject, RejectLog, VeevaMap
from hcplens.inference.records.salesforce_ids import whole_id
from hcplens.inference.records.veeva import read_export

TODAY = date(2026, 10, 1)
Rows = Sequence[dict[str, str]]


@dataclass(frozen=True)
class Reading:
    notes: list[dict[str, Any]]
    events: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    rejects: list[Reject]
    notices: tuple[str, ...]
    rows_read: dict[str, int]


def write(folder: Path, **objects: Rows) -> Path:
    """One CSV file an object, with every column that a row names."""
    folder.mkdir(exist_ok=True)
    for name, rows in objects.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(field for row in rows for field in row)))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def call(number: str, **fields: str) -> dict[str, str]:
    """A submitted visit to account A on 14 March; `number` ends its id."""
    return {
        "Id": record_id("a04", number),
        "Account_vod__c": record_id("001", "A"),
        "Call_Date_vod__c": "2026-03-14",
        "Call_Channel_vod__c": "Face_to_face_vod",
        "Status_vod__c": "Submitted_vod",
        "Next_Call_Notes_vod__c": "",
        "Call_Comments_vod__c": "Likes the data.",
        "Detailed_Products_vod__c": "Zelvanta",
        "Parent_Call_vod__c": "",
        "User_vod__c": record_id("005", "R"),
        "IsDeleted": "false",
    } | fields


def record_id(prefix: str, number: str) -> str:
    return whole_id(f"{prefix}{number:0>12}")


@pytest.fixture
def make_call() -> Callable[..., dict[str, str]]:
    return call


@pytest.fixture
def make_id() -> Callable[[str, str], str]:
    return record_id


@pytest.fixture
def write_export() -> Callable[..., Path]:
    return write


@pytest.fixture
def read_objects(tmp_path: Path) -> Callable[..., Reading]:
    def read(names: VeevaMap | None = None, **objects: Rows) -> Reading:
        folder, log, notices = write(tmp_path / "export", **objects), RejectLog(), Notices()
        tables = read_export({"notes": folder}, names or VeevaMap.default(), log, notices, TODAY)
        notes, events, consents = (tables[name].to_pylist() for name in ("notes", "content_events", "consents"))
        return Reading(notes, events, consents, list(log), notices.messages, dict(log.rows_read))

    return read
