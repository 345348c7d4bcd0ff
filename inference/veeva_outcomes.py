"""Feedback on suggestions, from an export of Veeva CRM to a file of outcomes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from ..errors import InputError
from .formatting import csv_text
from .progress import Reporter
from .records import Notices, RejectLog, VeevaMap, check_rejects
from .records.veeva import OUTCOMES, read_feedback
from .runs import published_file
from .targets import require_file_target
from .veeva_export import LOG_FILE

SUGGESTED = ("hcp_id", "brand", "as_of", "module_id", "channel", "rank", "decision_id")
"""What the log of suggestions adds to an outcome."""


def write_outcomes(
    export: Path,
    target: Path,
    names: VeevaMap,
    reporter: Reporter,
    *,
    suggestions: Path | None = None,
    max_rejects: float = 0.01,
) -> int:
    """Write what `read_feedback` reads as CSV, times in ISO with their zone; answers how many outcomes there are.

    With `suggestions`, the folder that `match --format veeva` wrote, each outcome also says what was suggested to whom
    (SUGGESTED, empty where the folder does not know it).

    Raises:
        InputError: what `read_feedback` raises, a folder without its log, or a target that cannot be written.
        TooManyRejectsError: more than the share `max_rejects` of the rows was bad.
    """
    require_file_target(target, sources=[export])
    suggested = _suggested(suggestions) if suggestions else {}
    rejects, notices = RejectLog(), Notices()
    outcomes = read_feedback(export, names, rejects, notices).to_pylist()
    check_rejects(rejects, max_rejects)
    for message in (*notices, *(f"not used: {reject}" for reject in rejects)):
        reporter.notice(message)
    rows = [
        suggested.get(outcome["suggestion_id"], {}) | outcome | {"at": outcome["at"].isoformat()}
        for outcome in outcomes
    ]
    with published_file(target) as partial:
        partial.write_text(csv_text(rows, _columns(suggestions)), encoding="utf-8", newline="")
    return len(outcomes)


def _columns(suggestions: Path | None) -> tuple[str, ...]:
    return (*OUTCOMES.names, *(SUGGESTED if suggestions else ()))


def _suggested(folder: Path) -> dict[str, Mapping[str, str]]:
    try:
        with (folder / LOG_FILE).open(encoding="utf-8", newline="") as file:
            return {row["suggestion_id"]: row for row in csv.DictReader(file)}
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as e:
        raise InputError(f"{folder} is not what `match --format veeva` wrote: it has no readable {LOG_FILE}") from e
