from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.records import Notices, RejectLog, VeevaMap
from hcplens.inference.records.veeva import OUTCOMES, read_feedback

Id = Callable[[str, str], str]
Write = Callable[..., Path]
LOOKED_UP = "Suggestion_vod__r.Suggestion_External_Id_vod__c"


@pytest.fixture
def feedback(make_id: Id) -> Callable[..., dict[str, str]]:
    def make(number: str, kind: str, **fields: str) -> dict[str, str]:
        return {
            "Id": make_id("a6F", number),
            "Suggestion_vod__c": make_id("a7S", "1"),
            LOOKED_UP: "",
            "RecordType.DeveloperName": kind,
            "CreatedDate": f"2026-09-0{number}T08:00:00.000Z",
            "CreatedById": make_id("005", "R"),
            "IsDeleted": "false",
        } | fields

    return make


def read(folder: Path) -> tuple[list[dict[str, Any]], RejectLog, Notices]:
    rejects, notices = RejectLog(), Notices()
    table = read_feedback(folder, VeevaMap.default(), rejects, notices, date(2026, 10, 1))
    assert table.schema == OUTCOMES
    return table.to_pylist(), rejects, notices


def test_feedback_is_joined_by_the_external_id_of_its_suggestion(
    tmp_path: Path, write_export: Write, feedback: Callable[..., dict[str, str]], make_id: Id
) -> None:
    suggestion = {"Id": make_id("a7S", "1")[:15], "Suggestion_External_Id_vod__c": "abc"}
    rows = [
        feedback("3", "Dismiss_vod"),
        feedback("1", "Activity_Execution_vod", **{LOOKED_UP: "def"}),
        feedback("2", "Mark_As_Complete_vod"),
        feedback("4", "Dismiss_vod", Suggestion_vod__c=make_id("a7S", "9")),
        feedback("5", "Dismiss_vod", IsDeleted="true"),
        feedback("6", "Snooze_vod"),
    ]
    folder = write_export(tmp_path / "export", Suggestion_vod__c=[suggestion], Suggestion_Feedback_vod__c=rows)
    outcomes, rejects, notices = read(folder)
    assert [(row["suggestion_id"], row["outcome"], row["at"].day) for row in outcomes] == [
        ("def", "executed", 1),
        ("abc", "completed", 2),
        ("abc", "dismissed", 3),
    ]
    assert [(reject.table, reject.row, reject.field, reject.value) for reject in rejects] == [
        ("outcomes", 7, "RecordType.DeveloperName", "Snooze_vod")
    ]
    assert sum("not used" in notice for notice in notices) == 2


def test_a_folder_without_feedback_is_refused(tmp_path: Path, write_export: Write, make_id: Id) -> None:
    folder = write_export(tmp_path / "export", Suggestion_vod__c=[{"Id": make_id("a7S", "1")}])
    with pytest.raises(InputError, match="no file of Suggestion_Feedback_vod__c"):
        read(folder)
