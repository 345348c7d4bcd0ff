"""Notes whose identifiers are marked, to learn from, with other names put in their place again and again."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .words import words_of

UNCOMMON = 2
"""Words below this familiarity may be names."""


@dataclass(frozen=True)
class MarkedNote:
    """A note and the spans [start, end) of the words that identify a patient."""

    text: str
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, identifiers: Iterable[str]) -> MarkedNote:
        """A note whose identifiers are pieces of the text: where they stand as words of their own, else at first."""
        return cls(text, tuple(span for piece in identifiers for span in _places(text, piece)))

    @property
    def words(self) -> MarkedWords:
        """Its words, and which of them identify."""
        words = words_of(self.text)
        marked = (any(start < word.end and word.start < end for start, end in self.spans) for word in words)
        return MarkedWords(tuple(word.text for word in words), tuple(marked))


def _places(text: str, piece: str) -> list[tuple[int, int]]:
    found = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(piece)}(?!\w)", text)]
    first = text.index(piece)
    return found or [(first, first + len(piece))]


@dataclass(frozen=True)
class MarkedWords:
    """The words of a note, and which of them identify."""

    words: tuple[str, ...]
    marked: tuple[bool, ...]


@dataclass(frozen=True)
class LessonOptions:
    """What an epoch goes through.

    Attributes:
        epochs: how often the notes with identifiers are gone through.
        repeats: times each of them occurs in an epoch, with other names each time.
        harmless: share of the notes without identifiers that an epoch draws.
        batch: notes a step.
        seed: of everything drawn at random.
    """

    epochs: int = 1
    repeats: int = 1
    harmless: float = 0.35
    batch: int = 32
    seed: int = 7


class Lessons:
    """Every note that identifies somebody several times, and some of the others.

    Args:
        notes: with the identifiers marked, all of them.
        familiarity: of common words, as `familiarity_of` counts it.
        options: how many.
        chance: of everything drawn.
    """

    def __init__(
        self,
        notes: Iterable[MarkedNote],
        familiarity: Mapping[str, int],
        options: LessonOptions,
        chance: random.Random,
    ) -> None:
        words = [note.words for note in notes if note.text.strip()]
        self._speaking = [note for note in words if any(note.marked)]
        self._harmless = [note for note in words if note.words and not any(note.marked)]
        self._drawn = round(options.harmless * len(self._harmless))
        self._repeats, self._batch, self._chance = options.repeats, options.batch, chance
        self._renamer = _Renamer(self._speaking, familiarity, chance)

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return -(-(self._repeats * len(self._speaking) + self._drawn) // self._batch)

    def epoch(self) -> Iterator[list[MarkedWords]]:
        """Batches of notes of about the same length, in random order."""
        notes = [self._renamer.renamed(note) for note in self._speaking for _ in range(self._repeats)]
        notes += [self._renamer.renamed(note) for note in self._chance.sample(self._harmless, self._drawn)]
        self._chance.shuffle(notes)
        size = self._batch
        pools = (sorted(notes[i : i + 20 * size], key=lambda n: len(n.words)) for i in range(0, len(notes), 20 * size))
        batches = [pool[i : i + size] for pool in pools for i in range(0, len(pool), size)]
        self._chance.shuffle(batches)
        yield from batches


class _Renamer:
    """Puts other names, numbers and initials in place of those that identify, so that none is learned by heart."""

    def __init__(self, notes: Sequence[MarkedWords], familiarity: Mapping[str, int], chance: random.Random) -> None:
        self._familiarity = familiarity
        self._chance = chance
        self._names = [
            word
            for note in notes
            for word, marked in zip(note.words, note.marked, strict=True)
            if marked and word[0].isupper() and self._may_be_a_name(word)
        ]

    def renamed(self, note: MarkedWords) -> MarkedWords:
        """The note with other names, the same for the same; sometimes all in small letters or in capitals."""
        given: dict[str, str] = {}
        words = [
            self._other(word, given) if marked else word for word, marked in zip(note.words, note.marked, strict=True)
        ]
        voice = self._chance.random()
        if voice < 0.06:
            words = [word.lower() for word in words]
        elif voice < 0.1:
            words = [word.upper() for word in words]
        return MarkedWords(tuple(words), note.marked)

    def _may_be_a_name(self, word: str) -> bool:
        return len(word) > 2 and word[0].isalpha() and self._familiarity.get(word.lower(), 0) < UNCOMMON

    def _other(self, word: str, given: dict[str, str]) -> str:
        if word not in given:
            given[word] = self._drawn(word)
        return given[word]

    def _drawn(self, word: str) -> str:
        if word.isdigit():
            return "".join(self._chance.choice("0123456789") for _ in word)
        if len(word) == 1 and word.isupper():
            return self._chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if not self._may_be_a_name(word) or not self._names:
            return word
        name = self._chance.choice(self._names)
        if self._chance.random() < 0.5:  # a name that nobody has
            other = self._chance.choice(self._names)
            name = name[: max(2, len(name) // 2)] + other[max(2, len(other) // 2) :].lower()
        if self._chance.random() < 0.1:
            name = word
        if word.islower():
            return name.lower()
        return name.upper() if word.isupper() else name[0].upper() + name[1:]
