"""Texts with labels of anybody's own: JSONL, or CSV with the labels in one column or in a column each."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ...inference.insights import LabelledText, read_labelled
from ...inference.insights.gold import read_json_lines
from .labelled_notes import candidate_files, require_distinct, require_fields
from .text_columns import TextColumns, read_text_columns

_JSON_LINES = (".jsonl", ".ndjson")
_SEPARATOR = ";"
_ID, _TEXT, _LABELS, _GROUP = "id", "text", "labels", "group"


@dataclass(frozen=True)
class LabelFiles:
    """Texts with labels, the files they were read from, and those of the folder that hold none."""

    texts: tuple[LabelledText, ...]
    files: tuple[Path, ...]
    skipped: tuple[Path, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label, sorted."""
        return tuple(sorted({label for text in self.texts for label in text.labels}))


def read_label_files(data: Path) -> LabelFiles:
    """The labelled texts of a file, or of the JSONL and CSV files of a folder; none where it holds none.

    Raises:
        InputError: a damaged file, or a text that is there twice.
    """
    candidates = candidate_files(data, (*_JSON_LINES, ".csv"))
    files = tuple(path for path in candidates if _has_labels(path))
    texts = tuple(text for path in files for text in read_label_file(path))
    require_distinct("text", [str(text.id) for text in texts], data)
    return LabelFiles(texts, files, tuple(path for path in candidates if path not in files))


def read_label_file(path: Path) -> list[LabelledText]:
    """The texts of one file.

    JSONL: `{"id", "text", "labels", "group"}`. CSV: columns `id` and `text`, `group` if texts belong together, and
    either `labels`, separated by semicolons, or a column of 0 and 1 for each label.

    Raises:
        InputError: naming file, row and field.
    """
    if path.suffix in _JSON_LINES:
        require_fields(path, [_LABELS])
        return read_labelled(path)
    table = read_text_columns(path)
    ids, texts = _column(table, _ID), _column(table, _TEXT)
    groups = _column(table, _GROUP) if _GROUP in table.names else [""] * len(table)
    return [
        LabelledText(id=name, text=text, labels=labels, group=group or None)
        for name, text, labels, group in zip(ids, texts, _labels(table), groups, strict=True)
    ]


def _labels(table: TextColumns) -> Iterator[tuple[str, ...]]:
    if _LABELS in table.names:
        for cell in _column(table, _LABELS):
            yield tuple(dict.fromkeys(label.strip() for label in cell.split(_SEPARATOR) if label.strip()))
        return
    names = _label_columns(table.names)
    marks = {name: table.floats(name) for name in names}
    for name, values in marks.items():
        table.require(name, (values == 0) | (values == 1), "is neither 0 nor 1")
    if not names:
        raise InputError(f"{table.path}: has neither a column labels nor one for each label")
    for row in range(len(table)):
        yield tuple(name for name in names if marks[name][row])


def _column(table: TextColumns, name: str) -> list[str]:
    return [str(value) for value in table.table.column(table.required([name])).to_pylist()]


def _label_columns(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in (_ID, _TEXT, _GROUP)]


def _has_labels(path: Path) -> bool:
    """Whether any record is a text with labels."""
    if path.suffix in _JSON_LINES:
        return any(record.keys() >= {_ID, _TEXT, _LABELS} for _, record in read_json_lines(path))
    header = _header(path)
    return set(header) >= {_ID, _TEXT} and (_LABELS in header or _is_marked(read_text_columns(path)))


def _header(path: Path) -> list[str]:
    """The first line of any CSV file, however odd: what else lies in a folder is none of our business."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader(file), [])


def _is_marked(table: TextColumns) -> bool:
    """Whether any row has 0 or 1 in every other column."""
    columns = [_column(table, name) for name in _label_columns(table.names)]
    return bool(columns) and any(all(cell.strip() in ("0", "1") for cell in row) for row in zip(*columns, strict=True))
