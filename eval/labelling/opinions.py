"""What models say of every clause of many notes, and how near it is to the line between claiming and not.

A lead is a calibrated log-odds less that of the label's threshold: above 0 the label is claimed. Beside the model's own
leads there are two opinions that may differ. With a second model they are the two models. With one model they are its
two views (as in co-testing; Muslea, Minton & Knoblock, 2006): its heads add up what a clause means (the sentence
vector) and which words it has (the lexical features); a view hears one of them, and the pool's average of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from ...embeddings import Encoder
from ...embeddings.features import Features, features_of
from ...embeddings.heads import LinearHeads
from ...errors import InputError
from ...inference.insights import InsightModel
from ...inference.insights.clause_texts import redacted_clauses
from ...inference.progress import Reporter
from ...inference.triage import triage_text

Leads = NDArray[np.float32]
_BATCH = 1024
_FAMILY = "statements"


@dataclass(frozen=True)
class Opinions:
    """Leads (clauses, labels) of the model and of two opinions; `notes` (n + 1,) where each note's clauses begin."""

    labels: tuple[str, ...]
    notes: NDArray[np.intp]
    model: Leads
    first: Leads
    second: Leads
    names: tuple[str, str]
    thresholds: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.notes) - 1


class _Parts(NamedTuple):
    """Log-odds (clauses, labels) that the sentence vector and the lexical features add to the heads' bias."""

    meaning: Leads
    words: Leads


def read_opinions(
    texts: Sequence[str],
    model: InsightModel,
    encoder: Encoder,
    reporter: Reporter,
    *,
    other: InsightModel | None = None,
    known_names: frozenset[str] = frozenset(),
) -> Opinions:
    """Read every note, redacted and clause by clause; a note that the model cannot read has no clauses.

    Raises:
        InputError: a model of another encoder, or a second model that has other labels.
    """
    _require_comparable(model, other, encoder)
    heads, counts, parts, others = model.families[_FAMILY], [0], [], []
    with reporter.stage("reading", len(texts), "notes") as done:
        for first in range(0, len(texts), _BATCH):
            clauses = [_clauses(text, known_names) for text in texts[first : first + _BATCH]]
            counts += [len(of_note) for of_note in clauses]
            flat = [clause for of_note in clauses for clause in of_note]
            features = features_of(flat, encoder, model.lexical)
            parts.append(_parts(heads, features))
            if other is not None:
                others.append(_leads(other.families[_FAMILY], features_of(flat, encoder, other.lexical)))
            done(len(clauses))
    meaning, words = (np.concatenate(column) for column in zip(*parts, strict=True))
    own = _lead(heads, meaning + words)
    names = (model.annotator, "the other model") if other else ("its meaning alone", "its words alone")
    views = (own, np.concatenate(others)) if other else _views(heads, meaning, words)
    return Opinions(heads.labels, np.cumsum(counts), own, *views, names, heads.thresholds)


def _require_comparable(model: InsightModel, other: InsightModel | None, encoder: Encoder) -> None:
    model.require_encoder(encoder)
    if other is None:
        return
    other.require_encoder(encoder)
    if other.families[_FAMILY].labels != model.families[_FAMILY].labels:
        raise InputError("the two models have other topics: they can only disagree about the same ones")


def _clauses(text: str, known_names: frozenset[str]) -> list[str]:
    triaged = triage_text(text, known_names)
    return [] if triaged.unread else [clause.text for clause in redacted_clauses(triaged.redacted)]


def _parts(heads: LinearHeads, features: Features) -> _Parts:
    return _Parts(
        np.asarray(features.dense @ heads.dense, dtype=np.float32),
        np.asarray(features.lexical @ heads.lexical, dtype=np.float32),
    )


def _views(heads: LinearHeads, meaning: Leads, words: Leads) -> tuple[Leads, Leads]:
    if not len(meaning):
        return meaning, words
    return _lead(heads, meaning + words.mean(axis=0)), _lead(heads, words + meaning.mean(axis=0))


def _leads(heads: LinearHeads, features: Features) -> Leads:
    parts = _parts(heads, features)
    return _lead(heads, parts.meaning + parts.words)


def _lead(heads: LinearHeads, without_bias: Leads) -> Leads:
    slopes = np.asarray([platt.slope for platt in heads.calibration])
    intercepts = np.asarray([platt.intercept for platt in heads.calibration])
    leads = slopes * (without_bias + heads.bias) + intercepts - logit(heads.thresholds)
    return np.asarray(leads, dtype=np.float32)
