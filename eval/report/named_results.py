"""The results that a report is about, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ...errors import InputError
from ..results import RESULT_FILE, Result, read_result


@dataclass(frozen=True)
class NamedResult:
    """A result, the name of its folder, and when it was measured (UTC)."""

    name: str
    measured_at: datetime
    result: Result


def named_result(name: str, result: Result) -> NamedResult:
    """The result under a name; raises InputError where its `created_at` is no ISO time."""
    created_at = result.provenance.created_at
    try:
        moment = datetime.fromisoformat(created_at)
        measured_at = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise InputError(f"result {name!r}: created_at {created_at!r} is no ISO time such as 2026-03-02T10:00Z") from e
    return NamedResult(name, measured_at, result)


def result_folders(given: Sequence[Path]) -> tuple[Path, ...]:
    """The result folders among the given ones and directly inside them, each once.

    Raises:
        InputError: a folder that is no result and holds none.
    """
    found = {folder.resolve(): folder for path in given for folder in _result_folders(path)}
    return tuple(found.values())


def read_results(folders: Sequence[Path]) -> tuple[NamedResult, ...]:
    """Read result folders, newest first; raises InputError where one is damaged."""
    return newest_first([named_result(folder.resolve().name, read_result(folder)) for folder in folders])


def newest_first(results: Sequence[NamedResult]) -> tuple[NamedResult, ...]:
    """The order of a report: by time, then by name."""
    return tuple(sorted(results, key=lambda named: (named.measured_at, named.name), reverse=True))


def _result_folders(given: Path) -> Iterator[Path]:
    if not given.is_dir():
        raise InputError(f"{given} is no folder: name what `hcplens eval run -o` wrote, or a folder of such results")
    if (given / RESULT_FILE).is_file():
        yield given
        return
    inside = sorted(path.parent for path in given.glob(f"*/{RESULT_FILE}") if not path.parent.name.startswith("."))
    if not inside:
        raise InputError(f"{given} and its folders hold no {RESULT_FILE}: no result of `hcplens eval run`")
    yield from inside
