"""Rows of a CSV file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator

from ...errors import InputError
from .jsonl_rows import UNREADABLE
from .lines import Line
from .raw_rows import BrokenRow, RawFile, RawRow

CELL_CHARACTERS = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")


def csv_rows(lines: Iterable[Line], *, delimiter: str | None, where: str) -> RawFile:
    """The first line that is not blank is the header; quoted cells may hold line breaks.

    Without a delimiter the commonest of `, ; tab |` in the header counts. Raises InputError, with `where` naming the
    file, if there is no header or it cannot be read. A row with more or fewer cells than the header is broken. So is
    one whose quotes do not close; reading goes on at its second line, so that it swallows no other row.
    """
    csv.field_size_limit(max(csv.field_size_limit(), CELL_CHARACTERS))
    feed = _Feed(lines)
    first = feed.skip_blank()
    if first is None:
        raise InputError(f"{where}: is empty, without even a header; export it again")
    reader = csv.reader(feed, delimiter=delimiter or _delimiter_of(first), strict=True)
    try:
        header = tuple(name.strip() for name in next(reader))
    except csv.Error as e:
        raise InputError(f"{where}: the header cannot be read ({e}); export it again") from e
    return RawFile(header, _rows(reader, feed, header))


class _Feed:
    """Hands lines to the CSV reader, remembers those of the row in work, and takes them back."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._returned: deque[Line] = deque()
        self.taken: list[Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        return line.text

    def skip_blank(self) -> str | None:
        for line in self._lines:
            if not line.text.isspace():
                self._returned.append(line)
                return line.text
        return None

    def keep_first(self) -> None:
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _rows(reader: Iterator[list[str]], feed: _Feed, header: tuple[str, ...]) -> Iterator[RawRow | BrokenRow]:
    while True:
        feed.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as e:
            feed.keep_first()
            yield _broken(feed, f"not valid CSV: {e}", feed.taken[0].text)
            continue
        if not all(line.readable for line in feed.taken):
            yield _broken(feed, UNREADABLE, cells)
        elif len(cells) == len(header):
            yield RawRow(feed.taken[0].number, dict(zip(header, cells, strict=True)), _size(feed))
        elif cells:
            yield _broken(feed, f"{len(cells)} cells where the header has {len(header)} columns", cells)


def _broken(feed: _Feed, reason: str, content: object) -> BrokenRow:
    return BrokenRow(feed.taken[0].number, reason, content, _size(feed))


def _size(feed: _Feed) -> int:
    return sum(len(line.text) for line in feed.taken)


def _delimiter_of(header: str) -> str:
    return max(_DELIMITERS, key=header.count)
