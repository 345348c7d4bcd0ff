"""Bytes to lines of text, whatever mix of encodings a file has."""

from __future__ import annotations

import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast


class Line(NamedTuple):
    """A line with its end; where `readable` is false its odd bytes stand as surrogates (PEP 383)."""

    number: int
    text: str
    readable: bool


class DecodedLines:
    r"""The lines of a stream, numbered from 1 and split at "\n" alone, so that nothing else in a note is lost.

    UTF-8 with or without a byte order mark, or UTF-16 with one. A line that is not UTF-8 is read as Windows-1252 and
    counted in `fallbacks`; `first_fallback` is the number of the first such line.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.fallbacks = 0
        self.first_fallback = 0

    def __iter__(self) -> Iterator[Line]:
        start = self._peek(3)
        if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return self._utf16()
        if start == BOM_UTF8:
            self._stream.read(3)
        return self._utf8()

    def _peek(self, size: int) -> bytes:
        return cast(io.BufferedReader, self._stream).peek(size)[:size]

    def _utf8(self) -> Iterator[Line]:
        for number, raw in enumerate(self._stream, 1):
            try:
                yield Line(number, raw.decode(), True)
            except UnicodeDecodeError:
                yield self._windows_1252(number, raw)

    def _windows_1252(self, number: int, raw: bytes) -> Line:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            return Line(number, raw.decode("utf-8", "surrogateescape"), False)
        self.fallbacks += 1
        self.first_fallback = self.first_fallback or number
        return Line(number, text, True)

    def _utf16(self) -> Iterator[Line]:
        text = io.TextIOWrapper(self._stream, encoding="utf-16", errors="surrogatepass", newline="\n")
        for number, line in enumerate(text, 1):
            yield Line(number, line, True)
