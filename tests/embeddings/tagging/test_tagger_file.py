from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hcplens.embeddings.model_files import file_digest
from hcplens.embeddings.model_folder import DESCRIPTION
from hcplens.embeddings.tagging import TrainedTagger, load_tagger, save_tagger
from hcplens.embeddings.tagging.tagger_file import WEIGHTS
from hcplens.errors import InputError


@pytest.fixture
def folder(trained: TrainedTagger, tmp_path: Path) -> Path:
    save_tagger(tmp_path / "model", trained, {"kind": "test", "version": "3"})
    return tmp_path / "model"


def rewrite(folder: Path, **changes: Any) -> None:
    record = json.loads((folder / DESCRIPTION).read_text()) | changes
    record = {name: value for name, value in record.items() if value is not None}
    (folder / DESCRIPTION).write_text(json.dumps(record))


def test_a_tagger_comes_back_as_it_was_saved(trained: TrainedTagger, folder: Path) -> None:
    again = load_tagger(folder)
    assert again.weights.keys() == trained.weights.keys()
    assert all(np.array_equal(again.weights[name], trained.weights[name]) for name in trained.weights)
    for name in ("slopes", "intercepts", "thresholds"):
        assert np.array_equal(getattr(again.claims, name), getattr(trained.claims, name))
    for name in ("scheme", "body_digest", "trained_on", "digest"):
        assert getattr(again, name) == getattr(trained, name)


def test_a_tagger_knows_the_digest_of_its_file_before_it_is_written(trained: TrainedTagger, folder: Path) -> None:
    assert trained.digest == file_digest(folder / WEIGHTS)


def test_saving_again_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    save_tagger(tmp_path / "again", load_tagger(folder), {"kind": "test", "version": "3"})
    for name in (WEIGHTS, DESCRIPTION):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_what_a_tagger_was_trained_on_comes_back(trained: TrainedTagger, tmp_path: Path) -> None:
    digests = frozenset({0, 7, 2**64 - 1})
    save_tagger(tmp_path / "model", replace(trained, trained_on=digests), {"kind": "test"})
    assert load_tagger(tmp_path / "model").trained_on == digests


def test_damaged_weights_are_refused(folder: Path) -> None:
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (folder / WEIGHTS).write_bytes(content)
    with pytest.raises(InputError, match=r"weights\.safetensors has SHA-256 .*, but model\.json says"):
        load_tagger(folder)


def test_weights_of_another_tagger_are_refused(trained: TrainedTagger, folder: Path, tmp_path: Path) -> None:
    other = replace(trained.claims, thresholds=trained.claims.thresholds / 2)
    save_tagger(tmp_path / "other", replace(trained, claims=other), {"kind": "test"})
    shutil.copy(tmp_path / "other" / WEIGHTS, folder / WEIGHTS)
    with pytest.raises(InputError, match="the file is damaged or was swapped"):
        load_tagger(folder)


@pytest.mark.parametrize("name", [WEIGHTS, DESCRIPTION])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"holds no {name}"):
        load_tagger(folder)


@pytest.mark.parametrize("field", ["labels", "choices", "chosen", "encoder_digest", "kind"])
def test_a_description_that_lacks_a_field_is_refused_by_its_name(folder: Path, field: str) -> None:
    rewrite(folder, **{field: None})
    with pytest.raises(InputError, match=f"lacks '{field}'"):
        load_tagger(folder)
