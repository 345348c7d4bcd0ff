"""Codes to the words of the tables, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...inference.records.derived import TIMESTAMP
from ..metrics import Floats

_MICROSECONDS = 1_000_000
DAY_SECONDS = 86_400


def named(names: Sequence[str], codes: NDArray[np.intp]) -> pa.Array:
    """The names (n,) of codes (n,); a negative code is null."""
    indices = pa.array(codes, pa.int32(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string())).cast(pa.string())


def numbered(letter: str, digits: int, numbers: Iterable[int]) -> list[str]:
    """Ids such as `H000012`."""
    return [f"{letter}{number:0{digits}d}" for number in numbers]


def dates(first: date, days: Floats | NDArray[np.intp]) -> pa.Array:
    """Dates (n,) that many whole days after the first; null where it is not finite."""
    values = np.asarray(days, dtype=np.float64)
    known = np.isfinite(values)
    epoch = (first - date(1970, 1, 1)).days
    whole = np.floor(np.where(known, values, 0.0)).astype(np.int32) + epoch
    return pa.array(whole, pa.int32(), mask=~known).cast(pa.date32())


def moments(first: date, seconds: Floats) -> pa.Array:
    """Times (n,) that many whole seconds after the first day began (UTC)."""
    begun = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    return pa.array((np.floor(seconds).astype(np.int64) + begun) * _MICROSECONDS, TIMESTAMP)
