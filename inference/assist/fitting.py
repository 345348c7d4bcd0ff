"""What a language model's answers are worth, learned from labelled notes and measured on other physicians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from ...errors import InputError
from ...prompts import Progress
from ..insights import Annotator, GoldNote
from ..insights.model import statement_label
from ..insights.read_texts import ReadTexts
from .adjudication import Adjudicator, answer_log_odds
from .candidates import Candidate, clauses_of, clauses_touched, uncertain, width_for
from .combination import Combination, Floats, Weights

FOLDS = 5
DEFAULT_SHARE = 0.2
"""Of the clauses: how much a combination sends to the language model."""
_NEAREST = 1e-6
_NORMAL = 1.96


@dataclass(frozen=True)
class Answered:
    """Labels of notes that were asked about, n of them.

    Attributes:
        candidates: the labels.
        heads: (n,) log-odds of the insight model.
        answers: (n,) log-odds of the language model.
        truth: (n,) whether the label is right.
        groups: (n,) whose notes they are of.
    """

    candidates: tuple[Candidate, ...]
    heads: Floats
    answers: Floats
    truth: NDArray[np.bool_]
    groups: tuple[str, ...]

    def unanswered(self) -> Answered:
        """The same as if every answer had been of two minds: what to compare with."""
        return replace(self, answers=np.zeros_like(self.answers))


def fit_combination(
    notes: Sequence[GoldNote],
    annotator: Annotator,
    adjudicator: Adjudicator,
    share: float = DEFAULT_SHARE,
    progress: Progress | None = None,
) -> Combination:
    """Ask about the least sure labels of labelled notes, and weigh the answers.

    Args:
        notes: labelled notes that the insight model has not learned from.
        annotator: what reads them.
        adjudicator: who asks.
        share: of the clauses to send.
        progress: is told how many questions are done, and of how many.

    Raises:
        InputError: fewer than two physicians, or nothing was answered.
    """
    read = annotator.read([note.text for note in notes], [note.brand for note in notes])
    thresholds = annotator.model.statement_thresholds
    width = width_for(read, thresholds, share)
    candidates = uncertain(read, thresholds, width)
    answered = answers_of(notes, read, candidates, annotator.model.statement_labels, adjudicator, progress)
    physicians = {group_of(note) for note in notes}
    if len(set(answered.groups)) < 2:
        raise InputError(
            f"{len(answered.truth)} answers about {len(set(answered.groups))} physicians: give labelled notes of more "
            "physicians, or look why the language model does not answer"
        )
    return Combination(
        fitted_for=adjudicator.fitted_for,
        width=width,
        weights=Weights.fit(answered.heads, answered.answers, answered.truth),
        notes=len(notes),
        physicians=len(physicians),
        questions=len(answered.truth),
        clauses_sent=clauses_touched(read, candidates) / max(1, clauses_of(read)),
        log_loss_before=float(_losses(answered.unanswered()).mean()),
        log_loss_after=float(_losses(answered).mean()),
        gain_low=_low(_losses(answered.unanswered()) - _losses(answered), answered.groups),
    )


def answers_of(
    notes: Sequence[GoldNote],
    read: ReadTexts,
    candidates: Sequence[Candidate],
    labels: Sequence[str],
    adjudicator: Adjudicator,
    progress: Progress | None = None,
) -> Answered:
    """The candidates of labelled notes that were answered, with what is right."""
    true = [{statement_label(s.topic, s.polarity) for s in note.insights} for note in notes]
    said = [answer_log_odds(answer) for answer in adjudicator.ask(read, candidates, progress)]
    kept = [(candidate, odds) for candidate, odds in zip(candidates, said, strict=True) if odds is not None]
    return Answered(
        candidates=tuple(candidate for candidate, _ in kept),
        heads=np.asarray([candidate.log_odds for candidate, _ in kept], dtype=np.float64),
        answers=np.asarray([odds for _, odds in kept], dtype=np.float64),
        truth=np.asarray([labels[c.column] in true[c.row] for c, _ in kept], dtype=np.bool_),
        groups=tuple(group_of(notes[candidate.row]) for candidate, _ in kept),
    )


def cross_fitted(answered: Answered) -> Floats:
    """The probability (n,) of each label by weights fitted on other physicians."""
    groups = np.asarray(answered.groups)
    folds = GroupKFold(n_splits=min(FOLDS, len(set(answered.groups))))
    probabilities = np.zeros(len(groups))
    for others, these in folds.split(groups, groups=groups):
        weights = Weights.fit(answered.heads[others], answered.answers[others], answered.truth[others])
        probabilities[these] = weights.probabilities(answered.heads[these], answered.answers[these])
    return probabilities


def group_of(note: GoldNote) -> str:
    """Whose note it is: a physician and a brand."""
    return f"{note.hcp_id} {note.brand}"


def _losses(answered: Answered) -> Floats:
    """The log-loss (n,) of each label, by weights fitted on other physicians."""
    right = np.where(answered.truth, cross_fitted(answered), 1 - cross_fitted(answered))
    return np.asarray(-np.log(np.clip(right, _NEAREST, 1.0)))


def _low(gains: Floats, groups: Sequence[str]) -> float:
    """The lower end of the mean's 95 % interval, where labels of one physician are alike."""
    names, numbers = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.bincount(numbers, weights=gains - gains.mean())
    error = np.sqrt(len(names) / (len(names) - 1) * np.sum(sums**2)) / len(gains)
    return float(gains.mean() - _NORMAL * error)
