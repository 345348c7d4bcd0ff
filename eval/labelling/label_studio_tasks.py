"""Tasks that Label Studio imports: what is shown, what the model suggests, and why the note was picked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...inference.runs import write_owner_only
from .label_scheme import TEXT, LabelScheme
from .label_studio_config import labelling_config
from .labelled_notes import LabelledNote
from .region_results import region_results

NOTE_FIELDS = ("note_id", "hcp_id", "rep_id", "date", "channel", "brand", "specialty", "country")
"""What goes with the text into a task. Picklists do not: they may be typed freely and are not redacted."""

Task = dict[str, Any]


def labelling_task(
    row: Mapping[str, Any],
    suggestion: LabelledNote,
    *,
    model_version: str,
    score: float | None,
    meta: Mapping[str, Any],
) -> Task:
    """One task.

    Args:
        row: the note as it was read; its `NOTE_FIELDS` go into the task's data.
        suggestion: the text to show, and the labels to start from.
        model_version: who suggests.
        score: how sure the model is of the note, from 0.5 (on a threshold) to 1; None suggests nothing at all.
        meta: why the note was picked.
    """
    data = {name: _plain(row.get(name)) for name in NOTE_FIELDS} | {TEXT: suggestion.text}
    prediction = {"model_version": model_version, "score": score, "result": region_results(suggestion)}
    return {"data": data, "predictions": [] if score is None else [prediction], "meta": dict(meta)}


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def config_beside(target: Path) -> Path:
    """Where the labelling configuration of a file of tasks lies: `tasks.json` has `tasks.config.xml`."""
    return target.with_suffix(".config.xml")


def write_tasks(tasks: Sequence[Task], scheme: LabelScheme, target: Path) -> None:
    """Write the tasks, and the labelling configuration beside them; only the owner can read either."""
    write_owner_only(config_beside(target), labelling_config(scheme))
    write_owner_only(target, json.dumps(tasks, indent=1) + "\n")
