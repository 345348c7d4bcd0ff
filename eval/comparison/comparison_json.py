"""A comparison for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ...inference.formatting import without_nan
from .comparison import Comparison
from .differences import FAMILIES, Difference
from .flips import Flips
from .gate_check import GateReport


def comparison_json(comparison: Comparison, gates: GateReport | None = None) -> str:
    """One JSON object: provenance, notices, every figure, every flip, and the gates; null where nothing is defined."""
    record = {
        "old": asdict(comparison.old),
        "new": asdict(comparison.new),
        "notices": comparison.notices,
        "tested": comparison.tested,
        "families": {
            family: {"figures": FAMILIES[family], "tested": tested} for family, tested in comparison.families.items()
        },
        "figures": [_figure(difference) for difference in comparison.differences],
        "only_old": [figure.key for figure in comparison.only_old],
        "only_new": [figure.key for figure in comparison.only_new],
        "flips": [_flips(flips) for flips in comparison.flips],
        "gates": [asdict(outcome) for outcome in gates.outcomes] if gates else [],
        "gates_unchecked": gates.unchecked if gates else [],
    }
    return json.dumps(without_nan(record), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _figure(difference: Difference) -> dict[str, Any]:
    return {
        "key": difference.key,
        **asdict(difference),
        "difference": difference.difference,
        "verdict": difference.verdict,
        "same_on_every_item": difference.same_on_every_item,
    }


def _flips(flips: Flips) -> dict[str, Any]:
    return {**asdict(flips), "better": flips.better, "worse": flips.worse}
