from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.records import ColumnMap, VeevaMap, load_inputs, load_source

Make = Callable[..., dict[str, str]]
OWN = """
name: our-veeva
extends: veeva
tables: {hcps: {columns: {hcp_id: Account}}}
objects:
  Call2_vod__c:
    columns: {Call_Comments_vod__c: Our_Notes__c}
    values: {Call_Channel_vod__c: {Kiosk: congress}}
"""


DOCS = Path(__file__).parents[4] / "docs" / "veeva.md"


def source(folder: Path, text: str) -> ColumnMap:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return load_source(path)


def test_the_map_that_ships_is_named_veeva_unless_a_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_source(Path("veeva")) == VeevaMap.default()
    Path("veeva").write_text("name: mine", encoding="utf-8")
    assert load_source(Path("veeva")).name == "mine"


def test_own_fields_and_values_come_over_those_that_ship(
    tmp_path: Path, read_objects: Callable[..., Any], make_call: Make
) -> None:
    names = source(tmp_path, OWN)
    calls = [
        make_call("1", Call_Channel_vod__c="Kiosk", Our_Notes__c="Ours."),
        make_call("2", Call_Channel_vod__c="Video_vod", Our_Notes__c="Ours too."),
    ]
    reading = read_objects(names=names, Call2_vod__c=calls)
    assert [(note["channel"], note["text"]) for note in reading.notes] == [
        ("congress", "Ours."),
        ("video", "Ours too."),
    ]


def test_the_map_of_the_docs_can_be_read(tmp_path: Path) -> None:
    _, text = DOCS.read_text(encoding="utf-8").split("```yaml\n")
    assert isinstance(source(tmp_path, text.partition("```")[0]), VeevaMap)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{name: x, extends: salesforce}", "only 'veeva' ships"),
        ("{name: x, extends: veeva, objects: {Call2_vod: {}}}", r"did you mean 'Call2_vod__c'"),
        ("{name: x, extends: veeva, objects: {Call2_vod__c: {columns: {Notes: N}}}}", "has no column 'Notes'"),
        (
            "{name: x, extends: veeva, objects: {Call2_vod__c: {values: {Call_Channel_vod__c: {A: fax}}}}}",
            "unknown Call_Channel_vod__c 'fax'",
        ),
    ],
)
def test_a_map_that_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        source(tmp_path, text)


def test_an_export_beside_tables_from_elsewhere(
    tmp_path: Path, write_export: Callable[..., Path], make_call: Make, make_id: Callable[[str, str], str]
) -> None:
    export = write_export(tmp_path / "export", Call2_vod__c=[make_call("1")], Account=[{"Id": "x"}])
    hcps = tmp_path / "hcps.csv"
    account = make_id("001", "A")
    hcps.write_text(f"hcp_id,country\n{account[:15]},US\n", encoding="utf-8")
    events = tmp_path / "web.csv"
    events.write_text(f"event_id,hcp_id,timestamp,channel,action\nE1,{account[:15]},2026-03-01,website,viewed\n")
    inputs = load_inputs({"notes": export, "hcps": hcps, "content_events": events}, column_map=VeevaMap.default())
    assert inputs.hcps["hcp_id"].to_pylist() == inputs.notes["hcp_id"].to_pylist() == [account]
    assert inputs.content_events["hcp_id"].to_pylist() == [account]
    assert [(file.table, Path(file.path).name) for file in inputs.files] == [
        ("notes", "Call2_vod__c.csv"),
        ("content_events", "web.csv"),
        ("hcps", "hcps.csv"),
    ]
    assert any("Account.csv" in notice for notice in inputs.notices)


def test_an_export_without_calls_is_refused(tmp_path: Path, write_export: Callable[..., Path]) -> None:
    export = write_export(tmp_path / "export", Account=[{"Id": "x"}])
    with pytest.raises(InputError, match=r"no file of Call2_vod__c; name it after its object"):
        load_inputs({"notes": export}, column_map=VeevaMap.default())


def test_an_object_may_lie_in_several_files(tmp_path: Path, write_export: Callable[..., Path], make_call: Make) -> None:
    export = write_export(
        tmp_path / "export", **{"Call2_vod__c-1": [make_call("1")], "call2_vod__c_2": [make_call("2")]}
    )
    assert len(load_inputs({"notes": export}, column_map=VeevaMap.default()).notes) == 2
