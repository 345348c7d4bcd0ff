"""How long work reports itself: a bar on a terminal, plain lines elsewhere, JSON lines for machines, or nothing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from .control_characters import without_controls

if TYPE_CHECKING:
    from rich.progress import Progress

Done = Callable[[int], None]
"""Called with the number of units a step has finished."""

_SECONDS_BETWEEN_LINES = 5.0


class Reporter(Protocol):
    """Where stages tell how far they are, and what the user should know."""

    def stage(self, name: str, total: int | None, unit: str) -> AbstractContextManager[Done]:
        """A stage of `total` units (None: unknown); it ends with the block."""
        ...

    def notice(self, message: str) -> None:
        """One thing the user should know."""
        ...


def reporter(*, quiet: bool = False, json_logs: bool = False, stream: TextIO | None = None) -> Reporter:
    """The reporter that fits the stream (standard error): it never mixes with results on standard output."""
    stream = stream or sys.stderr
    if json_logs:
        return JsonReporter(stream)
    if quiet:
        return QuietReporter()
    return TerminalReporter(stream) if stream.isatty() else LineReporter(stream)


class QuietReporter:
    """Says nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Done]:
        """Nothing is shown."""
        yield _ignore

    def notice(self, message: str) -> None:
        """Nothing is shown."""


def _ignore(count: int) -> None:
    """Progress that nobody watches."""


class JsonReporter:
    """One JSON object a line: event, stage, done, total, unit, seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Done]:
        """Lines at the stage's start, every few seconds, and at its end."""
        yield from _lines(name, total, unit, self._write)

    def notice(self, message: str) -> None:
        """One line with the message."""
        self._write({"event": "notice", "message": message})

    def _write(self, record: dict[str, object]) -> None:
        _say(self._stream, json.dumps(record, ensure_ascii=False))


class LineReporter:
    """Plain lines with rate and time left."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Done]:
        """A line every few seconds and one at the end."""
        yield from _lines(name, total, unit, self._write)

    def notice(self, message: str) -> None:
        """The message, marked as a notice."""
        _say(self._stream, f"note: {without_controls(message)}")

    def _write(self, record: dict[str, object]) -> None:
        if record["event"] != "started":
            _say(self._stream, _sentence(record))


def _say(stream: TextIO, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def _lines(name: str, total: int | None, unit: str, write: Callable[[dict[str, object]], None]) -> Iterator[Done]:
    begun = last = time.monotonic()
    finished = 0

    def record(event: str) -> dict[str, object]:
        seconds = round(time.monotonic() - begun, 2)
        return {"event": event, "stage": name, "done": finished, "total": total, "unit": unit, "seconds": seconds}

    def done(count: int) -> None:
        nonlocal finished, last
        finished += count
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            write(record("progress"))

    write(record("started"))
    yield done
    write(record("finished"))


def _sentence(record: dict[str, object]) -> str:
    done, total, seconds = int(str(record["done"])), record["total"], float(str(record["seconds"]))
    rate = done / seconds if seconds > 0 else 0.0
    text = f"{record['stage']}: {done:,}" + (f" of {total:,}" if isinstance(total, int) else "") + f" {record['unit']}"
    if record["event"] == "finished":
        return f"{text} in {seconds:.1f} s"
    left = f", {(total - done) / rate:.0f} s left" if isinstance(total, int) and rate > 0 else ""
    return f"{text}, {rate:,.0f}/s{left}"


class TerminalReporter:
    """A bar a stage with rate and time left."""

    def __init__(self, stream: TextIO) -> None:
        from .terminal import Terminal

        self._console = Terminal(file=stream)

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Done]:
        """A bar until the block ends."""
        with self._bar() as bar:
            task = bar.add_task(name, total=total, unit=unit, rate="")

            def done(count: int) -> None:
                bar.advance(task, count)
                speed = bar.tasks[0].speed
                bar.update(task, rate=f"{speed:,.0f} {unit}/s" if speed else "")

            yield done
            bar.update(task, total=bar.tasks[0].completed)  # what was estimated may have been too much

    def notice(self, message: str) -> None:
        """The message, above the bar."""
        self._console.print(f"note: {message}", style="yellow", highlight=False, markup=False)

    def _bar(self) -> Progress:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.progress import TimeRemainingColumn as Left

        columns = (
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            Left(),
        )
        return Progress(*columns, console=self._console)
