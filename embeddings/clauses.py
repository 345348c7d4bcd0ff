"""Text → clauses: the pieces that carry one statement each, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST = 400
"""Code points; a longer clause is cut at white space, so that no encoder has to truncate it."""

_FEW_WORDS = 3
_FEW_CHARACTERS = 24

_BREAK = re.compile(
    r"""
      (?P<hard> [\r\n]+ | (?<![.!?…])[.!?…]++["'’”)\]]*+(?=\s|$) | [。！？；] | [;|•] )
    | (?P<soft> ,(?=\s) | ， | 、 | :(?=\s) | \s[-–—]+(?=\s)
        | \s(?=(?:but|though|however|yet|although|because|while|whereas|except|unless
                |aber|jedoch|obwohl|weil)\b) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AROUND = "'\"’”‘“,;:|• \t\r\n"
_TRAILING = re.compile(r"(?<![\s.,;|:•，、；。–—-])[\s.,;|:•，、；。–—-]++\Z")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|no|vs|e\.g|i\.e|pt|pts|approx|wk|wks|st|jr|z\.b|ca|wg|bzw|fr|hr|nr)|\b[A-Z])\.$",
    re.IGNORECASE,
)


class Clause(NamedTuple):
    """Half-open span [start, end) of a text, in Unicode code points; never empty, no white space at its ends."""

    start: int
    end: int

    def touches(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Whether it shares a character with any of the spans."""
        return any(start < self.end and self.start < end for start, end in spans)


class _Piece(NamedTuple):
    start: int
    end: int
    hard_end: bool


def split_clauses(text: str) -> list[Clause]:
    """Split at sentence ends, list separators, commas and contrasting conjunctions.

    Clauses come in order, do not overlap, and between them lie only separators and white space. A piece of one or
    two words joins its neighbour, unless a sentence ends between them. Time is linear in the length of the text.
    """
    pieces = _join_short(text, list(_pieces(text)))
    trimmed = (_trim(text, piece.start, piece.end) for piece in pieces)
    return [part for clause in trimmed if clause is not None for part in _cut(text, clause)]


def worded_clauses(text: str) -> list[Clause]:
    """The clauses that hold a letter or a digit."""
    return [clause for clause in split_clauses(text) if any(map(str.isalnum, text[clause.start : clause.end]))]


def clause_starts(text: str) -> list[int]:
    """Where clauses after the first begin, or the white space before them."""
    return [piece.end for piece in _pieces(text) if piece.end < len(text)]


def trimmed_to_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A span grown to whole words, less separators, quotes and white space at its ends; as grown if nothing is left."""
    while 0 < start < end and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while start < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    begins, finishes = start, end
    while begins < finishes:
        inner = text[begins:finishes].strip(_AROUND)
        first = text.index(inner, begins) if inner else finishes
        trimmed = _trim(text, first, first + len(inner))
        if trimmed is None:
            break
        if trimmed == (begins, finishes):
            return trimmed
        begins, finishes = trimmed
    return Clause(start, end)


def _pieces(text: str) -> Iterator[_Piece]:
    start = 0
    for match in _BREAK.finditer(text):
        if match.group() == "." and _ABBREVIATION.search(text[max(0, match.start() - 7) : match.end()]):
            continue
        if text[start : match.end()].strip():
            yield _Piece(start, match.end(), match.lastgroup == "hard")
        start = match.end()
    if text[start:].strip():
        yield _Piece(start, len(text), True)


def _join_short(text: str, pieces: list[_Piece]) -> list[_Piece]:
    joined: list[_Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if before and not before.hard_end and (_is_short(text, before) or _is_short(text, piece)):
            joined[-1] = _Piece(before.start, piece.end, piece.hard_end)
        else:
            joined.append(piece)
    return joined


def _is_short(text: str, piece: _Piece) -> bool:
    length = piece.end - piece.start
    return length < _FEW_CHARACTERS and len(text[piece.start : piece.end].split()) < _FEW_WORDS


def _trim(text: str, start: int, end: int) -> Clause | None:
    body = _TRAILING.sub("", text[start:end])
    left = len(body) - len(body.lstrip())
    return Clause(start + left, start + len(body)) if left < len(body) else None


def _cut(text: str, clause: Clause) -> Iterator[Clause]:
    start, end = clause
    while end - start > LONGEST:
        space = max(text.rfind(" ", start + 1, start + LONGEST), text.rfind("\n", start + 1, start + LONGEST))
        middle = space if space > start else start + LONGEST
        head, start = _trim(text, start, middle), middle
        if head:
            yield head
    tail = _trim(text, start, end)
    if tail:
        yield tail
