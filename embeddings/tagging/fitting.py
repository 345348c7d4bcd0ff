"""From labelled texts to a tagger that knows how sure it is: train on most groups, calibrate on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..model_files import body_digest, default_model_folder
from .claims import Claims
from .examples import TaggedText, TagScheme
from .options import TagOptions
from .tagger import WindowTagger, tag
from .tagger_file import TrainedTagger, with_claims
from .training import epochs_for, train_network
from .weights import trained_arrays

Text = TypeVar("Text")

HELD_OUT = 0.1
"""Share of the groups that calibrate and set thresholds, and are not trained on."""


def fit_tagger(
    texts: Sequence[TaggedText],
    scheme: TagScheme,
    encoder: Path | None,
    families: Sequence[NDArray[np.intp]],
    options: TagOptions,
    *,
    held_out: Sequence[TaggedText],
    lessons: Sequence[TaggedText] = (),
    start: Mapping[str, NDArray[Any]] = MappingProxyType({}),
    label_weights: Sequence[float] = (),
    shared: bool = False,
    trained_on: AbstractSet[int] = frozenset(),
    seen: Callable[[int, int], None] = lambda texts, of: None,
) -> TrainedTagger:
    """Train a tagger, then learn on texts held out how sure it may be, and what to claim.

    Args:
        texts: labelled texts.
        scheme: what their spans' columns count in.
        encoder: folder of the encoder whose transformer is trained; the default encoder's if None.
        families: columns of labels that share a calibration curve.
        options: of the training.
        held_out: labelled texts to calibrate on, of other groups than `texts` and `lessons`.
        lessons: texts that a stronger reader has read, which are learned after the others.
        start: weights that training begins with; what they lack begins anew.
        label_weights: how much each label counts in training; 1 if empty.
        shared: whether the labels of a family share their threshold too.
        trained_on: digests to keep with the tagger.
        seen: told after every step how many texts were seen, of how many in all.
    """
    body = encoder or default_model_folder()
    later = options.for_lessons()
    count, total = 0, epochs_for(len(texts), options) * len(texts) + later.epochs * len(lessons)

    def count_up(more: int) -> None:
        nonlocal count
        count += more
        seen(count, total)

    def trained(
        some: Sequence[TaggedText], how: TagOptions, begin: Mapping[str, NDArray[Any]]
    ) -> Mapping[str, NDArray[Any]]:
        network = train_network(some, scheme, body, how, count_up, start=begin, label_weights=label_weights)
        return trained_arrays(network)

    weights = trained(texts, options, start)
    if lessons:
        weights = trained(lessons, later, weights)
    unsure = Claims(*(np.ones(len(scheme.labels)) for _ in range(3)))
    fitted = TrainedTagger(weights, scheme, unsure, body_digest(encoder), trained_on)
    return calibrated(fitted, body, held_out, families, shared=shared)


def calibrated(
    tagger: TrainedTagger,
    body: Path,
    texts: Sequence[TaggedText],
    families: Sequence[NDArray[np.intp]],
    *,
    shared: bool = False,
) -> TrainedTagger:
    """A trained tagger with curves and thresholds from texts that it was not trained on.

    Args:
        tagger: its weights are used; of its claims those of labels in no family.
        body: folder of the transformer under it.
        texts: labelled texts; a family is calibrated on those that were asked for all of its labels.
        families: columns of labels that share a calibration curve; labels in none of them keep theirs.
        shared: whether they share their threshold too.
    """
    reader = WindowTagger(tagger.weights, tagger.scheme, body, digest="")
    log_odds = tag([text.text for text in texts], reader, tagger.scheme).log_odds
    targets, asked = _targets(texts, tagger.scheme), _asked(texts, tagger.scheme)
    return with_claims(
        tagger, Claims.fit(log_odds, targets, families, asked=asked, shared=shared, others=tagger.claims)
    )


def divided(texts: Sequence[Text], groups: Sequence[str], seed: int) -> tuple[list[Text], list[Text]]:
    """Texts to train on, and those of a tenth of the groups, held out; `groups` are the texts' own, in their order."""
    aside = held_out_groups(groups, seed)
    return (
        [text for text, group in zip(texts, groups, strict=True) if group not in aside],
        [text for text, group in zip(texts, groups, strict=True) if group in aside],
    )


def held_out_groups(groups: Iterable[str], seed: int) -> frozenset[str]:
    """A tenth of the groups, at least one; none of none."""
    known = sorted(set(groups))
    chosen = np.random.default_rng(seed).permutation(len(known))[: max(1, round(HELD_OUT * len(known)))]
    return frozenset(known[number] for number in chosen)


def _targets(texts: Sequence[TaggedText], scheme: TagScheme) -> NDArray[np.bool_]:
    targets = np.zeros((len(texts), len(scheme.labels)), dtype=np.bool_)
    for row, text in enumerate(texts):
        for span in text.spans:
            targets[row, span.label] = True
    return targets


def _asked(texts: Sequence[TaggedText], scheme: TagScheme) -> NDArray[np.bool_]:
    asked = np.ones((len(texts), len(scheme.labels)), dtype=np.bool_)
    for row, text in enumerate(texts):
        asked[row, list(text.unasked)] = False
    return asked
