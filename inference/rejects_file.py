"""Rejected rows as a file of their own, for whoever mends them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from .runs import published_file


def write_rejects(target: Path, rejects: pa.Table) -> None:
    """Rejects (schema `records.derived.REJECTS`) as JSON lines, whole rows included; only the owner can read them."""
    with published_file(target) as partial:
        partial.touch(mode=0o600)
        partial.chmod(0o600)
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rejects.to_pylist())
        partial.write_text("".join(lines), encoding="utf-8")
