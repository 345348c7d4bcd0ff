"""What models say of many notes, and how near it is to the line between claiming and not.

A lead is a calibrated log-odds less that of the label's threshold: above 0 the label is claimed. Beside the model's own
leads there are two opinions that may differ. With a second model they are the two models. With one model they are its
two views (as in co-testing; Muslea, Minton & Knoblock, 2006): it reads a note as a whole and word by word, and adds
both up; each view hears one of them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from ...errors import InputError
from ...inference.insights import InsightModel
from ...inference.progress import Reporter
from ...inference.triage import Triage

Leads = NDArray[np.float64]
_BATCH = 1024


@dataclass(frozen=True)
class Opinions:
    """Leads (n, labels) of the model and of two opinions; `read` (n,) is False where a note says nothing to them."""

    labels: tuple[str, ...]
    read: NDArray[np.bool_]
    model: Leads
    first: Leads
    second: Leads
    names: tuple[str, str]
    thresholds: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.read)


def read_opinions(
    texts: Sequence[str],
    model: InsightModel,
    reporter: Reporter,
    *,
    other: InsightModel | None = None,
    known_names: frozenset[str] = frozenset(),
) -> Opinions:
    """Read every note, redacted; a note in another language, or without words, is not read.

    Raises:
        InputError: a second model that has other labels.
    """
    if other is not None and other.statement_labels != model.statement_labels:
        raise InputError("the two models have other topics: they can only disagree about the same ones")
    parts: list[tuple[NDArray[np.bool_], Leads, Leads, Leads]] = []
    with reporter.stage("reading", len(texts), "notes") as done:
        for start in range(0, len(texts), _BATCH):
            some = _readable(texts[start : start + _BATCH], known_names)
            found, thresholds = model.read(some), model.statement_thresholds
            if other is None:
                views = _leads(found.whole, thresholds), _leads(found.words, thresholds)
            else:
                views = (
                    _leads(found.statements, thresholds),
                    _leads(other.read(some).statements, other.statement_thresholds),
                )
            read = np.asarray([any(map(str.isalnum, text)) for text in some], dtype=np.bool_)
            parts.append((read, _leads(found.statements, thresholds), *views))
            done(len(some))
    names = (model.annotator, "the other model") if other else ("the note as a whole", "single words of it")
    read, own, first, second = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Opinions(model.statement_labels, read, own, first, second, names, model.statement_thresholds)


def _readable(texts: Sequence[str], known_names: frozenset[str]) -> list[str]:
    triaged = Triage(known_names).of_all(texts)
    return ["" if note.unread else note.readable for note in triaged]


def _leads(probabilities: NDArray[np.float64], thresholds: NDArray[np.float64]) -> Leads:
    claimable = np.isfinite(thresholds)  # a topic that is not in the taxonomy is never claimed
    line = logit(np.where(claimable, thresholds, 0.5))
    return np.where(claimable, logit(probabilities) - line, -np.inf)
