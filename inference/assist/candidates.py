"""What the insight model is unsure of: the statements that it comes near to claiming, or only just claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from ...embeddings.clauses import worded_clauses
from ..insights.read_texts import ReadTexts

DEFAULT_WIDTH = 1.0
"""Half the width of the band around the threshold, in log-odds: a fifth of the clauses of the benchmark's notes."""

_NEAREST = 1e-6


@dataclass(frozen=True)
class Candidate:
    """One label of one text: row and column of `NoteReadings.statements`; its log-odds, and how far they lie.

    Attributes:
        row: which text.
        column: which label.
        log_odds: what the insight model says.
        distance: from the log-odds at which the label is claimed; the smaller, the less sure.
    """

    row: int
    column: int
    log_odds: float
    distance: float


def log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of probabilities, finite even at 0 and 1."""
    return np.asarray(logit(np.clip(probabilities, _NEAREST, 1 - _NEAREST)), dtype=np.float64)


def uncertain(read: ReadTexts, thresholds: NDArray[np.float64], width: float) -> list[Candidate]:
    """The labels within the band, the least sure first; none of a text that was not read or has no words.

    Args:
        read: n texts.
        thresholds: the probability (S,) from which each label is claimed; one that is infinite is of no interest.
        width: half that of the band, in log-odds.
    """
    odds = log_odds(read.readings.statements)
    with np.errstate(invalid="ignore"):
        distances = np.abs(odds - log_odds(thresholds))
    distances[:, ~np.isfinite(thresholds)] = np.inf
    distances[[row for row, note in enumerate(read.triaged) if note.unread or not note.readable.strip()]] = np.inf
    found = [
        Candidate(int(row), int(column), float(odds[row, column]), float(distances[row, column]))
        for row, column in np.argwhere(distances <= width)
    ]
    return sorted(found, key=lambda candidate: (candidate.distance, candidate.row, candidate.column))


def clauses_of(read: ReadTexts) -> int:
    """How many clauses the texts have that a model can read."""
    return sum(len(worded_clauses(note.readable)) for note in read.triaged if not note.unread)


def clauses_touched(read: ReadTexts, candidates: Iterable[Candidate]) -> int:
    """How many clauses hold words that a candidate rests on."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for candidate in candidates:
        start, end = read.readings.statement_spans[candidate.row, candidate.column]
        spans.setdefault(candidate.row, []).append((int(start), int(end)))
    return sum(
        clause.touches(of_row) for row, of_row in spans.items() for clause in worded_clauses(read.triaged[row].readable)
    )


def width_for(read: ReadTexts, thresholds: NDArray[np.float64], share: float) -> float:
    """The narrowest band of which so large a share of the clauses is sent; that of all labels where none is enough."""
    nearest = uncertain(read, thresholds, np.inf)
    nearest = [candidate for candidate in nearest if np.isfinite(candidate.distance)]
    return _narrowest(read, nearest, share * clauses_of(read)) if share > 0 and nearest else 0.0


def _narrowest(read: ReadTexts, nearest: Sequence[Candidate], wanted: float) -> float:
    clauses = [worded_clauses(note.readable) for note in read.triaged]
    sent: set[tuple[int, int]] = set()
    for candidate in nearest:
        span = tuple(map(int, read.readings.statement_spans[candidate.row, candidate.column]))
        sent |= {
            (candidate.row, place)
            for place, clause in enumerate(clauses[candidate.row])
            if clause.touches([(span[0], span[1])])
        }
        if len(sent) >= wanted:
            return candidate.distance
    return nearest[-1].distance
