"""What Label Studio exports (as JSON) → labelled notes, one record a note and annotator."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import InputError
from ...inference.runs import write_owner_only
from .label_scheme import TEXT, LabelScheme
from .label_studio_tasks import NOTE_FIELDS
from .region_labels import RegionResult, labels_of

_RELATION = "relation"


class ExportedUser(BaseModel):
    """Who labelled, where the export says more than a number."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int | None = None
    email: str | None = None


class ExportedAnnotation(BaseModel):
    """One person's labels of one task."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    result: list[dict[str, Any]]
    was_cancelled: bool = False
    completed_by: int | ExportedUser | None = None
    updated_at: str = ""

    @property
    def annotator(self) -> str:
        """The e-mail address if it is known, else the user's number."""
        user = self.completed_by
        if isinstance(user, ExportedUser):
            return user.email or f"annotator-{user.id}"
        return f"annotator-{'unknown' if user is None else user}"


class ExportedData(BaseModel):
    """The note of a task, as `hcplens eval sample` wrote it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    note_id: str = Field(min_length=1)
    hcp_id: str = Field(min_length=1)
    text: str


class ExportedTask(BaseModel):
    """One task of the export."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int | str | None = None
    data: ExportedData
    annotations: list[ExportedAnnotation]
    meta: dict[str, Any] | None = None


@dataclass(frozen=True)
class ExportedLabels:
    """Labelled notes, and how many of what was not one: skipped, labelled again, without a label."""

    records: tuple[dict[str, Any], ...]
    counts: Mapping[str, int]


def read_export(path: Path, scheme: LabelScheme) -> ExportedLabels:
    """Read a JSON export; an annotator's latest labels of a note stand.

    Raises:
        InputError: naming file, task, field and value: no JSON export, or a label that cannot be used.
    """
    counts: Counter[str] = Counter()
    latest: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    for task in _read_tasks(path):
        where = f"{path}: task {task.id}, note {task.data.note_id!r}"
        counts["tasks without labels"] += not any(not one.was_cancelled for one in task.annotations)
        for annotation in task.annotations:
            if annotation.was_cancelled:
                counts["skipped by an annotator"] += 1
                continue
            record = _record(task, annotation, scheme, where, counts)
            key = (task.data.note_id, annotation.annotator)
            counts["labelled again by the same annotator"] += key in latest
            if key not in latest or annotation.updated_at >= latest[key][0]:
                latest[key] = (annotation.updated_at, record)
    records = tuple(record for _, (_, record) in sorted(latest.items()))
    return ExportedLabels(records, {name: count for name, count in counts.items() if count})


def write_labels(labels: ExportedLabels, target: Path) -> None:
    """One JSON object a line; only the owner can read them."""
    write_owner_only(target, "".join(json.dumps(record) + "\n" for record in labels.records))


def _read_tasks(path: Path) -> Iterator[ExportedTask]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError as e:
        raise InputError(f"cannot read {path} as a JSON export of Label Studio: it is nested too deeply") from e
    except (OSError, ValueError) as e:
        raise InputError(f"cannot read {path} as a JSON export of Label Studio: {e}") from e
    if not isinstance(found, list):
        raise InputError(f"{path} is no list of tasks: export from Label Studio as JSON")
    for number, record in enumerate(found, start=1):
        try:
            yield ExportedTask.model_validate(record)
        except ValidationError as e:
            problem = e.errors()[0]
            field = ".".join(map(str, problem["loc"]))
            raise InputError(
                f"{path}: task number {number}: {field}: {problem['msg']} "
                "(export as JSON, not as JSON-MIN, what `hcplens eval sample` wrote)"
            ) from e


def _record(
    task: ExportedTask, annotation: ExportedAnnotation, scheme: LabelScheme, where: str, counts: Counter[str]
) -> dict[str, Any]:
    data = task.data.model_dump()
    results = list(_results(annotation, where, counts))
    record = {name: data.get(name) for name in NOTE_FIELDS} | {TEXT: task.data.text}
    record |= labels_of(results, task.data.text, scheme, where, counts)
    record["annotator"] = annotation.annotator
    return record | ({"sampling": task.meta} if task.meta else {})


def _results(annotation: ExportedAnnotation, where: str, counts: Counter[str]) -> Iterator[RegionResult]:
    for number, result in enumerate(annotation.result, start=1):
        if result.get("type") == _RELATION:
            counts["relations between regions"] += 1
            continue
        try:
            yield RegionResult.model_validate(result)
        except ValidationError as e:
            problem = e.errors()[0]
            field = ".".join(map(str, problem["loc"]))
            raise InputError(f"{where}: result {number}: {field}: {problem['msg']} ({_kind(problem['input'])})") from e


def _kind(value: object) -> str:
    """What was found, but not its words: they may be a patient's."""
    if isinstance(value, (dict, list)):
        return f"found {type(value).__name__} of {len(value):,}"
    return f"found {type(value).__name__}, {len(str(value)):,} characters"
