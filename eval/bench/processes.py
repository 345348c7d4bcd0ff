"""Whole commands: peak memory, growth of time with the input, time of `--help`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .recombined import recombined_notes, write_notes

_HELP_RUNS = 10


@dataclass(frozen=True)
class CommandRun:
    """One command: wall seconds and peak resident memory in bytes."""

    seconds: float
    peak_bytes: int


def annotate_command(folder: Path, notes: int) -> CommandRun:
    """`hcplens annotate` on that many distinct notes, with a cache of its own."""
    source = folder / f"{notes}.jsonl"
    write_notes(source, recombined_notes(notes, seed=notes))
    target = folder / f"{notes}.out.jsonl"
    run = _run(["annotate", str(source), "-o", str(target), "--quiet"], folder / f"cache-{notes}")
    source.unlink()
    target.unlink()
    return run


def help_seconds() -> float:
    """Median wall time of `hcplens --help`."""
    return statistics.median(_run(["--help"], None).seconds for _ in range(_HELP_RUNS))


def _run(arguments: list[str], cache: Path | None) -> CommandRun:
    environment = os.environ | ({"HCPLENS_CACHE": str(cache)} if cache else {})
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "hcplens", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return CommandRun(seconds, usage.ru_maxrss * 1024)
