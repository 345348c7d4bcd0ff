"""What the roster and the notes say of physicians: names that are never a patient's, and countries."""

from __future__ import annotations

import pyarrow as pa

from .triage import name_forms


def known_names(hcps: pa.Table, notes: pa.Table | None = None) -> frozenset[str]:
    """Full names of physicians and reps, and the brands that the notes name, in the forms that redaction compares.

    A surname alone is left out: a patient may share it, and a name too many behind a placeholder does less harm than
    one too few.
    """
    people = name_forms(name for name in hcps["name"].to_pylist() if name)
    if notes is None:
        return _full(people)
    reps, brands = (name_forms(filter(None, notes[column].unique().to_pylist())) for column in ("rep_id", "brand"))
    return _full(people | reps) | brands


def _full(forms: frozenset[str]) -> frozenset[str]:
    return frozenset(form for form in forms if " " in form)


def countries(hcps: pa.Table, notes: pa.Table) -> dict[str, str]:
    """Each physician's country by `hcp_id`: the roster's, else that of the latest note that names one."""
    known: dict[str, str] = {}
    for table in (notes.sort_by("date"), hcps):
        pairs = zip(table["hcp_id"].to_pylist(), table["country"].to_pylist(), strict=True)
        known |= {hcp_id: country for hcp_id, country in pairs if country}
    return known
