from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets import read_personal_data


def record(text: str, **span: Any) -> dict[str, Any]:
    spans = [{"entity_type": "PERSON", "entity_value": "Eve", "start_position": 0, "end_position": 3} | span]
    return {"full_text": text, "masked": "…", "spans": spans, "template_id": 4, "metadata": None}


def test_sentences_are_read_from_a_file_a_folder_or_its_folder_pii(tmp_path: Path) -> None:
    (tmp_path / "pii").mkdir()
    path = tmp_path / "pii" / "sentences.json"
    path.write_text(json.dumps([record("Eve is here")]))
    (tmp_path / "manifest.json").write_text('{"full_text": 1}')
    (tmp_path / "numbers.json").write_text("[1, 2]")
    for data in (path, path.parent, tmp_path):
        (sentence,) = read_personal_data(data).texts
        assert sentence.full_text == "Eve is here"
        assert sentence.template_id == 4
        assert (sentence.spans[0].entity_type, sentence.spans[0].end_position) == ("PERSON", 3)


def test_a_folder_without_sentences_has_none(tmp_path: Path) -> None:
    assert read_personal_data(tmp_path).texts == ()


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ({"start_position": 1, "end_position": 4}, r"record 1: 'Eve' does not stand at \[1, 4\)"),
        ({"start_position": "one"}, r"record 1\.spans\.0\.start_position: "),
    ],
)
def test_a_span_that_is_none_is_named(span: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "sentences.json"
    path.write_text(json.dumps([record("Eve"), record("Eve is here", **span)]))
    with pytest.raises(InputError, match=r"sentences\.json: " + message):
        read_personal_data(path)


@pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="needs the public data")
def test_the_public_set_is_read() -> None:
    assert len(read_personal_data(Path(os.environ["HCPLENS_PUBLIC_DATA"])).texts) == 1500
