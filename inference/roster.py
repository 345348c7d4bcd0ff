"""Names that are never a patient's: physicians of the roster, reps and products."""

from __future__ import annotations

import pyarrow as pa

from .triage import name_forms


def known_names(hcps: pa.Table, notes: pa.Table | None = None) -> frozenset[str]:
    """Physicians' names, and the brands and reps that the notes name, in the forms that redaction compares."""
    names = [name for name in hcps["name"].to_pylist() if name]
    if notes is not None:
        names += [value for column in ("brand", "rep_id") for value in notes[column].unique().to_pylist() if value]
    return name_forms(names)
