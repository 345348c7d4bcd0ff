"""The recipe that ships against a plain baseline on one split: train on one author's notes, test on the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from ...embeddings import Encoder, split_clauses
from ...inference.insights import Annotator, GoldNote, train_insights
from ...prompts import Taxonomy
from ..gold_data import TIMELINES, gold_notes
from ..metrics import F1, Estimate, claim_counts, clustered_difference, clustered_estimate

Keys = set[tuple[str, str]]


@dataclass(frozen=True)
class Quality:
    """Topic + polarity micro-F1 of the baseline, of the recipe, and of the recipe minus the baseline (paired)."""

    baseline: Estimate
    recipe: Estimate
    difference: Estimate


def measure_quality(encoder: Encoder) -> Quality:
    """Train both on `notes_a`, test on `notes_b` and the timelines' notes; intervals clustered by physician."""
    train, test = gold_notes("notes_a.jsonl"), gold_notes("notes_b.jsonl", TIMELINES)
    truth = [_keys(note) for note in test]
    baseline = claim_counts(_baseline_claims(train, test, encoder), truth)
    annotator = Annotator(train_insights(train, Taxonomy.default()))
    found = annotator.annotate([note.text for note in test])
    recipe = claim_counts([{(s.topic, s.polarity) for s in note.statements} for note in found], truth)
    physicians = [note.hcp_id for note in test]
    return Quality(
        clustered_estimate(F1, baseline, physicians),
        clustered_estimate(F1, recipe, physicians),
        clustered_difference(F1, baseline, recipe, physicians),
    )


def _keys(note: GoldNote) -> Keys:
    return {(statement.topic, statement.polarity) for statement in note.insights}


def _baseline_claims(train: Sequence[GoldNote], test: Sequence[GoldNote], encoder: Encoder) -> list[Keys]:
    """Clause embeddings and one balanced logistic regression a label, claimed from probability 0.5."""
    vectors, labels = _labelled_clauses(train, encoder)
    names = sorted({name for of_clause in labels for name in of_clause})
    unseen = [[note.text[start:end] for start, end in split_clauses(note.text)] for note in test]
    flat = encoder.encode([clause for clauses in unseen for clause in clauses])
    note_of = np.repeat(np.arange(len(test)), [len(clauses) for clauses in unseen])
    claims: list[Keys] = [set() for _ in test]
    for name in names:
        target = np.asarray([name in of_clause for of_clause in labels])
        model = LogisticRegression(class_weight="balanced", max_iter=500).fit(vectors, target)
        for note in note_of[model.predict(flat)]:
            claims[note].add(name)
    return claims


def _labelled_clauses(notes: Sequence[GoldNote], encoder: Encoder) -> tuple[np.ndarray, list[Keys]]:
    """A clause carries the statements whose evidence touches it."""
    texts: list[str] = []
    labels: list[Keys] = []
    for note in notes:
        spans = [(s, note.text.index(s.evidence)) for s in note.insights]
        for start, end in split_clauses(note.text):
            texts.append(note.text[start:end])
            touching = {(s.topic, s.polarity) for s, at in spans if at < end and start < at + len(s.evidence)}
            labels.append(set(touching))
    return encoder.encode(texts), labels
