"""A segment of a sentence: the subjects in it, and what is said of all of them and, in brackets, of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .claims import Claim, claim_of, denied
from .vocabulary import Token

_REACH = 2
"""Words that may stand between a negation and what it denies."""


@dataclass
class Segment:
    """What is found in a segment.

    Attributes:
        subjects: names, each with what the brackets behind it say.
        claims: said of all of them.
        problems: why a part of it cannot be read.
    """

    subjects: list[tuple[Token, list[Claim]]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_segment(tokens: Iterable[Token]) -> Segment:
    """Read the tokens of a segment."""
    reader = _Reader()
    for token in tokens:
        if token.kind != "space":
            reader.take(token)
    reader.end()
    return reader.found


class _Reader:
    """Takes token after token."""

    def __init__(self) -> None:
        self.found = Segment()
        self._in_brackets = False
        self._negation: Token | None = None
        self._words_since = 0

    def take(self, token: Token) -> None:
        if token.subjects:
            self.found.subjects.append((token, []))
        if token.kind == "bracket":
            self._turn_bracket(token)
        elif token.kind == "negation":
            self.end_negation()
            self._negation, self._words_since = token, 0
        elif (claim := claim_of(token)) is not None:
            self._say(claim)
        elif self._negation is not None:
            self._words_since += 1
            if self._words_since > _REACH:
                self.end_negation()

    def end(self) -> None:
        self.end_negation()
        if self._in_brackets:
            self.found.problems.append("a bracket is left open")

    def end_negation(self) -> None:
        """A negation that has met nothing which it may deny."""
        if self._negation is not None:
            self._doubt(self._negation)
        self._negation = None

    def _turn_bracket(self, bracket: Token) -> None:
        opens = bracket.text == "("
        self.end_negation()
        if opens == self._in_brackets:
            self.found.problems.append("brackets that do not match")
        self._in_brackets = opens

    def _say(self, claim: Claim) -> None:
        claims: tuple[Claim, ...] | None = (claim,)
        if self._negation is not None:
            claims = denied(claim, self._negation)
            if claims is None:
                self._doubt(self._negation)
            self._negation = None
        local = self._in_brackets and self.found.subjects
        (self.found.subjects[-1][1] if local else self.found.claims).extend(claims or ())

    def _doubt(self, negation: Token) -> None:
        self.found.problems.append(f"what {negation.text!r} denies cannot be told")
