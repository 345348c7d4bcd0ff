"""Results on disk: a folder, published whole.

`result.json` is what people and gates read; `items.json`, `statistics.npz` and `examples.jsonl` are what comparisons
and the report need. Nothing in it is executable, and files that do not agree are refused. Examples hold the words of
notes, redacted by rules that miss some identifiers: only the owner can read that file.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from pydantic import FiniteFloat, TypeAdapter, ValidationError

from ...errors import InputError
from ...inference.runs import make_owner_only, published_folder
from ..metrics import FORMULAS, Estimate
from .figure import Basis, Better, Figure, ItemSet
from .pictures import Confusion, Example, Reliability
from .result import Provenance, Result

RESULT_FILE = "result.json"
FORMAT = 1
_ITEMS, _STATISTICS, _EXAMPLES = "items.json", "statistics.npz", "examples.jsonl"


@dataclass(frozen=True)
class _StoredFigure:
    suite: str
    metric: str
    part: str
    value: FiniteFloat | None
    low: FiniteFloat | None
    high: FiniteFloat | None
    items: int
    clusters: int
    better: Better
    note: str
    formula: str | None
    item_set: str | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Stored:
    hcplens: int
    provenance: Provenance
    figures: tuple[_StoredFigure, ...]
    reliability: tuple[Reliability, ...]
    confusions: tuple[Confusion, ...]


def write_result(result: Result, target: Path) -> None:
    """Write a result folder; an existing one is replaced whole.

    Raises:
        InputError: the target holds something else.
        HcplensError: no room left, or another process writes there.
    """
    stored = _Stored(
        FORMAT, result.provenance, tuple(map(_stored, result.figures)), result.reliability, result.confusions
    )
    arrays: dict[str, Any] = {}
    for number, figure in enumerate(result.figures):
        if figure.basis is not None:
            arrays[f"rows{number}"] = np.asarray(figure.basis.rows, dtype=np.int64)
            arrays[f"statistics{number}"] = figure.basis.statistics
    with published_folder(target, marker=RESULT_FILE) as folder:
        _write_json(folder / RESULT_FILE, asdict(stored))
        _write_json(folder / _ITEMS, [asdict(items) for items in result.item_sets])
        np.savez_compressed(folder / _STATISTICS, **arrays)
        make_owner_only(folder / _EXAMPLES)
        lines = [json.dumps(asdict(example), ensure_ascii=False) + "\n" for example in result.examples]
        (folder / _EXAMPLES).write_text("".join(lines), encoding="utf-8")


def _stored(figure: Figure) -> _StoredFigure:
    estimate, basis = figure.estimate, figure.basis
    return _StoredFigure(
        suite=figure.suite,
        metric=figure.metric,
        part=figure.part,
        value=None if math.isnan(estimate.value) else estimate.value,
        low=estimate.low,
        high=estimate.high,
        items=estimate.items,
        clusters=estimate.clusters,
        better=figure.better,
        note=figure.note,
        formula=basis.formula if basis else None,
        item_set=basis.item_set if basis else None,
        columns=basis.columns if basis else (),
    )


def _write_json(path: Path, record: object) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read_result(folder: Path) -> Result:
    """Read a result folder; raises InputError where it is none, damaged, or of another format."""
    path = folder / RESULT_FILE
    if not path.is_file():
        raise InputError(f"{folder} holds no {RESULT_FILE}: it is not a result of `hcplens eval run`")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or found.get("hcplens") != FORMAT:
            raise InputError(f"{path} is no result of format {FORMAT}")
        stored = TypeAdapter(_Stored).validate_python(found)
        item_sets = TypeAdapter(tuple[ItemSet, ...]).validate_json((folder / _ITEMS).read_bytes())
        examples = tuple(_examples(folder / _EXAMPLES))
        with (folder / _STATISTICS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            sets = {items.name: items for items in item_sets}
            figures = tuple(_figure(number, figure, arrays, sets) for number, figure in enumerate(stored.figures))
    except RecursionError as e:
        raise InputError(f"{folder} is damaged: {RESULT_FILE} is nested too deeply") from e
    except (OSError, EOFError, ValueError, KeyError, ValidationError, BadZipFile, zlib.error) as e:
        raise InputError(f"{folder} is damaged: {e}") from e
    return Result(stored.provenance, item_sets, figures, stored.reliability, stored.confusions, examples)


def _examples(path: Path) -> Iterator[Example]:
    adapter = TypeAdapter(Example)
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield adapter.validate_json(line)


def _figure(number: int, stored: _StoredFigure, arrays: Mapping[str, Any], sets: Mapping[str, ItemSet]) -> Figure:
    value = math.nan if stored.value is None else stored.value
    estimate = Estimate(value, stored.low, stored.high, stored.items, stored.clusters)
    basis = None
    if stored.formula is not None and stored.item_set is not None:
        rows, statistics = arrays[f"rows{number}"], arrays[f"statistics{number}"]
        known = len(sets[stored.item_set])
        if stored.formula not in FORMULAS or len(rows) != len(statistics) or not all(0 <= row < known for row in rows):
            raise ValueError(f"figure {stored.suite}/{stored.metric} does not fit the items of {stored.item_set!r}")
        basis = Basis(stored.formula, stored.item_set, tuple(map(int, rows)), statistics, stored.columns)
    return Figure(stored.suite, stored.metric, stored.part, estimate, stored.better, basis, stored.note)
