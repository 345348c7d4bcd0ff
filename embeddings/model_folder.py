"""A model folder: one file of weights beside `model.json`, which names its digest and describes the model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from .model_files import file_digest

DESCRIPTION = "model.json"
FORMAT = 2
TRAINED_ON = "trained_on"
"""The name of the tensor of digests of what a model learned from."""


def write_model(folder: Path, weights: str, content: bytes, description: Mapping[str, Any]) -> None:
    """Write the weights under that file name, and what describes them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / weights).write_bytes(content)
    record = {"format": FORMAT, "weights_sha256": hashlib.sha256(content).hexdigest(), **description}
    (folder / DESCRIPTION).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_description(folder: Path) -> dict[str, Any]:
    """What `model.json` says of the model; InputError where it is missing, damaged or of another format."""
    path = folder / DESCRIPTION
    if not path.is_file():
        raise InputError(f"{folder} holds no {DESCRIPTION}: it is not a model that hcplens trained")
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as e:
        raise InputError(f"{path} is not valid JSON: {e}") from e
    found = description.get("format") if isinstance(description, dict) else None
    if found != FORMAT:
        raise InputError(f"{path} has format {found!r}, this version reads {FORMAT}: train the model again")
    require_described(folder, description, {"weights_sha256", "encoder_digest", "kind"})
    return description


def require_described(folder: Path, description: Mapping[str, Any], expected: set[str]) -> None:
    """Raises InputError unless the description has all of those fields."""
    if missing := expected - description.keys():
        raise InputError(
            f"{folder / DESCRIPTION} lacks {sorted(missing)[0]!r}: the file is damaged, train or copy the model again"
        )


def verified_weights(folder: Path, weights: str, description: Mapping[str, Any]) -> bytes:
    """The bytes of the weights' file; InputError where it is missing or not what the description says."""
    path = folder / weights
    if not path.is_file():
        raise InputError(f"{folder} holds no {weights}: it is not a model that hcplens trained")
    digest = file_digest(path)
    if digest != description["weights_sha256"]:
        raise InputError(
            f"{path} has SHA-256 {digest}, but {DESCRIPTION} says {description['weights_sha256']}: "
            "the file is damaged or was swapped; train or copy the model again"
        )
    return path.read_bytes()
