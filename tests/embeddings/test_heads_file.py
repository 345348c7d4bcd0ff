from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hcplens.embeddings.heads import fit_heads
from hcplens.embeddings.heads_file import WEIGHTS, load_heads, save_heads
from hcplens.embeddings.model_folder import DESCRIPTION
from hcplens.embeddings.trained_on import text_digest, text_digests
from hcplens.errors import InputError

if TYPE_CHECKING:
    from .conftest import LabelledRows

DESCRIBED = {"kind": "test", "encoder_digest": "e"}


@pytest.fixture
def folder(labelled_rows: LabelledRows, tmp_path: Path) -> Path:
    rows = labelled_rows
    heads = fit_heads(rows.features, rows.targets, ("cost", "supply"), groups=rows.groups, documents=rows.documents)
    save_heads(tmp_path / "model", rows.lexical, {"topics": heads}, DESCRIBED)
    return tmp_path / "model"


def rewrite(folder: Path, **changes: Any) -> None:
    record = json.loads((folder / DESCRIPTION).read_text()) | changes
    record = {name: value for name, value in record.items() if value is not None}
    (folder / DESCRIPTION).write_text(json.dumps(record))


def test_heads_come_back_as_they_were_saved(folder: Path, labelled_rows: LabelledRows) -> None:
    rows = labelled_rows
    heads = fit_heads(rows.features, rows.targets, ("cost", "supply"), groups=rows.groups, documents=rows.documents)
    loaded = load_heads(folder)
    again = loaded.families["topics"]
    assert again.labels == ("cost", "supply")
    assert again.calibration == heads.calibration
    assert np.array_equal(again.thresholds, heads.thresholds)
    assert np.allclose(again.probabilities(rows.features), heads.probabilities(rows.features), atol=5e-3)
    assert np.array_equal(loaded.lexical.idf, rows.lexical.idf)
    assert loaded.description["kind"] == "test"


def test_saving_twice_gives_the_same_bytes(folder: Path, labelled_rows: LabelledRows, tmp_path: Path) -> None:
    loaded = load_heads(folder)
    save_heads(tmp_path / "one", loaded.lexical, loaded.families, DESCRIBED)
    save_heads(tmp_path / "two", loaded.lexical, loaded.families, DESCRIBED)
    assert (tmp_path / "one" / WEIGHTS).read_bytes() == (tmp_path / "two" / WEIGHTS).read_bytes()
    assert load_heads(tmp_path / "one").digest == load_heads(tmp_path / "two").digest


def test_what_heads_were_trained_on_comes_back_and_older_files_say_nothing(folder: Path, tmp_path: Path) -> None:
    loaded = load_heads(folder)
    assert loaded.trained_on == frozenset()
    digests = text_digests(["no PA", "no PA", "price \ud800", ""])
    assert len(digests) == 3
    save_heads(tmp_path / "again", loaded.lexical, loaded.families, DESCRIBED, digests)
    assert load_heads(tmp_path / "again").trained_on == digests


def test_a_text_digest_is_the_beginning_of_its_sha_256() -> None:
    assert text_digest("abc") == 0xBA7816BF8F01CFEA  # FIPS 180-2, appendix B.1


def test_weights_that_were_changed_are_refused(folder: Path) -> None:
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (folder / WEIGHTS).write_bytes(content)
    with pytest.raises(InputError, match=r"heads\.safetensors has SHA-256 .*, but model\.json says"):
        load_heads(folder)


@pytest.mark.parametrize("name", [WEIGHTS, DESCRIPTION])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"holds no {name}"):
        load_heads(folder)


@pytest.mark.parametrize("field", ["columns", "families"])
def test_a_description_that_lacks_a_field_is_refused_by_its_name(folder: Path, field: str) -> None:
    rewrite(folder, **{field: None})
    with pytest.raises(InputError, match=f"lacks '{field}'"):
        load_heads(folder)
