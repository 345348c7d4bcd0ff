"""When a person has to have decided about a flag."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from ..records.derived import FLAGS
from .business_days import business_days_after

BUSINESS_DAYS: Mapping[str, int] = {
    "adverse_event": 1,  # what companies commonly ask of everybody who hears of one
    "product_complaint": 1,
    "off_label": 5,
    "medical_inquiry": 5,
}
"""Business days from awareness until a flag is due, by its kind."""


def with_due_times(flags: pa.Table, countries: Mapping[str, str], detected_at: date) -> pa.Table:
    """FLAGS rows with `aware_at`, `detected_at` and `due_at`.

    A company is aware of what its rep heard on the day of the note or answer. Where there is no such day, or it lies
    after `detected_at`, awareness is not known and the business days count from `detected_at`, the day the run looks
    from. `countries` are those of the physicians, by `hcp_id`; `business_days_after` says what holds for the others.
    """
    rows = []
    for flag in flags.to_pylist():
        said = flag["date"]
        aware_at = said if said is not None and said <= detected_at else None
        country = countries.get(flag["hcp_id"])
        due_at = business_days_after(aware_at or detected_at, BUSINESS_DAYS[flag["kind"]], country)
        rows.append(flag | {"aware_at": aware_at, "detected_at": detected_at, "due_at": due_at})
    return pa.Table.from_pylist(rows, schema=FLAGS)
