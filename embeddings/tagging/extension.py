"""More labels for a trained tagger, over a body that stays as it is: what it said before it goes on saying."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model_files import default_model_folder
from .claims import Claims
from .examples import TaggedText, TagScheme
from .fitting import calibrated, divided
from .options import TagOptions
from .tagger_file import TrainedTagger, weights_digest
from .training import train_network
from .weights import BODY, trained_arrays

_BY_LABEL = ("attention", "whole", "tokens")
"""Heads with weights of every label and of every kind."""


def with_labels(
    tagger: TrainedTagger,
    labels: Sequence[str],
    texts: Sequence[TaggedText],
    encoder: Path | None,
    options: TagOptions,
    *,
    trained_on: AbstractSet[int] = frozenset(),
    seen: Callable[[int, int], None] = lambda texts, of: None,
) -> TrainedTagger:
    """The tagger with labels of one more kind behind its own.

    Args:
        tagger: trained; its weights stay as they are, and so do its claims.
        labels: names of the new ones.
        texts: labelled texts of at least two groups; their spans count in the new labels alone.
        encoder: folder of the encoder under the tagger; the default encoder's if None.
        options: of the training of the new labels' heads.
        trained_on: digests of those texts, to keep with the tagger's own.
        seen: told after every step how many texts were seen, of how many in all.
    """
    body, scheme = encoder or default_model_folder(), TagScheme(tuple(labels), kinds=(0,) * len(labels))
    train, held_out = divided(texts, None, options.seed)
    count = 0

    def count_up(more: int) -> None:
        nonlocal count
        count += more
        seen(count, options.epochs * len(train))

    heads = trained_arrays(train_network(train, scheme, body, options, count_up, over=tagger.weights))
    of_body = {name: array for name, array in tagger.weights.items() if name.startswith(BODY)}
    alone = replace(tagger, weights=of_body | heads, scheme=scheme)
    families = [np.arange(len(labels))]
    extended = replace(
        tagger,
        weights=dict(tagger.weights) | _joined(tagger.weights, heads),
        scheme=_with_kind(tagger.scheme, labels),
        claims=_side_by_side(tagger.claims, calibrated(alone, body, held_out, families).claims),
        trained_on=tagger.trained_on | trained_on,
    )
    return replace(extended, digest=weights_digest(extended))


def _joined(own: Mapping[str, NDArray[Any]], new: Mapping[str, NDArray[np.float16]]) -> dict[str, NDArray[np.float16]]:
    """The heads of both networks, label below label and kind below kind."""
    names = [f"{head}.{part}" for head in _BY_LABEL for part in ("own", "shared", "bias")]
    return {name: np.concatenate([own[name], new[name]]) for name in names}


def _with_kind(scheme: TagScheme, labels: Sequence[str]) -> TagScheme:
    kinds = (*scheme.kind_of, *([max(scheme.kind_of) + 1] * len(labels)))
    return replace(scheme, labels=(*scheme.labels, *labels), kinds=kinds)


def _side_by_side(own: Claims, new: Claims) -> Claims:
    names = ("slopes", "intercepts", "thresholds")
    return Claims(*(np.concatenate([getattr(own, name), getattr(new, name)]) for name in names))
