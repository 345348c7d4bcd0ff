from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from hcplens.eval.metrics import RATIO, Floats, Formula, means
from hcplens.eval.results import Better, Example, Figure, ItemSet, Provenance, Result, measured

Measured = Callable[..., Figure]
MakeResult = Callable[..., Result]


@pytest.fixture
def provenance() -> Provenance:
    return Provenance("0.2.0", "2026-10-01T00:00:00+00:00", 1.5, {"notes.jsonl": "aa" * 32}, "heads 1", "ee", {})


@pytest.fixture
def make_result(provenance: Provenance) -> MakeResult:
    """A result with figures of one suite over one item set, each from a plain mean or given statistics."""

    def make(
        clusters: Mapping[str, str],
        figures: Mapping[str, Sequence[float] | Floats],
        *,
        formula: Formula = RATIO,
        better: Better = "higher",
        part: str = "all",
        examples: Sequence[Example] = (),
        provenance: Provenance = provenance,
    ) -> Result:
        items = ItemSet("notes", tuple(clusters), tuple(clusters.values()))
        made = [
            measured("notes", metric, formula, items, _statistics(values), better=better, part=part)
            for metric, values in figures.items()
        ]
        return Result(provenance, (items,), tuple(made), examples=tuple(examples))

    return make


def _statistics(values: Sequence[float] | Floats) -> Floats:
    return values if isinstance(values, np.ndarray) and values.ndim == 2 else means(values)
