"""Texts → annotations: triage, redaction, one reading of the whole text, claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...embeddings.clauses import trimmed_to_words
from ...prompts import Polarity
from ..triage import FlagHit, Redacted, Triage, Triaged, unread_in
from .flagging import overlap, united
from .model import InsightModel, NoteReadings
from .read_texts import ReadTexts
from .statement import (
    HOLDERS,
    STATUSES,
    USES,
    Annotation,
    ChannelStatement,
    Evidence,
    Flag,
    Stance,
    Statement,
    UseStatement,
)

Claim = TypeVar("Claim", Statement, ChannelStatement)

TOLD_FROM = 0.5
"""How likely a text must be to say anything of the brand's use, for its likeliest use to be told."""


class Annotator:
    """Reads texts with a model.

    Args:
        model: what reads them.
        triage: what comes before, with the names and labels it knows.
    """

    def __init__(self, model: InsightModel, *, triage: Triage | None = None) -> None:
        self._model = model
        self._before = triage or Triage()
        self._statement_thresholds = model.statement_thresholds
        self._channel_thresholds = model.channel_thresholds
        self._flag_thresholds = model.flag_thresholds
        self._labels = model.statement_labels
        self._channel_labels = model.channel_labels
        self._flag_kinds = model.flag_kinds

    @property
    def model(self) -> InsightModel:
        """What reads the texts."""
        return self._model

    @property
    def triage(self) -> Triage:
        """What comes before the model."""
        return self._before

    def annotate(self, texts: Sequence[str], brands: Sequence[str | None] = ()) -> list[Annotation]:
        """One annotation a text; `brands` says what each is about, if that is known.

        A text in a language the model cannot read gets its safety flags and redactions only, and says so.
        """
        return self.annotated(self.read(texts, brands))

    def read(self, texts: Sequence[str], brands: Sequence[str | None] = ()) -> ReadTexts:
        """Triage and the model's reading of each text, before anything is claimed."""
        brands = brands or [None] * len(texts)
        triaged = self._triage(texts, brands)
        return ReadTexts(tuple(brands), tuple(triaged), self._read(triaged))

    def annotated(self, read: ReadTexts) -> list[Annotation]:
        """One annotation a text: what is claimed of it."""
        return [self._annotation(read, row) for row in range(len(read.triaged))]

    def statement_probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probability (n, labels) of every statement label, claimed or not; 0 where a text cannot be read."""
        triaged = self._triage(texts)
        probabilities = self._read(triaged).statements.copy()
        probabilities[[note.unread is not None for note in triaged]] = 0
        return probabilities

    def _triage(self, texts: Sequence[str], brands: Sequence[str | None] = ()) -> list[Triaged]:
        """Triage; a text in another language that the model was trained to read is not unread."""
        triaged = self._before.of_all(texts, brands)
        learned = {unread_in(language) for language in self._model.languages}
        return [replace(note, unread=None) if note.unread in learned else note for note in triaged]

    def _read(self, triaged: Sequence[Triaged]) -> NoteReadings:
        """A text that cannot be read goes through as an empty one."""
        return self._model.read(["" if note.unread else note.readable for note in triaged])

    def _annotation(self, read: ReadTexts, row: int) -> Annotation:
        note, readings = read.triaged[row], read.readings
        found = safety_annotation(note)
        if note.unread:
            return found
        probabilities = dict(zip(self._flag_kinds, map(float, readings.flags[row]), strict=True))
        flags = united(found.flags, tuple(self._flags(note.redacted, readings, row)), probabilities)
        statements = in_text_order(self._statements(read, row))
        return replace(
            found,
            flags=flags,
            statements=on_label(statements, flags),
            channel_statements=in_text_order(self._channels(note.redacted, readings, row)),
            use=self._use(note.redacted, readings, row),
        )

    def _statements(self, read: ReadTexts, row: int) -> Iterator[Statement]:
        """What is claimed of one text."""
        redacted, readings = read.triaged[row].redacted, read.readings
        probabilities, spans = readings.statements[row], readings.statement_spans[row]
        for column in np.flatnonzero(probabilities >= self._statement_thresholds):
            topic, _, polarity = self._labels[column].rpartition(".")
            yield Statement(
                topic=topic,
                polarity=_polarity(polarity),
                status=STATUSES[int(readings.status[row, column].argmax())],
                holder=HOLDERS[int(readings.holder[row, column].argmax())],
                probability=float(probabilities[column]),
                evidence=evidence_at(redacted, *spans[column]),
                annotator=read.sources.get((row, int(column)), self._model.annotator),
            )

    def _channels(self, redacted: Redacted, readings: NoteReadings, row: int) -> Iterator[ChannelStatement]:
        probabilities, spans = readings.channels[row], readings.channel_spans[row]
        for column in np.flatnonzero(probabilities >= self._channel_thresholds):
            channel, _, stance = self._channel_labels[column].rpartition(".")
            words = evidence_at(redacted, *spans[column])
            yield ChannelStatement(channel, _stance(stance), float(probabilities[column]), words, self._model.annotator)

    def _use(self, redacted: Redacted, readings: NoteReadings, row: int) -> UseStatement | None:
        """The likeliest use, where any is likelier than that the text says nothing of it."""
        shares, spans = readings.uses[row], readings.use_spans[row]
        if shares.sum() < TOLD_FROM:
            return None
        likeliest = int(shares.argmax())
        words = evidence_at(redacted, *spans[likeliest])
        return UseStatement(USES[likeliest], tuple(map(float, shares)), words, self._model.annotator)

    def _flags(self, redacted: Redacted, readings: NoteReadings, row: int) -> Iterator[Flag]:
        probabilities, spans = readings.flags[row], readings.flag_spans[row]
        for column in np.flatnonzero(probabilities >= self._flag_thresholds):
            words = evidence_at(redacted, *spans[column])
            yield Flag(self._flag_kinds[column], float(probabilities[column]), words, self._model.annotator)


def safety_annotation(triaged: Triaged) -> Annotation:
    """What triage alone says of a text: flags, identifiers, whether it can be read."""
    return Annotation(
        flags=tuple(_flag(hit, triaged) for hit in triaged.flags),
        identifiers=triaged.redacted.identifiers,
        unread=triaged.unread,
    )


def in_text_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims by where their words begin."""
    return tuple(sorted(claims, key=lambda claim: claim.evidence.start or 0))


def evidence_at(redacted: Redacted, start: int, end: int) -> Evidence:
    """Whole words of the redacted text, pointing into the original."""
    begins, finishes = redacted.to_original(*trimmed_to_words(redacted.text, int(start), int(end)))
    return Evidence(begins, finishes, redacted.shown(begins, finishes), redacted.overlaps(begins, finishes))


def _polarity(name: str) -> Polarity:
    return "driver" if name == "driver" else "barrier"


def _stance(name: str) -> Stance:
    return "prefers" if name == "prefers" else "avoids"


def _flag(hit: FlagHit, triaged: Triaged) -> Flag:
    masked = triaged.redacted.overlaps(hit.start, hit.end)
    words = triaged.redacted.shown(hit.start, hit.end)
    return Flag(hit.kind, hit.probability, Evidence(hit.start, hit.end, words, masked), hit.detector)


def on_label(statements: Sequence[Statement], flags: Sequence[Flag]) -> tuple[Statement, ...]:
    """What speaks for a use outside the label is no driver."""
    off_label = [flag for flag in flags if flag.kind == "off_label"]
    return tuple(
        statement
        for statement in statements
        if statement.polarity == "barrier" or not any(overlap(statement, flag) for flag in off_label)
    )
