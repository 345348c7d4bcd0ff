"""Redaction: patient identifiers become typed placeholders, and offsets lead both ways."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .identifiers import Identifier


def placeholder(kind: str) -> str:
    """What stands for an identifier of that kind, such as `[PATIENT_NAME]`."""
    return f"[{kind.upper()}]"


@dataclass(frozen=True)
class Redacted:
    """A text whose `identifiers` (sorted, none overlapping, offsets of the original) are placeholders in `text`."""

    text: str
    identifiers: tuple[Identifier, ...]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original for `[start, end)` of the redacted text; a touched placeholder counts whole."""
        first = bisect_right(self._placeholder_ends, start)
        last = bisect_left(self._placeholder_starts, end) - 1
        if start < end and first <= last:
            begins = min(start, self._placeholder_starts[first])
            finishes = max(end, self._placeholder_ends[last])
            return begins + self._shift_before(first), finishes + self._shift_before(last + 1)
        return start + self._shift_before(first), end + self._shift_before(first)

    def to_redacted(self, start: int, end: int) -> tuple[int, int]:
        """The span of the redacted text for `[start, end)` of the original; a touched identifier counts whole."""
        first = bisect_right(self._identifier_ends, start)
        last = bisect_left(self._identifier_starts, end) - 1
        if start < end and first <= last:
            begins = min(start, self._identifier_starts[first])
            finishes = max(end, self._identifier_ends[last])
            return begins - self._shift_before(first), finishes - self._shift_before(last + 1)
        return start - self._shift_before(first), end - self._shift_before(first)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether `[start, end)` of the original touches an identifier."""
        return bisect_right(self._identifier_ends, start) < bisect_left(self._identifier_starts, end)

    def shown(self, start: int, end: int) -> str:
        """The words `[start, end)` of the original as they may be shown: with placeholders where they identify."""
        begins, finishes = self.to_redacted(start, end)
        return self.text[begins:finishes]

    def _shift_before(self, index: int) -> int:
        """How much longer the original is than the redacted text, up to before the identifier of that index."""
        return self._shifts[index]

    @cached_property
    def _identifier_starts(self) -> list[int]:
        return [identifier.start for identifier in self.identifiers]

    @cached_property
    def _identifier_ends(self) -> list[int]:
        return [identifier.end for identifier in self.identifiers]

    @cached_property
    def _shifts(self) -> list[int]:
        shifts = [0]
        for identifier in self.identifiers:
            shifts.append(shifts[-1] + identifier.end - identifier.start - len(placeholder(identifier.kind)))
        return shifts

    @cached_property
    def _placeholder_starts(self) -> list[int]:
        return [identifier.start - shift for identifier, shift in zip(self.identifiers, self._shifts, strict=False)]

    @cached_property
    def _placeholder_ends(self) -> list[int]:
        return [identifier.end - shift for identifier, shift in zip(self.identifiers, self._shifts[1:], strict=True)]


def redact(text: str, identifiers: Iterable[Identifier]) -> Redacted:
    """Replace each identifier by its placeholder and keep every other character.

    Raises:
        ValueError: identifiers overlap, are empty, or leave the text.
    """
    ordered = tuple(sorted(identifiers))
    pieces: list[str] = []
    position = 0
    for identifier in ordered:
        if not position <= identifier.start < identifier.end <= len(text):
            raise ValueError(f"{identifier} overlaps another, is empty, or leaves the text of {len(text)} characters")
        pieces += (text[position : identifier.start], placeholder(identifier.kind))
        position = identifier.end
    return Redacted("".join((*pieces, text[position:])), ordered) if ordered else Redacted(text, ())
