"""The safety queue for people and for programs: a table, JSON records, CSV rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .safety_queue import SafetyQueue
from .triage.queue import is_open, is_overdue

COLUMNS = (
    "flag_id",
    "kind",
    "status",
    "overdue",
    "note_id",
    "hcp_id",
    "brand",
    "date",
    "aware_at",
    "detected_at",
    "due_at",
    "decided_at",
    "reason",
    "probability",
    "start",
    "end",
    "evidence",
    "masked",
    "detector",
)
"""`status` is open or closed, `overdue` true or false, dates are ISO; the rest is that of the table `flags`."""


def queue_page(queue: SafetyQueue, shown: SafetyQueue) -> RenderableType:
    """A table of the flags shown, most urgent first, and the reconciliation of all."""
    line = Text(reconciliation(queue, shown))
    if not shown.flags:
        return line
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("due", "status", "kind", "physician", "brand", "note"):
        table.add_column(heading, no_wrap=heading in ("due", "status"))
    table.add_column("words", ratio=1)
    table.add_column("flag", no_wrap=True)
    for record in records(shown):
        status = "overdue" if record["overdue"] else record["status"]
        style = {"overdue": "bold red", "open": "yellow"}.get(status, "dim")
        names = (record["kind"].replace("_", " "), record["hcp_id"], record["brand"], record["note_id"])
        texts = (*names, record["evidence"], record["flag_id"])
        table.add_row(record["due_at"], Text(status, style=style), *(Text(text or "–") for text in texts))
    return Group(table, line)


def reconciliation(queue: SafetyQueue, shown: SafetyQueue) -> str:
    """The reconciliation of the whole queue, and how much of it is shown."""
    hidden = len(queue.flags) - len(shown.flags)
    return queue.reconciliation() + (f"; {len(shown.flags):,} shown" if hidden else "")


def records(queue: SafetyQueue) -> list[dict[str, Any]]:
    """One object a flag with the fields COLUMNS."""
    found = []
    for flag in queue.flags:
        status = "open" if is_open(flag, queue.as_of) else "closed"
        row = {**flag, "status": status, "overdue": is_overdue(flag, queue.as_of)}
        found.append({name: _plain(row[name]) for name in COLUMNS})
    return found


def csv_rows(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records with true and false as they are written in JSON."""
    return [
        {name: str(value).lower() if isinstance(value, bool) else value for name, value in record.items()}
        for record in found
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
