"""Examples as a person checks them: highlighted words, what was said of them, and facts; the most errors first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..results import Example
from .highlighting import OUTCOMES, NumberedMark, Segment, numbered_marks, segments

MOST_SHOWN = 300
"""Examples of one suite on the page: a browser is slow with thousands, and the result folder keeps them all."""


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


@dataclass(frozen=True)
class Examples:
    """The cards of a page, how many examples of which suite are left out, and what the cards can be filtered by."""

    cards: tuple[ExampleCard, ...]
    left_out: dict[str, int]

    @property
    def suites(self) -> list[str]:
        """The suites with examples, in their order."""
        return list(dict.fromkeys(card.example.suite for card in self.cards))

    @property
    def labels(self) -> list[str]:
        """The labels of all marks, sorted."""
        return sorted({found.mark.label for card in self.cards for found in card.marks})


def example_cards(examples: Iterable[Example]) -> Examples:
    """The cards, suites in the order given, those with the most errors first within a suite, and of each so many."""
    by_suite: dict[str, list[Example]] = {}
    for example in examples:
        by_suite.setdefault(example.suite, []).append(example)
    shown = [sorted(found, key=_errors, reverse=True)[:MOST_SHOWN] for found in by_suite.values()]
    left_out = {suite: len(found) - MOST_SHOWN for suite, found in by_suite.items() if len(found) > MOST_SHOWN}
    return Examples(tuple(_card(example) for found in shown for example in found), left_out)


def _errors(example: Example) -> int:
    return sum(mark.outcome != "hit" for mark in example.marks)


def _card(example: Example) -> ExampleCard:
    marks = numbered_marks(example)
    return ExampleCard(example, segments(example.text, marks), marks)
