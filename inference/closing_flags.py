"""A person closes a flag: the decision goes to a file, for a run is never changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ..errors import InputError
from .dispositions_file import Disposition, append_disposition
from .records.notices import counted
from .safety_queue import Row, SafetyQueue


def close_flag(queue: SafetyQueue, flag_id: str, reason: str, decided_at: date, dispositions: Path) -> str:
    """Add the decision to a CSV file, and say what it closes: all flags of one kind in a note.

    Raises:
        InputError: no such flag, no reason, a day before the flag was known or after today, or what
            `append_disposition` raises.
    """
    flag = next((flag for flag in queue.flags if flag["flag_id"] == flag_id), None)
    if flag is None:
        run = queue.run.folder
        raise InputError(f"{run} has no flag {flag_id!r}: hcplens flags {run} lists them")
    reason = " ".join(reason.split())
    if not reason or not reason.isprintable():
        raise InputError(f"the reason {reason!r} cannot be kept: say in plain words why the flag is closed")
    _require_day(flag, decided_at)
    decision = Disposition(flag["note_id"], flag["kind"], "closed", decided_at, reason)
    is_new = append_disposition(dispositions, decision)
    same = sum((other["note_id"], other["kind"]) == (decision.note_id, decision.kind) for other in queue.flags)
    closed = f"{counted(same, 'flag')} of kind {decision.kind} in {decision.note_id} closed on {decided_at}"
    return f"{closed}; {f'written to {dispositions}' if is_new else f'{dispositions} had this decision already'}"


def _require_day(flag: Row, decided_at: date) -> None:
    if decided_at > date.today():
        raise InputError(f"--decided-at {decided_at} lies in the future: a decision counts from the day it was taken")
    if flag["aware_at"] is not None and decided_at < flag["aware_at"]:
        raise InputError(f"--decided-at {decided_at} lies before {flag['aware_at']}, the day of {flag['note_id']}")
