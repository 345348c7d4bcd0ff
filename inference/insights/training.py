"""Training the insight heads from labelled notes and the taxonomy's own examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Encoder
from ...embeddings.features import Features, features_of
from ...embeddings.heads import HeadOptions, LinearHeads, fit_heads
from ...embeddings.lexical import LexicalFeatures
from ...errors import InputError
from ...prompts import POLARITIES, Taxonomy
from ..records.schemas import CHANNELS
from ..triage import triage_text
from .clause_texts import RedactedClause, redacted_clauses
from .gold import GoldNote
from .learned_from import physician_digest, redacted_digest
from .model import InsightModel, statement_label
from .statement import HOLDERS, STANCES, STATUSES

VERSION = "1.0.0"
_MOSTLY = 0.5
"""A clause carries an evidence span that covers more than this share of it, beside the clause it overlaps most."""

_ASSERTION_FAMILIES = ("status", "holder")
"""Families that are defined only where a statement is made."""


@dataclass(frozen=True)
class TrainingClauses:
    """n clauses and what each carries: targets (n, labels) by family; `group` None for the taxonomy's examples."""

    texts: tuple[str, ...]
    groups: tuple[str | None, ...]
    documents: NDArray[np.int64]
    targets: dict[str, NDArray[np.bool_]]


def train_insights(notes: Sequence[GoldNote], taxonomy: Taxonomy, encoder: Encoder, *, seed: int = 7) -> InsightModel:
    """Fit all families; calibrated and thresholded on physicians held out. The same input gives the same model.

    Raises:
        InputError: a note names a topic that the taxonomy lacks, or there are fewer than two physicians.
    """
    if len({note.hcp_id for note in notes}) < 2:
        raise InputError("training needs labelled notes of at least two physicians: one is held out to calibrate")
    labels = family_labels(taxonomy)
    clauses = training_clauses(notes, taxonomy)
    lexical = LexicalFeatures.fit(clauses.texts)
    features = features_of(clauses.texts, encoder, lexical)
    families = {name: _fit_family(name, labels[name], features, clauses, seed) for name in labels}
    trained_on = frozenset(redacted_digest(note.text) for note in notes)
    trained_on |= {physician_digest(note.hcp_id, note.brand) for note in notes}
    return InsightModel(taxonomy, VERSION, encoder.digest, lexical, families, trained_on=trained_on)


def family_labels(taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    """The labels of each family of heads, in the order of their columns."""
    return {
        "statements": tuple(statement_label(topic, polarity) for topic in taxonomy.ids for polarity in POLARITIES),
        "status": STATUSES,
        "holder": HOLDERS,
        "channels": tuple(f"{channel}.{stance}" for channel in CHANNELS for stance in STANCES),
    }


def _fit_family(
    name: str, labels: tuple[str, ...], features: Features, clauses: TrainingClauses, seed: int
) -> LinearHeads:
    targets = clauses.targets[name]
    rows = np.arange(len(targets))
    if name in _ASSERTION_FAMILIES:
        rows = np.flatnonzero(targets.any(axis=1))
    return fit_heads(
        features.rows(rows),
        targets[rows],
        labels,
        groups=[clauses.groups[row] for row in rows],
        documents=clauses.documents[rows],
        options=HeadOptions(seed=seed, exclusive=name in _ASSERTION_FAMILIES),
    )


def training_clauses(notes: Sequence[GoldNote], taxonomy: Taxonomy) -> TrainingClauses:
    """Every clause of the notes with its labels, then the taxonomy's examples."""
    labels = family_labels(taxonomy)
    texts: list[str] = []
    groups: list[str | None] = []
    documents: list[int] = []
    marks: list[tuple[int, str, str]] = []  # row, family, label
    for number, note in enumerate(notes):
        clauses = redacted_clauses(triage_text(note.text).redacted)
        marks += [(len(texts) + row, family, label) for row, family, label in _note_marks(note, clauses)]
        texts += [clause.text for clause in clauses]
        groups += [note.hcp_id] * len(clauses)
        documents += [number] * len(clauses)
    for label, example in _examples(taxonomy):
        marks.append((len(texts), "statements", label))
        texts.append(example)
        groups.append(None)
        documents.append(len(notes) + len(texts))
    return TrainingClauses(tuple(texts), tuple(groups), np.asarray(documents), _targets(len(texts), labels, marks))


def _note_marks(note: GoldNote, clauses: Sequence[RedactedClause]) -> list[tuple[int, str, str]]:
    marks = []
    for statement in note.insights:
        for row in _rows_of(note.text, statement.evidence, clauses):
            marks.append((row, "statements", statement_label(statement.topic, statement.polarity)))
            marks.append((row, "status", statement.status))
            marks.append((row, "holder", statement.holder))
    for preference in note.channel_preferences:
        label = f"{preference.channel}.{preference.stance}"
        marks += [(row, "channels", label) for row in _rows_of(note.text, preference.evidence, clauses)]
    return marks


def _rows_of(text: str, evidence: str, clauses: Sequence[RedactedClause]) -> list[int]:
    """The clause that the evidence overlaps most, and those it mostly covers."""
    start = text.index(evidence)
    end = start + len(evidence)
    overlaps = [max(0, min(end, clause.end) - max(start, clause.start)) for clause in clauses]
    most = max(overlaps, default=0)
    return [
        row
        for row, (overlap, clause) in enumerate(zip(overlaps, clauses, strict=True))
        if overlap and (overlap == most or overlap > _MOSTLY * (clause.end - clause.start))
    ]


def _examples(taxonomy: Taxonomy) -> list[tuple[str, str]]:
    return [
        (statement_label(topic.id, polarity), example)
        for topic in taxonomy.topics
        for polarity in POLARITIES
        for example in topic.examples.of(polarity)
    ]


def _targets(
    count: int, labels: dict[str, tuple[str, ...]], marks: Sequence[tuple[int, str, str]]
) -> dict[str, NDArray[np.bool_]]:
    targets = {family: np.zeros((count, len(names)), dtype=np.bool_) for family, names in labels.items()}
    columns = {family: {label: column for column, label in enumerate(names)} for family, names in labels.items()}
    for row, family, label in marks:
        if label not in columns[family]:
            raise InputError(f"the labelled notes name {label!r}, which is none of the {family} of the taxonomy")
        targets[family][row, columns[family][label]] = True
    return targets
