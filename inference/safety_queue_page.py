"""The safety queue for people and for programs: a page, JSON records, CSV rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
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

_STYLES = {"overdue": "bold red", "open": "yellow"}


def queue_page(queue: SafetyQueue, shown: SafetyQueue) -> RenderableType:
    """The flags shown, most urgent first, each with its words over the full width, and the reconciliation of all."""
    line = Text(reconciliation(queue, shown))
    return Group(*(_entry(record) for record in records(shown)), line)


def _entry(record: dict[str, Any]) -> RenderableType:
    """When it is due and what it is; the words; whom it concerns, and the id that `flags close` takes."""
    status = "overdue" if record["overdue"] else record["status"]
    head = Text.assemble(
        f"due {record['due_at']}  ",
        (f"{status:<7}", _STYLES.get(status, "dim")),
        f"  {record['kind'].replace('_', ' ')} in {record['note_id']}",
    )
    words = f"“{record['evidence']}”" if record["evidence"] else "(no words)"
    whose = " · ".join((record["hcp_id"] or "–", record["brand"] or "–", f"flag {record['flag_id']}"))
    return Group(head, *(Padding(Text(text), (0, 0, 0, 2), expand=False) for text in (words, whose)), "")


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
