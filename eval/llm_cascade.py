"""What a language model adds: F1 against the share of clauses that it is asked about.

`python -m hcplens.eval.llm_cascade MODEL ANSWERS.sqlite [--adapter FOLDER] [--gold FOLDER]` on the three sets of
benchmark notes, each by other authors: what decides about a set (the threshold, the width of the band, the weights of
the answers) comes from the other two. Answers are kept, so that a second run asks nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss

from ..embeddings.calibration import Platt, best_threshold
from ..inference.assist import Adjudicator, Candidate, Weights, uncertain
from ..inference.assist.candidates import clauses_of, clauses_touched, log_odds, width_for
from ..inference.assist.fitting import Answered, answers_of, group_of
from ..inference.insights import Annotator, GoldNote, InsightModel, read_gold
from ..inference.insights.model import statement_label
from ..inference.insights.read_texts import ReadTexts
from ..prompts import AnswerCache, LocalModel
from .metrics import F1, Estimate, Floats, clustered_difference, clustered_estimate

SHARES = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Of the clauses of the notes that decide; of the others it may be a little more or less."""
GOLD = Path(__file__).parent / "gold"
SETS = ("notes_a.jsonl", "notes_b.jsonl", "timelines/notes.jsonl")


@dataclass(frozen=True)
class CurvePoint:
    """What came of sending a share of the clauses.

    Attributes:
        share: that was aimed at.
        sent: of the clauses, as it came out.
        questions: labels that were asked about.
        f1: of topic and polarity, micro, with an interval clustered by physician and brand.
        gain: in F1 over asking nothing, paired.
        control: the F1 of doing all the same without the answers: what calibrating the band again does by itself.
        log_loss: over the labels that were asked about: of the control, and with the answers.
        right_first: how often the right one of two labels of a note that were asked about, one right and one wrong, has
            the higher log-odds: by the insight model, and by the language model.
        weight: of the language model's log-odds in each set.
    """

    share: float
    sent: float
    questions: int
    f1: Estimate
    gain: Estimate
    control: float
    log_loss: tuple[float, float]
    right_first: tuple[float, float]
    weight: tuple[float, ...]


@dataclass(frozen=True)
class _Labelled:
    """Notes of one or more sets, as they were read, with the truth (n, S)."""

    notes: tuple[GoldNote, ...]
    read: ReadTexts
    truth: NDArray[np.bool_]

    def at(self, rows: Sequence[int]) -> _Labelled:
        return _Labelled(tuple(self.notes[row] for row in rows), self.read.at(rows), self.truth[list(rows)])


@dataclass(frozen=True)
class _Decided:
    """A set as it was decided.

    Claims (n, S) with the answers and without, how much was sent, over the questions the probability without and with
    the answers and the truth, the labels that were asked about, and what the answers weighed.
    """

    claims: NDArray[np.bool_]
    control: NDArray[np.bool_]
    clauses: int
    sent: int
    questions: Floats
    asked: Answered
    weight: float


def cascade_curve(
    sets: Sequence[Sequence[GoldNote]], annotator: Annotator, adjudicator: Adjudicator, shares: Sequence[float] = SHARES
) -> Iterator[CurvePoint]:
    """A point a share, the first of which is compared with the others: let it be 0."""
    notes = tuple(note for of_set in sets for note in of_set)
    number = np.repeat(np.arange(len(sets)), [len(of_set) for of_set in sets])
    labels = annotator.model.statement_labels
    read = annotator.read([note.text for note in notes], [note.brand for note in notes])
    labelled = _Labelled(notes, read, _truth(notes, labels))
    groups = [group_of(note) for note in notes]
    before: Floats | None = None
    for share in shares:
        decided = [
            _decided(
                labelled.at(np.flatnonzero(number != one).tolist()),
                labelled.at(np.flatnonzero(number == one).tolist()),
                share,
                labels,
                adjudicator,
            )
            for one in range(len(sets))
        ]
        counts = _counts(np.concatenate([each.claims for each in decided]), labelled.truth)
        before = counts if before is None else before
        questions = np.concatenate([each.questions for each in decided])
        yield CurvePoint(
            share=share,
            sent=sum(each.sent for each in decided) / sum(each.clauses for each in decided),
            questions=len(questions),
            f1=clustered_estimate(F1, counts, groups),
            gain=clustered_difference(F1, before, counts, groups),
            control=F1.value(_counts(np.concatenate([each.control for each in decided]), labelled.truth)),
            log_loss=_log_losses(questions),
            right_first=right_first([each.asked for each in decided]),
            weight=tuple(each.weight for each in decided),
        )


def _decided(
    others: _Labelled, these: _Labelled, share: float, labels: Sequence[str], adjudicator: Adjudicator
) -> _Decided:
    """Claims about these notes, by what was learned from the others."""
    thresholds = np.full(len(labels), _threshold(others.read.readings.statements, others.truth))
    width = width_for(others.read, thresholds, share)
    learned, asked = (
        answers_of(
            part.notes,
            part.read,
            uncertain(part.read, thresholds, width) if share else [],
            labels,
            adjudicator,
        )
        for part in (others, these)
    )
    control = _claims(others, these, learned.unanswered(), asked.unanswered())
    claims = _claims(others, these, learned, asked)
    return _Decided(
        claims=claims.made,
        control=control.made,
        clauses=clauses_of(these.read),
        sent=clauses_touched(these.read, asked.candidates),
        questions=np.stack([control.asked, claims.asked, asked.truth], axis=1),
        asked=asked,
        weight=claims.weight,
    )


@dataclass(frozen=True)
class _Claims:
    """What is claimed (n, S), the probability of each question, and what the answers weighed."""

    made: NDArray[np.bool_]
    asked: Floats
    weight: float


def _claims(others: _Labelled, these: _Labelled, learned: Answered, asked: Answered) -> _Claims:
    """By one curve for all labels, other weights for those that were asked about, and one threshold."""
    curve = Platt.fit(log_odds(others.read.readings.statements), others.truth)
    weights = Weights.fit(learned.heads, learned.answers, learned.truth)
    probabilities = []
    for part, answered in ((others, learned), (these, asked)):
        of_part = curve.apply(log_odds(part.read.readings.statements))
        of_part[_places(answered.candidates)] = weights.probabilities(answered.heads, answered.answers)
        probabilities.append(of_part)
    cut = _threshold(probabilities[0], others.truth)
    return _Claims(probabilities[1] >= cut, probabilities[1][_places(asked.candidates)], weights.weight)


def _places(candidates: Sequence[Candidate]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns, as an index."""
    places = np.asarray([(candidate.row, candidate.column) for candidate in candidates], dtype=np.intp).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def _threshold(probabilities: Floats, truth: NDArray[np.bool_]) -> float:
    return float(best_threshold(probabilities, truth, np.arange(len(truth)), shared=True)[0])


def _truth(notes: Sequence[GoldNote], labels: Sequence[str]) -> NDArray[np.bool_]:
    true = [{statement_label(s.topic, s.polarity) for s in note.insights} for note in notes]
    return np.asarray([[label in of_note for label in labels] for of_note in true], dtype=np.bool_)


def _counts(claims: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Floats:
    columns = [(claims & truth).sum(axis=1), claims.sum(axis=1), truth.sum(axis=1)]
    return np.stack(columns, axis=1).astype(np.float64)


def _log_losses(questions: Floats) -> tuple[float, float]:
    if not len(questions):
        return float("nan"), float("nan")
    alone, combined, truth = questions.T
    return float(log_loss(truth, alone, labels=[0, 1])), float(log_loss(truth, combined, labels=[0, 1]))


def right_first(sets: Sequence[Answered]) -> tuple[float, float]:
    """`CurvePoint.right_first` over notes of several sets; labels that are alike count half, and no pair is NaN."""
    pairs = [
        (answered, right, wrong)
        for answered in sets
        for right in np.flatnonzero(answered.truth)
        for wrong in np.flatnonzero(~answered.truth)
        if answered.candidates[right].row == answered.candidates[wrong].row
    ]
    by_heads = [_is_first(answered.heads[right], answered.heads[wrong]) for answered, right, wrong in pairs]
    by_answers = [_is_first(answered.answers[right], answered.answers[wrong]) for answered, right, wrong in pairs]
    return (float(np.mean(by_heads)), float(np.mean(by_answers))) if pairs else (float("nan"), float("nan"))


def _is_first(right: float, wrong: float) -> float:
    return float(np.sign(right - wrong) + 1) / 2


def main() -> None:
    """Print a line a share; asking takes minutes."""
    parser = argparse.ArgumentParser(description="What a language model of this machine adds to the insight model.")
    parser.add_argument("model", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    given = parser.parse_args()
    annotator = Annotator(InsightModel.default())
    with AnswerCache(given.answers) as cache:
        adjudicator = Adjudicator(annotator.model, LocalModel(given.model, adapter=given.adapter), cache)
        sets = [read_gold([given.gold / name]) for name in SETS]
        for point in cascade_curve(sets, annotator, adjudicator, given.shares):
            sys.stdout.write(f"{point}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
