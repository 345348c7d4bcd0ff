"""A tagger on disk: `weights.safetensors` beside `model.json`, which names its digest and describes the model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model_folder import TRAINED_ON, read_description, require_described, verified_weights, write_model
from .claims import Claims
from .examples import TagScheme

WEIGHTS = "weights.safetensors"
_NETWORK = "network."
_CLAIMS = ("slopes", "intercepts", "thresholds")


@dataclass(frozen=True)
class TrainedTagger:
    """What training leaves.

    Attributes:
        weights: what it changed, by name.
        scheme: labels and choices.
        claims: calibration and thresholds.
        body_digest: SHA-256 of the weights of the transformer under it.
        trained_on: digests of the texts it learned from and of who wrote them.
        digest: SHA-256 of the file of its weights; empty before it is saved.
    """

    weights: Mapping[str, NDArray[np.float16]]
    scheme: TagScheme
    claims: Claims
    body_digest: str
    trained_on: AbstractSet[int] = frozenset()
    digest: str = ""


def save_tagger(folder: Path, tagger: TrainedTagger, description: Mapping[str, Any]) -> None:
    """Write a model folder."""
    record = {
        "encoder_digest": tagger.body_digest,
        "labels": tagger.scheme.labels,
        "choices": tagger.scheme.choices,
        "chosen": tagger.scheme.chosen,
        "kinds": tagger.scheme.kinds,
        **description,
    }
    write_model(folder, WEIGHTS, _serialised(tagger), record)


def with_claims(tagger: TrainedTagger, claims: Claims) -> TrainedTagger:
    """The tagger calibrated anew, with the digest of the file that would be written."""
    changed = replace(tagger, claims=claims)
    return replace(changed, digest=hashlib.sha256(_serialised(changed)).hexdigest())


def _serialised(tagger: TrainedTagger) -> bytes:
    from safetensors.numpy import save

    arrays: dict[str, NDArray[Any]] = {_NETWORK + name: array for name, array in tagger.weights.items()}
    arrays |= {name: getattr(tagger.claims, name) for name in _CLAIMS}
    if tagger.trained_on:
        arrays[TRAINED_ON] = np.asarray(sorted(tagger.trained_on), dtype=np.uint64)
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def load_tagger(folder: Path) -> TrainedTagger:
    """Read a model folder; raises InputError where a file is missing, damaged or not what `model.json` says."""
    from safetensors.numpy import load

    description = read_description(folder)
    require_described(folder, description, {"labels", "choices", "chosen", "kinds"})
    arrays = load(verified_weights(folder, WEIGHTS, description))
    return TrainedTagger(
        weights={name.removeprefix(_NETWORK): array for name, array in arrays.items() if name.startswith(_NETWORK)},
        scheme=TagScheme(
            tuple(description["labels"]),
            tuple(map(tuple, description["choices"])),
            int(description["chosen"]),
            tuple(description["kinds"]),
        ),
        claims=Claims(*(arrays[name] for name in _CLAIMS)),
        body_digest=str(description["encoder_digest"]),
        trained_on=frozenset(map(int, arrays.get(TRAINED_ON, ()))),
        digest=str(description["weights_sha256"]),
    )
