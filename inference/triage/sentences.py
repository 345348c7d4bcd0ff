"""Sentences and clauses of a call note, for rules that need the words around a hit."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TypeVar

LONGEST_SENTENCE = 400  # characters; keeps the work linear on text without any punctuation

_BOUNDARY = re.compile(r"[.!?]{1,3}['\")]{0,2}(?=\s)|[\n\r|•;]+|[-–](?<=\s[-–])>?(?=\s)")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[dmsfhnj]r|mrs|ms|prof|st|geb|dra|sra|sig|approx|vs|ca|bzw|no)|(?:^|[\s(.])\w|\d)$", re.IGNORECASE
)
_CLAUSE_END = re.compile(
    r",\s|:\s|\s\(|\)\s?|\s(?:but|though|although|however|because|b/c|bc|aber|weil|so that)\s", re.IGNORECASE
)
_LOOSE = " \t\n\r,;:|-•.*>"

T = TypeVar("T")


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a text, trimmed, in order, none empty or longer than `LONGEST_SENTENCE`."""
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        if text[boundary.start()] == "." and _goes_on(text, boundary):
            continue
        yield from _pieces(text, start, boundary.end())
        start = boundary.end()
    yield from _pieces(text, start, len(text))


def clause_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the clauses of the sentence `[start, end)`, trimmed."""
    begin = start
    for boundary in _CLAUSE_END.finditer(text, start, end):
        yield from _pieces(text, begin, boundary.start())
        begin = boundary.end()
    yield from _pieces(text, begin, end)


def grouped(
    spans: Iterable[tuple[int, int]], hits: Iterable[tuple[int, T]]
) -> Iterator[tuple[tuple[int, int], list[tuple[int, T]]]]:
    """The spans that hold hits, with their hits `(position, what)`; both come in order, the spans do not overlap."""
    waiting = deque(hits)
    for start, end in spans:
        inside = []
        while waiting and waiting[0][0] < end:
            hit = waiting.popleft()
            if hit[0] >= start:
                inside.append(hit)
        if inside:
            yield (start, end), inside
        if not waiting:
            return


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space and loose punctuation at either end."""
    words = text[start:end].rstrip(_LOOSE + "(")
    return start + len(words) - len(words.lstrip(_LOOSE)), start + len(words)


def _goes_on(text: str, stop: re.Match[str]) -> bool:
    """Whether the full stop ends an abbreviation, an initial or an ordinal rather than a sentence."""
    before = _ABBREVIATED.search(text[max(0, stop.start() - 7) : stop.start()])
    if before is None:
        return False
    return not (before[0].isdigit() and text[stop.end() : stop.end() + 3].lstrip()[:1].isupper())


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for begin in range(start, end, LONGEST_SENTENCE):
        piece = trimmed(text, begin, min(begin + LONGEST_SENTENCE, end))
        if piece[0] < piece[1]:
            yield piece
