"""Annotations of labelled notes by a model that never saw them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from ....inference.insights import Annotator, GoldNote, InsightModel
from ..seen_texts import UNKNOWN, seen_by_model
from ..suite import MissingDataError, SuiteContext
from .scored_note import ScoredNote

NEVER_TRAINED_ON = "never trained on"
UNKNOWN_TRAINING = "training unknown"


@dataclass(frozen=True)
class ScoredNotes:
    """Scored notes in the order they were given, how they were scored in plain words, and what a reader must know."""

    notes: tuple[ScoredNote, ...]
    scored_by: str
    notices: tuple[str, ...] = ()


def score_notes(notes: Sequence[GoldNote], model: InsightModel, context: SuiteContext) -> ScoredNotes:
    """Annotate every note that the model learned nothing from, nor from others of its physician.

    Raises:
        MissingDataError: the model learned from all of them.
    """
    if not model.trained_on:
        return ScoredNotes(
            tuple(annotated(notes, model, UNKNOWN_TRAINING, context)), f"the model as given; {UNKNOWN}", (UNKNOWN,)
        )
    seen = seen_by_model(
        [note.text for note in notes], [note.hcp_id for note in notes], [note.brand for note in notes], model
    )
    fresh = list(annotated(list(compress(notes, ~seen)), model, NEVER_TRAINED_ON, context))
    return _without_seen(fresh, int(seen.sum()))


def annotated(
    notes: Sequence[GoldNote], model: InsightModel, scored: str, context: SuiteContext
) -> Iterator[ScoredNote]:
    """Notes as a model reads them, with a language model beside it if there is one."""
    if not notes:
        return
    annotator, texts = Annotator(model), [note.text for note in notes]
    assisted = context.assistance.beside(annotator) if context.assistance else None
    reader = assisted or annotator
    topics = [(topic, polarity) for topic, _, polarity in (label.rpartition(".") for label in model.statement_labels)]
    with context.reporter.stage("notes", len(notes), "notes") as done:
        read = reader.read(texts, [note.brand for note in notes])
        annotations = reader.annotated(read)
        done(len(notes))
    if context.assistance and assisted:
        for sentence in assisted.tally.sentences(context.assistance.model.name):
            context.reporter.notice(sentence)
    probabilities = read.readings.statements
    for note, annotation, row in zip(notes, annotations, probabilities.tolist(), strict=True):
        of_topics = {} if annotation.unread else dict(zip(topics, row, strict=True))
        yield ScoredNote(note, annotation, scored, of_topics)


def _without_seen(fresh: Sequence[ScoredNote], seen: int) -> ScoredNotes:
    if not fresh:
        raise MissingDataError(
            f"the model was trained on all {seen:,} notes, or on others of their physicians: give it notes of others"
        )
    how = f"{len(fresh):,} notes by the model as given, which was not trained on them"
    if not seen:
        return ScoredNotes(tuple(fresh), how)
    left_out = f"{seen:,} notes are left out: the model was trained on them, or on others of their physicians"
    return ScoredNotes(tuple(fresh), f"{how}; {left_out}", (left_out,))
