"""Options that several commands have."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DAY_FORMATS = ["%Y-%m-%d"]

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=DAY_FORMATS, help="Look from this day.")]
Hcp = Annotated[str | None, typer.Option("--hcp", help="Only this physician.")]
Brand = Annotated[str | None, typer.Option("--brand", help="Only this brand.")]


class TableFormat(StrEnum):
    """How results are shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Format = Annotated[TableFormat, typer.Option("--format", help="How to show it.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of standard output.")]


def as_day(moment: datetime | None) -> date | None:
    """The day that an option names."""
    return moment.date() if moment else None
