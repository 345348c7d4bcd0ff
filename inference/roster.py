"""What the roster and the notes say of physicians: names that are never a patient's, and countries."""

from __future__ import annotations

import pyarrow as pa

from .triage import name_forms


def known_names(hcps: pa.Table, notes: pa.Table | None = None) -> frozenset[str]:
    """Physicians' full names, and the brands and reps that the notes name, in the forms that redaction compares.

    A physician's surname alone is left out: a patient may share it, and a name too many behind a placeholder does
    less harm than one too few.
    """
    physicians = name_forms(name for name in hcps["name"].to_pylist() if name)
    full_names = frozenset(form for form in physicians if " " in form)
    if notes is None:
        return full_names
    return full_names | name_forms(
        value for column in ("brand", "rep_id") for value in notes[column].unique().to_pylist() if value
    )


def countries(hcps: pa.Table, notes: pa.Table) -> dict[str, str]:
    """Each physician's country by `hcp_id`: the roster's, else that of the latest note that names one."""
    known: dict[str, str] = {}
    for table in (notes.sort_by("date"), hcps):
        pairs = zip(table["hcp_id"].to_pylist(), table["country"].to_pylist(), strict=True)
        known |= {hcp_id: country for hcp_id, country in pairs if country}
    return known
