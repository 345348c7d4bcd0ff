from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.insights import read_gold

NOTE: dict[str, Any] = {
    "note_id": "N1",
    "hcp_id": "H1",
    "text": "PA still takes 3 wks 😀, prefers e-mail",
    "insights": [
        {"topic": "coverage", "polarity": "barrier", "status": "current", "holder": "hcp", "evidence": "PA still"}
    ],
    "channel_preferences": [{"channel": "email", "stance": "prefers", "evidence": "prefers e-mail"}],
    "flags": [{"kind": "medical_inquiry", "evidence": "3 wks 😀"}],
    "phi": [],
}


def gold(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "gold.jsonl"


def test_labelled_notes_are_read_with_every_label(tmp_path: Path) -> None:
    (note,) = read_gold([gold(tmp_path, "\ufeff" + json.dumps(NOTE), "", "  ")])
    assert note.evidence == ["PA still", "prefers e-mail", "3 wks 😀"]
    assert note.insights[0].topic == "coverage"
    assert note.brand is None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("note_id", None, "line 2: note_id: "),
        ("insights", [NOTE["insights"][0] | {"polarity": "mixed"}], r"line 2: insights\.0\.polarity: "),
        ("insights", [NOTE["insights"][0] | {"evidence": "PA  still"}], "line 2: evidence 'PA  still' is not a piece"),
        ("insights", [NOTE["insights"][0] | {"evidence": ""}], "line 2: evidence '' is not a piece"),
        ("flags", [{"kind": "adverse", "evidence": "PA"}], r"line 2: flags\.0\.kind: "),
        ("channel_preferences", [{"channel": "email", "stance": "likes", "evidence": "PA"}], "line 2: channel_pref"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, field: str, value: Any, message: str) -> None:
    path = gold(tmp_path, json.dumps(NOTE), json.dumps(NOTE | {field: value}))
    with pytest.raises(InputError, match=f"gold.jsonl {message}"):
        read_gold([path])


@pytest.mark.parametrize(
    ("line", "message"),
    [("{", "line 1 is not valid JSON"), ("[" * 100_000, "nested too deeply"), ("[1]", "line 1 is not a JSON obj")],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_gold([gold(tmp_path, line)])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"note_id": "\xe4"}')
    for name in ("nowhere.jsonl", "latin.jsonl"):
        with pytest.raises(InputError, match=f"cannot read .*{name}"):
            read_gold([tmp_path / name])


def test_an_identifier_that_is_not_in_the_text_is_refused_without_its_words(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    record = {"note_id": "N1", "hcp_id": "H1", "text": "nothing here", "phi": ["Mrs. Haskins"]}
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 1: phi.0 \(12 characters\) is no piece of the text"):
        read_gold([file])


def test_a_note_of_nobody_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps({"note_id": "N1", "hcp_id": "", "text": "x"}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 1: hcp_id: .* at least 1 character"):
        read_gold([file])
