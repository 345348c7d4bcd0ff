"""A comparison of periods as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from ...inference.formatting import without_nan
from .aspect import Aspect
from .drift import Drift


def drift_json(drift: Drift) -> str:
    """One object, indented; figures that are not defined are null."""
    record = {
        "hcplens": version("hcplens"),
        "old": drift.old,
        "new": drift.new,
        "verdict": drift.verdict,
        "aspects": [_aspect(aspect) for aspect in drift.aspects],
        "notices": list(drift.notices),
    }
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _aspect(aspect: Aspect) -> dict[str, Any]:
    fields = asdict(aspect)
    for change, found in zip(fields["changes"], aspect.changes, strict=True):
        change["difference"]["caution"] = found.difference.caution
        change["drifted"] = found.what in aspect.drifted
    del fields["drifted"]
    plain: dict[str, Any] = without_nan(fields)
    return plain
