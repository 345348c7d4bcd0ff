"""Annotations of labelled notes by heads that never saw them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress

from ....inference.insights import Annotator, GoldNote, InsightModel, train_insights
from ....inference.insights.training import training_clauses
from ...datasets import brand_folds
from ..remembered_vectors import RememberedVectors
from ..seen_texts import UNKNOWN, seen_by_model
from ..suite import MissingDataError, SuiteContext
from ..training_folds import trained
from .scored_note import ScoredNote

CROSS_FITTED = "cross-fitted by brand"
NEVER_TRAINED_ON = "never trained on"
UNKNOWN_TRAINING = "training unknown"


@dataclass(frozen=True)
class ScoredNotes:
    """Scored notes in the order they were given, how they were scored in plain words, and what a reader must know."""

    notes: tuple[ScoredNote, ...]
    scored_by: str
    notices: tuple[str, ...] = ()


def score_notes(
    notes: Sequence[GoldNote], model: InsightModel, pool: Sequence[GoldNote], context: SuiteContext
) -> ScoredNotes:
    """Annotate every note by heads that learned neither from it nor from its physician.

    Args:
        notes: to annotate.
        model: the heads.
        pool: what they were trained on, where it is at hand: notes that they learned from are then cross-fitted by
            brand. They are left out where it is empty.
        context: its encoder, seed and reporter.

    Raises:
        MissingDataError: the model learned from all of them, and there is no pool.
    """
    if not model.trained_on:
        return ScoredNotes(
            tuple(annotated(notes, model, UNKNOWN_TRAINING, context)), f"the model as given; {UNKNOWN}", (UNKNOWN,)
        )
    seen = seen_by_model(
        [note.text for note in notes], [note.hcp_id for note in notes], [note.brand for note in notes], model
    )
    old, new = list(compress(notes, seen)), list(compress(notes, ~seen))
    fresh = list(annotated(new, model, NEVER_TRAINED_ON, context))
    if not pool:
        return _without_seen(fresh, len(old))
    crossed = list(cross_fitted(old, pool, model, context))
    both = iter(crossed), iter(fresh)
    return ScoredNotes(tuple(next(both[0] if known else both[1]) for known in seen), _how(len(old), len(new)))


def annotated(
    notes: Sequence[GoldNote], model: InsightModel, scored: str, context: SuiteContext
) -> Iterator[ScoredNote]:
    """Notes as a model reads them."""
    if not notes:
        return
    annotator, texts = Annotator(model, context.encoder), [note.text for note in notes]
    topics = [
        (topic, polarity) for topic, _, polarity in (s.rpartition(".") for s in model.families["statements"].labels)
    ]
    with context.reporter.stage("notes", len(notes), "notes") as done:
        annotations = annotator.annotate(texts)
        probabilities = annotator.statement_probabilities(texts)
        done(len(notes))
    for note, annotation, row in zip(notes, annotations, probabilities.tolist(), strict=True):
        of_topics = {} if annotation.unread else dict(zip(topics, row, strict=True))
        yield ScoredNote(note, annotation, scored, of_topics)


def cross_fitted(
    notes: Sequence[GoldNote], pool: Sequence[GoldNote], model: InsightModel, context: SuiteContext
) -> Iterator[ScoredNote]:
    """Notes in their order, each as heads read it that were trained on the pool's notes of other brands.

    The recipe is that of the model; no physician is on both sides of a split. Notes have distinct ids.
    """
    folds = brand_folds(notes, pool)
    if not folds:
        return
    model.require_encoder(context.encoder)
    vectors = RememberedVectors(context.encoder, training_clauses(pool, model.taxonomy).texts)
    jobs = [partial(train_insights, fold.train, model.taxonomy, vectors, seed=context.seed) for fold in folds]
    scored: dict[str, ScoredNote] = {}
    for fold, heads in zip(folds, trained(jobs, context.reporter), strict=True):
        scored |= {found.note.note_id: found for found in annotated(fold.test, heads, CROSS_FITTED, context)}
    for note in notes:
        yield scored[note.note_id]


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


def _how(crossed: int, fresh: int) -> str:
    parts = []
    if crossed:
        parts.append(
            f"{crossed:,} notes by cross-fitting by brand: heads of the same recipe, trained again without any note of "
            "the brand or of its physicians, because the shipped heads were trained on these notes"
        )
    if fresh:
        parts.append(f"{fresh:,} notes by the shipped heads, which were never trained on them")
    return "; ".join(parts)
