"""Labelled notes → questions with their answers, for a language model to learn to adjudicate.

The questions are put as adjudication puts them. Half of them are about labels that are right. The others are about
wrong labels that the insight model finds likeliest (by rank and not by band: it learned from such notes and is too sure
of them), about the other sense of right labels, about any other label with their words, and about right labels with the
words of another one of the same note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...prompts import POLARITIES, LabellingGuide, Lesson
from ..insights import GoldNote, InsightModel
from ..insights.model import statement_label
from ..insights.read_texts import ReadTexts
from .candidates import log_odds
from .confirmation import CHOICES, Confirmation
from .grounding import locate

DEFAULT_LESSONS = 6000
OTHER_SENSE, OTHER_TOPIC, MISPLACED = 0.15, 0.15, 0.05
"""Shares of the lessons."""
LIKELIEST = 3
"""Wrong labels are drawn from so many times as many of the likeliest: the very likeliest may be labelled wrongly."""

YES, NO = CHOICES
Span = tuple[int, int]


@dataclass(frozen=True)
class TaughtNote:
    """A lesson, and which note it is about."""

    row: int
    lesson: Lesson


@dataclass(frozen=True)
class _Label:
    """A label of a text with the words to ask about, and the right answer."""

    row: int
    column: int
    span: Span
    answer: str


def lessons_from(
    notes: Sequence[GoldNote],
    read: ReadTexts,
    insights: InsightModel,
    count: int = DEFAULT_LESSONS,
    *,
    seed: int = 7,
    guide: LabellingGuide | None = None,
) -> list[TaughtNote]:
    """As many lessons, or as many as the notes are good for; those of one note stand together.

    Args:
        notes: labelled notes.
        read: the same, as the insight model read them.
        insights: the model that read them.
        count: of lessons.
        seed: of the draw.
        guide: tells what polarities mean; the one that ships if None.
    """
    draw = np.random.default_rng(seed)
    truth = _truth(notes, insights)
    right = _right(notes, read, insights, truth)
    other_sense, other_topic, misplaced = (round(share * count) for share in (OTHER_SENSE, OTHER_TOPIC, MISPLACED))
    likeliest = count - count // 2 - other_sense - other_topic - misplaced
    chosen = [
        *_drawn(right, count // 2, draw),
        *_drawn(_likeliest(read, insights, truth, LIKELIEST * likeliest), likeliest, draw),
        *_drawn(_other_sense(right, insights, truth), other_sense, draw),
        *_other_topic(_drawn(right, other_topic, draw), insights, truth, draw),
        *_drawn(_misplaced(notes, read, insights, truth), misplaced, draw),
    ]
    question = Confirmation(insights, guide)
    chosen.sort(key=lambda label: (label.row, label.column, label.answer))
    return [TaughtNote(label.row, _lesson(question, read, label)) for label in chosen]


def _lesson(question: Confirmation, read: ReadTexts, label: _Label) -> Lesson:
    values = question.values(read, label.row, label.column, label.span)
    return Lesson(question.prompt.choice_request(values, CHOICES), label.answer)


def _truth(notes: Sequence[GoldNote], insights: InsightModel) -> NDArray[np.bool_]:
    right = [{statement_label(each.topic, each.polarity) for each in note.insights} for note in notes]
    return np.asarray([[label in of_note for label in insights.statement_labels] for of_note in right], dtype=np.bool_)


def _right(
    notes: Sequence[GoldNote], read: ReadTexts, insights: InsightModel, truth: NDArray[np.bool_]
) -> list[_Label]:
    """Labels that are right, with the insight model's words where they are those that were labelled."""
    found = []
    wanted = truth & _is_read(read)[:, None] & np.isfinite(insights.statement_thresholds)
    for row, column in np.argwhere(wanted).tolist():
        labelled = _labelled_spans(notes[row], read.triaged[row].readable, insights.statement_labels[column])
        if labelled:
            pointed = _pointed(read, row, column)
            overlap = any(start < pointed[1] and pointed[0] < end for start, end in labelled)
            found.append(_Label(row, column, pointed if overlap else labelled[0], YES))
    return found


def _likeliest(read: ReadTexts, insights: InsightModel, truth: NDArray[np.bool_], most: int) -> list[_Label]:
    """Labels that are not right, the likeliest first, with the insight model's words."""
    thresholds = insights.statement_thresholds
    rows, columns = np.nonzero(~truth & np.isfinite(thresholds) & _is_read(read)[:, None])
    above = log_odds(read.readings.statements)[rows, columns] - log_odds(thresholds)[columns]
    first = np.argsort(-above, kind="stable")[:most]
    places = zip(rows[first].tolist(), columns[first].tolist(), strict=True)
    return [_Label(row, column, _pointed(read, row, column), NO) for row, column in places]


def _other_sense(right: Sequence[_Label], insights: InsightModel, truth: NDArray[np.bool_]) -> list[_Label]:
    """Labels that are not right, but would be in the other sense, with the same words."""
    columns = {label: column for column, label in enumerate(insights.statement_labels)}
    found = []
    for label in right:
        topic, _, polarity = insights.statement_labels[label.column].rpartition(".")
        others = [columns[statement_label(topic, other)] for other in POLARITIES if other != polarity]
        found += [replace(label, column=other, answer=NO) for other in others if not truth[label.row, other]]
    return found


def _other_topic(
    right: Sequence[_Label], insights: InsightModel, truth: NDArray[np.bool_], draw: np.random.Generator
) -> list[_Label]:
    """Labels that are not right, one for each that is, drawn at random, with the same words."""
    wanted = np.isfinite(insights.statement_thresholds)
    wrong = [np.flatnonzero(~truth[label.row] & wanted) for label in right]
    return [
        replace(label, column=int(draw.choice(others)), answer=NO)
        for label, others in zip(right, wrong, strict=True)
        if len(others)
    ]


def _misplaced(
    notes: Sequence[GoldNote], read: ReadTexts, insights: InsightModel, truth: NDArray[np.bool_]
) -> list[_Label]:
    """Labels that are right, each with the words of another label that do not show it."""
    found = []
    for row in np.flatnonzero(_is_read(read) & (truth.sum(axis=1) > 1)).tolist():
        spans = {
            column: _labelled_spans(notes[row], read.triaged[row].readable, insights.statement_labels[column])
            for column in np.flatnonzero(truth[row]).tolist()
        }
        for column, own in spans.items():
            others = [span for other, of_other in spans.items() if other != column for span in of_other]
            apart = [span for span in others if not any(span[0] < end and start < span[1] for start, end in own)]
            if own and apart:
                found.append(_Label(row, column, apart[0], NO))
    return found


def _is_read(read: ReadTexts) -> NDArray[np.bool_]:
    return np.asarray([not note.unread and bool(note.readable.strip()) for note in read.triaged], dtype=np.bool_)


def _pointed(read: ReadTexts, row: int, column: int) -> Span:
    start, end = read.readings.statement_spans[row, column]
    return int(start), int(end)


def _labelled_spans(note: GoldNote, readable: str, label: str) -> list[Span]:
    """Where the labelled words of a label stand in what is read of a note."""
    shown = [each.evidence for each in note.insights if statement_label(each.topic, each.polarity) == label]
    places = [locate(evidence, readable) for evidence in shown]
    return [(place.start, place.end) for place in places if place]


def _drawn(labels: Sequence[_Label], count: int, draw: np.random.Generator) -> list[_Label]:
    if len(labels) <= count:
        return list(labels)
    return [labels[place] for place in draw.choice(len(labels), count, replace=False)]
