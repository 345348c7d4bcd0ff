"""Heads on disk: `heads.safetensors` beside `model.json`, which names its digest and whatever describes the model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .calibration import Platt
from .heads import LinearHeads
from .lexical import LexicalFeatures
from .model_files import file_digest

DESCRIPTION = "model.json"
WEIGHTS = "heads.safetensors"
FORMAT = 1
_TRAINED_ON = "trained_on"


@dataclass(frozen=True)
class HeadsModel:
    """Families of heads over one set of lexical features, and the description they were saved with.

    `trained_on` are digests of the texts they learned from and of who wrote them; empty where the file does not say.
    """

    lexical: LexicalFeatures
    families: Mapping[str, LinearHeads]
    description: Mapping[str, Any]
    digest: str
    trained_on: frozenset[int] = frozenset()


def save_heads(
    folder: Path,
    lexical: LexicalFeatures,
    families: Mapping[str, LinearHeads],
    description: Mapping[str, Any],
    trained_on: AbstractSet[int] = frozenset(),
) -> None:
    """Write a model folder; weights are kept as float16, and only the lexical columns that training saw."""
    from safetensors.numpy import save

    columns = np.flatnonzero(lexical.idf > 0)
    tensors: dict[str, NDArray[Any]] = {"columns": columns.astype(np.int32), "idf": lexical.idf[columns]}
    for name, heads in families.items():
        tensors[f"{name}.dense"] = heads.dense.astype(np.float16)
        tensors[f"{name}.lexical"] = heads.lexical[columns].astype(np.float16)
        tensors[f"{name}.bias"] = heads.bias
        tensors[f"{name}.thresholds"] = heads.thresholds
    if trained_on:
        tensors[_TRAINED_ON] = np.asarray(sorted(trained_on), dtype=np.uint64)
    content = save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(content)
    record = {
        "format": FORMAT,
        "weights_sha256": hashlib.sha256(content).hexdigest(),
        "columns": len(lexical.idf),
        "families": {name: _described(heads) for name, heads in families.items()},
        **description,
    }
    (folder / DESCRIPTION).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _described(heads: LinearHeads) -> dict[str, Any]:
    calibration = [{"slope": platt.slope, "intercept": platt.intercept} for platt in heads.calibration]
    return {"labels": list(heads.labels), "calibration": calibration}


def load_heads(folder: Path) -> HeadsModel:
    """Read a model folder; raises InputError where a file is missing, damaged or not what `model.json` says."""
    from safetensors.numpy import load

    description = read_description(folder)
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise InputError(f"{folder} holds no {WEIGHTS}: it is not a model that hcplens trained")
    digest = file_digest(weights)
    if digest != description["weights_sha256"]:
        raise InputError(
            f"{weights} has SHA-256 {digest}, but {DESCRIPTION} says {description['weights_sha256']}: "
            "the file is damaged or was swapped; train or copy the model again"
        )
    tensors = load(weights.read_bytes())
    lexical = _spread(tensors["columns"], tensors["idf"], description["columns"])
    families = {
        name: LinearHeads(
            labels=tuple(family["labels"]),
            dense=tensors[f"{name}.dense"].astype(np.float32),
            lexical=_spread(tensors["columns"], tensors[f"{name}.lexical"].astype(np.float32), description["columns"]),
            bias=tensors[f"{name}.bias"],
            calibration=tuple(Platt(**curve) for curve in family["calibration"]),
            thresholds=tensors[f"{name}.thresholds"],
        )
        for name, family in description["families"].items()
    }
    trained_on = frozenset(map(int, tensors.get(_TRAINED_ON, ())))
    return HeadsModel(LexicalFeatures(lexical), families, description, digest, trained_on)


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
        raise InputError(f"{path} has format {found!r}, this version reads {FORMAT}")
    missing = {"weights_sha256", "columns", "families"} - description.keys()
    if missing:
        raise InputError(f"{path} lacks {sorted(missing)[0]!r}: the file is damaged, train or copy the model again")
    return description


def _spread(columns: NDArray[np.int32], values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Rows of `values` at their columns, zeros elsewhere."""
    full = np.zeros((count, *values.shape[1:]), dtype=np.float32)
    full[columns] = values
    return full
