"""Heads on disk: `heads.safetensors` beside `model.json`, which names its digest and whatever describes the model."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calibration import Platt
from .heads import LinearHeads
from .lexical import LexicalFeatures
from .model_folder import TRAINED_ON, read_description, require_described, verified_weights, write_model

WEIGHTS = "heads.safetensors"
FAMILIES = "families"


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
        tensors[TRAINED_ON] = np.asarray(sorted(trained_on), dtype=np.uint64)
    content = save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})
    described = {name: _described(heads) for name, heads in families.items()}
    write_model(folder, WEIGHTS, content, {"columns": len(lexical.idf), FAMILIES: described, **description})


def _described(heads: LinearHeads) -> dict[str, Any]:
    calibration = [{"slope": platt.slope, "intercept": platt.intercept} for platt in heads.calibration]
    return {"labels": list(heads.labels), "calibration": calibration}


def load_heads(folder: Path) -> HeadsModel:
    """Read a model folder; raises InputError where a file is missing, damaged or not what `model.json` says."""
    from safetensors.numpy import load

    description = read_description(folder)
    require_described(folder, description, {"columns", FAMILIES})
    tensors = load(verified_weights(folder, WEIGHTS, description))
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
        for name, family in description[FAMILIES].items()
    }
    trained_on = frozenset(map(int, tensors.get(TRAINED_ON, ())))
    return HeadsModel(LexicalFeatures(lexical), families, description, str(description["weights_sha256"]), trained_on)


def _spread(columns: NDArray[np.int32], values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Rows of `values` at their columns, zeros elsewhere."""
    full = np.zeros((count, *values.shape[1:]), dtype=np.float32)
    full[columns] = values
    return full
