"""Rejected rows as a file of their own, for whoever mends them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from .runs import published_file


def write_rejects(target: Path, rejects: pa.Table) -> None:
    """Rejects (schema `records.derived.REJECTS`) as JSON lines, whole rows included."""
    with published_file(target) as partial, partial.open("w", encoding="utf-8") as file:
        for row in rejects.to_pylist():
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
