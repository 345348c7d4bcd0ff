"""Examples as a person checks them: highlighted words, what was said of them, and facts; the most errors first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..results import Example
from .highlighting import OUTCOMES, NumberedMark, Segment, numbered_marks, segments


@dataclass(frozen=True)
class ExampleCard:
    """One example with its text in segments and its marks numbered."""

    example: Example
    segments: tuple[Segment, ...]
    marks: tuple[NumberedMark, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many marks of each outcome there are, for outcomes that occur."""
        marked = [found.mark.outcome for found in self.marks]
        return {outcome: marked.count(outcome) for outcome in OUTCOMES if outcome in marked}

    @property
    def errors(self) -> int:
        """How many marks are missed or false."""
        return sum(found.mark.outcome != "hit" for found in self.marks)


@dataclass(frozen=True)
class Examples:
    """All cards, and what they can be filtered by."""

    cards: tuple[ExampleCard, ...]

    @property
    def suites(self) -> list[str]:
        """The suites with examples, in their order."""
        return list(dict.fromkeys(card.example.suite for card in self.cards))

    @property
    def labels(self) -> list[str]:
        """The labels of all marks, sorted."""
        return sorted({found.mark.label for card in self.cards for found in card.marks})


def example_cards(examples: Iterable[Example]) -> Examples:
    """The cards, suites in the order given, those with the most errors first within a suite."""
    cards = [_card(example) for example in examples]
    suites = list(dict.fromkeys(card.example.suite for card in cards))
    return Examples(tuple(sorted(cards, key=lambda card: (suites.index(card.example.suite), -card.errors))))


def _card(example: Example) -> ExampleCard:
    marks = numbered_marks(example)
    return ExampleCard(example, segments(example.text, marks), marks)
