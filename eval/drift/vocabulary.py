"""Which words notes are written in: how many are new, how often the frequent ones occur, which came and went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..metrics import TOO_FEW_CLUSTERS
from .aspect import Aspect, judged
from .effects import absolute, cohens_h
from .familiarity import physicians_by_piece, unseen
from .period import Period, PeriodNote
from .sides import Question, Sides
from .thresholds import UNSEEN_WORDS_EFFECT, WORD_EFFECT

_WORD = re.compile(r"\[[A-Z_]+\]|[^\W\d_]+(?:['’/-][^\W\d_]+)*")  # a placeholder is matched first, and left out
_LEAST_PHYSICIANS = 3
"""A word of fewer physicians is not shown: it might be about one patient."""
_SHOWN = 10
_FREQUENT = 100
"""Words that are compared one by one."""


@dataclass(frozen=True)
class MovedWord:
    """A word, and the shares of the old and the new notes that have it."""

    word: str
    old: float
    new: float


def vocabulary_drift(old: Period, new: Period, level: float) -> Aspect:
    """Share of words that no other physician's old notes have, and the share of each frequent word."""
    before, now = ([note for note in period.notes if note.text is not None] for period in (old, new))
    sides = Sides.of([note.physician for note in before], [note.physician for note in now])
    if sides.too_few:
        return judged("vocabulary", sides, [], level=level)
    strange = Question("words not used before", unseen(before, now, words), absolute(UNSEEN_WORDS_EFFECT))
    questions = [strange, *_frequent([*before, *now])]
    aspect = judged("vocabulary", sides, sides.changes(questions, level=level), level=level)
    if aspect.verdict != "drifted":
        return aspect
    gained, lost = moved_words(before, now)
    facts = {name: [vars(word) for word in some] for name, some in (("gained", gained), ("lost", lost))}
    return replace(aspect, facts=facts)


def _frequent(notes: Sequence[PeriodNote]) -> list[Question]:
    """The words that most notes of both periods together have, and enough physicians' notes."""
    used = [Counter(words(note.text or "")) for note in notes]
    counts = Counter(word for some in used for word in some)
    lengths = np.array([some.total() for some in used], dtype=np.float64)
    users = _showing(notes)
    known = [word for word in counts if len(users.get(word, ())) >= TOO_FEW_CLUSTERS]
    frequent = sorted(known, key=lambda word: (-counts[word], word))[:_FREQUENT]
    return [
        Question(f"share of “{word}”", np.column_stack([[some[word] for some in used], lengths]), absolute(WORD_EFFECT))
        for word in frequent
    ]


def words(text: str) -> Iterator[str]:
    """The words of a redacted text, casefolded, without placeholders and numbers."""
    return (match.group().casefold() for match in _WORD.finditer(text) if not match.group().startswith("["))


def moved_words(before: Sequence[PeriodNote], now: Sequence[PeriodNote]) -> tuple[list[MovedWord], list[MovedWord]]:
    """Words whose share of notes rose most, and fell most (Cohen's h), of three physicians or more."""
    shares = [_shares(notes) for notes in (before, now)]
    used = [_showing(notes) for notes in (before, now)]
    moved = [MovedWord(word, *(side.get(word, 0.0) for side in shares)) for word in sorted(shares[0] | shares[1])]
    gained = [word for word in moved if len(used[1].get(word.word, ())) >= _LEAST_PHYSICIANS and word.new > word.old]
    lost = [word for word in moved if len(used[0].get(word.word, ())) >= _LEAST_PHYSICIANS and word.new < word.old]
    return _most(gained), _most(lost)


def _showing(notes: Sequence[PeriodNote]) -> dict[str, set[str]]:
    """The words that may be shown, and whose notes have them: of a note that could not be read, any may be a name."""
    return physicians_by_piece([note for note in notes if not note.unread], words)


def _most(moved: list[MovedWord]) -> list[MovedWord]:
    return sorted(moved, key=lambda word: (-abs(cohens_h(word.old, word.new)), word.word))[:_SHOWN]


def _shares(notes: Sequence[PeriodNote]) -> dict[str, float]:
    having = Counter(word for note in notes for word in set(words(note.text or "")))
    return {word: count / len(notes) for word, count in having.items()}
