"""Texts → annotations: triage, redaction, clauses, heads, claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Encoder
from ...embeddings.heads import LinearHeads
from ...prompts import Polarity
from ..triage import FlagHit, Triaged, triage_text
from .clause_texts import RedactedClause, redacted_clauses
from .model import ClausePredictions, InsightModel
from .statement import HOLDERS, STATUSES, Annotation, ChannelStatement, Evidence, Flag, Stance, Statement

AnyStatement = TypeVar("AnyStatement", Statement, ChannelStatement)


class Annotator:
    """Reads texts with the heads of a model.

    Args:
        model: the heads.
        encoder: the encoder they were trained over; InputError if it is another.
        known_names: names that are never a patient's (physicians, reps, products).
    """

    def __init__(self, model: InsightModel, encoder: Encoder, *, known_names: frozenset[str] = frozenset()) -> None:
        model.require_encoder(encoder)
        self._model = model
        self._encoder = encoder
        self._known_names = known_names

    @property
    def model(self) -> InsightModel:
        """The heads."""
        return self._model

    def annotate(self, texts: Sequence[str]) -> list[Annotation]:
        """One annotation a text; each distinct clause of the batch goes through the model once.

        A text in a language the model cannot read gets its safety flags and redactions only, and says so.
        """
        triaged = [triage_text(text, self._known_names) for text in texts]
        clauses = [_read_clauses(note) for note in triaged]
        distinct, predictions = self._predictions(clauses)
        claims = _Claims(self._model, predictions)
        return [
            self._annotation(note, some, [distinct[clause.text] for clause in some], claims)
            for note, some in zip(triaged, clauses, strict=True)
        ]

    def statement_probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probability (n, labels) of every statement, claimed or not: that of the text's likeliest clause.

        Labels are those of the model's family `statements`; rows of a text without a clause that can be read are 0.
        """
        clauses = [_read_clauses(triage_text(text, self._known_names)) for text in texts]
        distinct, predictions = self._predictions(clauses)
        highest = np.zeros((len(texts), len(self._model.families["statements"].labels)))
        for text, some in enumerate(clauses):
            if some:
                rows = [distinct[clause.text] for clause in some]
                highest[text] = predictions.statements[rows].max(axis=0)
        return highest

    def _predictions(self, clauses: Sequence[Sequence[RedactedClause]]) -> tuple[dict[str, int], ClausePredictions]:
        """The row of each distinct clause, and what the heads say of the rows."""
        distinct = {clause.text: row for row, clause in enumerate(_distinct(chain.from_iterable(clauses)))}
        return distinct, self._model.predict(list(distinct), self._encoder)

    def _annotation(
        self, triaged: Triaged, clauses: list[RedactedClause], rows: list[int], claims: _Claims
    ) -> Annotation:
        pairs = list(zip(clauses, rows, strict=True))
        found = safety_annotation(triaged)
        statements = [statement for clause, row in pairs for statement in claims.statements(row, clause)]
        channels = [statement for clause, row in pairs for statement in claims.channels(row, clause)]
        return replace(
            found,
            statements=_on_label(_most_telling(statements), found.flags),
            channel_statements=_most_telling(channels),
        )


def safety_annotation(triaged: Triaged) -> Annotation:
    """What triage alone says of a text: flags, identifiers, whether it can be read."""
    return Annotation(
        flags=tuple(_flag(hit, triaged) for hit in triaged.flags),
        identifiers=triaged.redacted.identifiers,
        unread=triaged.unread,
    )


def _read_clauses(triaged: Triaged) -> list[RedactedClause]:
    return [] if triaged.unread else redacted_clauses(triaged.redacted)


def _distinct(clauses: Iterable[RedactedClause]) -> Iterable[RedactedClause]:
    return {clause.text: clause for clause in clauses}.values()


class _Claims:
    """What is claimed of each distinct clause: the labels whose probability reaches their threshold."""

    def __init__(self, model: InsightModel, predictions: ClausePredictions) -> None:
        self._signature = model.annotator
        self._predictions = predictions
        self._families = model.families
        self._claimed = {
            name: _claimed(model.families[name], getattr(predictions, name)) for name in ("statements", "channels")
        }

    def statements(self, row: int, clause: RedactedClause) -> list[Statement]:
        """Statements of one clause; status and holder are the likeliest ones."""
        found = []
        for label, probability in self._claimed["statements"].get(row, ()):
            topic, polarity = label.rsplit(".", 1)
            found.append(
                Statement(
                    topic=topic,
                    polarity=_polarity(polarity),
                    status=STATUSES[int(self._predictions.status[row].argmax())],
                    holder=HOLDERS[int(self._predictions.holder[row].argmax())],
                    probability=probability,
                    evidence=_evidence(clause),
                    annotator=self._signature,
                )
            )
        return found

    def channels(self, row: int, clause: RedactedClause) -> list[ChannelStatement]:
        """Channel preferences of one clause."""
        found = []
        for label, probability in self._claimed["channels"].get(row, ()):
            channel, stance = label.rsplit(".", 1)
            found.append(ChannelStatement(channel, _stance(stance), probability, _evidence(clause), self._signature))
        return found


def _claimed(heads: LinearHeads, probabilities: NDArray[np.float64]) -> dict[int, list[tuple[str, float]]]:
    claimed: dict[int, list[tuple[str, float]]] = {}
    for row, column in zip(*np.nonzero(probabilities >= heads.thresholds), strict=True):
        claimed.setdefault(int(row), []).append((heads.labels[column], float(probabilities[row, column])))
    return claimed


def _polarity(name: str) -> Polarity:
    return "driver" if name == "driver" else "barrier"


def _stance(name: str) -> Stance:
    return "prefers" if name == "prefers" else "avoids"


def _evidence(clause: RedactedClause) -> Evidence:
    return Evidence(clause.start, clause.end, clause.text, clause.masked)


def _flag(hit: FlagHit, triaged: Triaged) -> Flag:
    masked = triaged.redacted.overlaps(hit.start, hit.end)
    words = triaged.redacted.shown(hit.start, hit.end)
    return Flag(hit.kind, hit.probability, Evidence(hit.start, hit.end, words, masked), hit.detector)


def _most_telling(statements: Iterable[AnyStatement]) -> tuple[AnyStatement, ...]:
    """A note states a thing once: the likeliest clause stands for it (the earlier one at a tie), in text order."""
    best: dict[tuple[str, ...], AnyStatement] = {}
    for statement in statements:
        known = best.get(statement.key)
        if known is None or statement.probability > known.probability:
            best[statement.key] = statement
    return tuple(sorted(best.values(), key=lambda s: (s.evidence.start or 0, s.key)))


def _on_label(statements: Sequence[Statement], flags: Sequence[Flag]) -> tuple[Statement, ...]:
    """What speaks for a use outside the label is no driver."""
    off_label = [flag for flag in flags if flag.kind == "off_label"]
    return tuple(
        statement
        for statement in statements
        if statement.polarity == "barrier" or not any(_overlap(statement, flag) for flag in off_label)
    )


def _overlap(one: Statement | Flag, other: Statement | Flag) -> bool:
    a, b = one.evidence, other.evidence
    if a.start is None or a.end is None or b.start is None or b.end is None:
        return False
    return a.start < b.end and b.start < a.end
