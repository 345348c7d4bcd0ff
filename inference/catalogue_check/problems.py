"""What a check of a catalogue can find, problem by problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

Severity = Literal["error", "warning"]
Code = Literal[
    "unreadable",
    "duplicate_id",
    "status",
    "expired",
    "approved_in_future",
    "no_approval_date",
    "no_expiry_date",
    "dates_reversed",
    "no_claims",
    "claim",
    "claim_text",
    "text",
    "text_differs",
    "asset",
    "asset_absent",
    "asset_text",
    "no_country",
    "unknown_country",
    "no_language",
    "unknown_language",
    "no_audience",
    "no_channel",
    "unknown_channel",
]
CODES: tuple[Code, ...] = get_args(Code)
"""In the order in which they are told of a module."""

COLUMNS = ("module_id", "severity", "code", "field", "value", "message", "file", "row")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a module; `module_id` is None where a line does not even tell its id.

    An error keeps a module that calls itself approved from being shown as meant, or leaves open what was approved. A
    warning is worth a look; so are the dates and parts of modules that are not approved anyway. `file` and `row` are
    known of lines that could not be read.
    """

    module_id: str | None
    severity: Severity
    code: Code
    field: str | None
    value: str | None
    message: str
    file: str | None = None
    row: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Object with the keys COLUMNS."""
        return {name: getattr(self, name) for name in COLUMNS}
