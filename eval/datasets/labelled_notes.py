"""Labelled notes in the files of a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ...inference.insights import GoldNote, read_gold
from ...inference.insights.gold import read_json_lines

TIMELINES = "timelines/notes.jsonl"
_SUFFIXES = (".jsonl", ".ndjson")
_FIELDS = {"note_id", "text"}


@dataclass(frozen=True)
class NoteFiles:
    """Labelled notes, the files they were read from, and those of the folder that hold none."""

    notes: tuple[GoldNote, ...]
    files: tuple[Path, ...]
    skipped: tuple[Path, ...] = ()


def read_note_files(data: Path, *labels: str) -> NoteFiles:
    """The labelled notes of a file, or of a folder's JSONL files and its timelines; none where it holds none.

    Args:
        data: the file or folder.
        labels: the kinds of labels that are asked for; a note must have one of them, if only an empty list.

    Raises:
        InputError: a damaged file, a note that is there twice, or one without labels in a file where others have some.
    """
    candidates = candidate_files(data, _SUFFIXES, TIMELINES)
    files = tuple(path for path in candidates if _is_labelled(path, labels))
    notes = tuple(read_gold(files))
    for path in files:
        require_fields(path, labels)
    require_distinct("note", [note.note_id for note in notes], data)
    return NoteFiles(notes, files, tuple(path for path in candidates if path not in files))


def _is_labelled(path: Path, labels: Sequence[str]) -> bool:
    """Whether any record is a labelled note."""
    return any(record.keys() >= _FIELDS and not record.keys().isdisjoint(labels) for _, record in read_json_lines(path))


def require_fields(path: Path, labels: Sequence[str]) -> None:
    """Raises InputError at the first record of a JSONL file that has none of the kinds of labels."""
    for number, record in read_json_lines(path):
        if record.keys().isdisjoint(labels):
            raise InputError(f"{path} line {number}: {' or '.join(labels)}: missing; give [] where there is none")


def candidate_files(data: Path, suffixes: Sequence[str], *further: str) -> list[Path]:
    """The file itself, or the folder's files with one of the suffixes, sorted, and further ones by name, if there."""
    if not data.is_dir():
        return [data] if data.suffix in suffixes else []
    found = sorted(path for path in data.iterdir() if path.suffix in suffixes and path.is_file())
    return found + [data / name for name in further if (data / name).is_file()]


def require_distinct(what: str, ids: Sequence[str], data: Path) -> None:
    """Raises InputError where an id is there twice: nobody could tell which of the two a figure is of."""
    known: set[str] = set()
    for name in ids:
        if name in known:
            raise InputError(f"{data}: {what} {name!r} is there twice; give each its own id, or name one file of them")
        known.add(name)


def first_place(text: str, words: str) -> tuple[int, int]:
    """Where words of a text stand first, [start, end); raises ValueError where they do not."""
    start = text.index(words)
    return start, start + len(words)


def places(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Every place of words in a text, [start, end), in order; none overlaps the one before."""
    end = 0
    while words and (start := text.find(words, end)) >= 0:
        end = start + len(words)
        yield start, end
