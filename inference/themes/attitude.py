"""Whether a clause says what drives or holds back a physician, whatever the topic, and which of the two.

Two logistic regressions on the default encoder's vectors of clauses, learned from labelled notes: clauses with a
statement against all others, and drivers against barriers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ...embeddings.clauses import worded_clauses
from ...embeddings.encoder import Encoder, Vectors
from ...errors import InputError
from ..insights import GoldNote
from ..runs import published_file
from ..triage import Redacted, triage_text

ATTITUDE_FILE = "attitude.json"


@dataclass(frozen=True)
class Attitude:
    """Weights (d,) and bias of the log-odds that a clause states anything, and that what it states is a driver.

    `encoder` is the digest of the encoder whose vectors they weigh.
    """

    encoder: str
    stating: tuple[float, ...]
    stating_bias: float
    driving: tuple[float, ...]
    driving_bias: float

    @classmethod
    def default(cls) -> Attitude:
        """The one that ships, for the default encoder."""
        text = files(__package__).joinpath("model", ATTITUDE_FILE).read_text(encoding="utf-8")
        record = json.loads(text)
        return cls(**record | {name: tuple(record[name]) for name in ("stating", "driving")})

    def require_encoder(self, encoder: Encoder) -> None:
        """Raise InputError where the encoder is another one than it was learned with."""
        if encoder.digest != self.encoder:
            raise InputError(
                f"clauses are judged by vectors of the encoder with SHA-256 {self.encoder[:16]}…, "
                f"not of {encoder.digest[:16]}…: use the default encoder"
            )

    def states(self, vectors: Vectors) -> NDArray[np.float64]:
        """P(a clause states a driver or a barrier) (n,)."""
        return np.asarray(expit(vectors @ np.asarray(self.stating) + self.stating_bias), dtype=np.float64)

    def drives(self, vectors: Vectors) -> NDArray[np.float64]:
        """P(driver) (n,) of clauses that state something."""
        return np.asarray(expit(vectors @ np.asarray(self.driving) + self.driving_bias), dtype=np.float64)

    def save(self, folder: Path) -> None:
        """Write `attitude.json`."""
        with published_file(folder / ATTITUDE_FILE) as partial:
            partial.write_text(json.dumps(vars(self), indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class LabelledClauses:
    """Clauses (n,) of redacted, labelled notes, whether each holds words of a driver and of a barrier, and its note.

    Clauses of which a note says nothing but a flag or a wish for a channel are left out.
    """

    texts: tuple[str, ...]
    drivers: NDArray[np.bool_]
    barriers: NDArray[np.bool_]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, notes: Sequence[GoldNote]) -> LabelledClauses:
        """The clauses of notes, in their order."""
        rows = [(text, *mark, note.note_id) for note in notes for text, mark in _marked(note)]
        texts, drivers, barriers, whose = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(texts, np.array(drivers, dtype=np.bool_), np.array(barriers, dtype=np.bool_), whose)

    def without(self, notes: Collection[str]) -> LabelledClauses:
        """Those of other notes."""
        kept = [row for row, note in enumerate(self.notes) if note not in notes]
        texts, whose = (tuple(column[row] for row in kept) for column in (self.texts, self.notes))
        return LabelledClauses(texts, self.drivers[kept], self.barriers[kept], whose)


def fit_attitude(clauses: LabelledClauses, encoder: Encoder) -> Attitude:
    """Learn from labelled notes; clauses with statements of both polarities teach only that they state something.

    Raises:
        InputError: the notes lack drivers, barriers, or clauses that state nothing.
    """
    stated, mixed = clauses.drivers | clauses.barriers, clauses.drivers & clauses.barriers
    if stated.all() or not (clauses.drivers & ~mixed).any() or not (clauses.barriers & ~mixed).any():
        raise InputError("the notes must have drivers, barriers and clauses that state nothing")
    vectors = encoder.encode(clauses.texts)
    stating = _fitted(vectors, stated)
    driving = _fitted(vectors[stated & ~mixed], clauses.drivers[stated & ~mixed])
    return Attitude(encoder.digest, *stating, *driving)


def _fitted(vectors: Vectors, truth: NDArray[np.bool_]) -> tuple[tuple[float, ...], float]:
    model = LogisticRegression(max_iter=1000).fit(vectors, truth)
    return tuple(round(float(weight), 4) for weight in model.coef_[0]), round(float(model.intercept_[0]), 4)


def _marked(note: GoldNote) -> Iterator[tuple[str, tuple[bool, bool]]]:
    """Clauses of one note, and whether each holds words of a driver and of a barrier."""
    redacted = triage_text(note.text).redacted
    drivers = _spans(note, redacted, [said.evidence for said in note.insights if said.polarity == "driver"])
    barriers = _spans(note, redacted, [said.evidence for said in note.insights if said.polarity == "barrier"])
    wishes = [said.evidence for said in note.channel_preferences]
    others = _spans(note, redacted, wishes + [flag.evidence for flag in note.flags])
    for clause in worded_clauses(redacted.text):
        mark = (clause.touches(drivers), clause.touches(barriers))
        if any(mark) or not clause.touches(others):
            yield redacted.text[clause.start : clause.end], mark


def _spans(note: GoldNote, redacted: Redacted, evidence: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words lie in the redacted text."""
    starts = [note.text.index(words) for words in evidence]
    return [redacted.to_redacted(start, start + len(words)) for start, words in zip(starts, evidence, strict=True)]
