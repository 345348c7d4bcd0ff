from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcplens.embeddings.model_folder import (
    DESCRIPTION,
    read_description,
    require_described,
    verified_weights,
    write_model,
)
from hcplens.errors import InputError

WEIGHTS = "some.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "new" / "model", WEIGHTS, b"abc", {"kind": "test", "encoder_digest": "e", "name": "Zoë"})
    return tmp_path / "new" / "model"


def rewrite(folder: Path, **changes: Any) -> None:
    record = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8")) | changes
    record = {name: value for name, value in record.items() if value is not None}
    (folder / DESCRIPTION).write_text(json.dumps(record), encoding="utf-8")


def test_what_is_written_is_read_with_the_digest_of_the_weights(folder: Path) -> None:
    assert read_description(folder) == {
        "format": 2,
        "weights_sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",  # FIPS 180-2, B.1
        "kind": "test",
        "encoder_digest": "e",
        "name": "Zoë",
    }
    assert verified_weights(folder, WEIGHTS, read_description(folder)) == b"abc"


def test_weights_that_were_changed_are_refused_with_both_digests(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"abd")
    with pytest.raises(InputError, match=r"SHA-256 a52d159f.*, but model\.json says ba7816bf.*damaged or was swapped"):
        verified_weights(folder, WEIGHTS, read_description(folder))


def test_missing_files_are_named(folder: Path) -> None:
    description = read_description(folder)
    (folder / WEIGHTS).unlink()
    with pytest.raises(InputError, match=f"holds no {WEIGHTS}"):
        verified_weights(folder, WEIGHTS, description)
    (folder / DESCRIPTION).unlink()
    with pytest.raises(InputError, match=f"holds no {DESCRIPTION}: it is not a model that hcplens trained"):
        read_description(folder)


@pytest.mark.parametrize("found", [1, 3, "2", [2]])
def test_another_format_is_refused(folder: Path, found: Any) -> None:
    rewrite(folder, format=found)
    with pytest.raises(InputError, match=r"has format .*, this version reads 2: train the model again"):
        read_description(folder)


@pytest.mark.parametrize("content", ["{", "[]", '"model"', "{}", "\ufeff"])
def test_a_description_that_is_none_is_refused(folder: Path, content: str) -> None:
    (folder / DESCRIPTION).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"model\.json"):
        read_description(folder)


@pytest.mark.parametrize("field", ["weights_sha256", "encoder_digest", "kind"])
def test_a_description_that_lacks_what_every_model_has_is_refused(folder: Path, field: str) -> None:
    rewrite(folder, **{field: None})
    with pytest.raises(InputError, match=f"lacks '{field}'"):
        read_description(folder)


def test_a_field_that_a_reader_needs_is_named(folder: Path) -> None:
    require_described(folder, read_description(folder), {"kind", "name"})
    with pytest.raises(InputError, match=r"model\.json lacks 'labels': the file is damaged"):
        require_described(folder, read_description(folder), {"kind", "labels"})
