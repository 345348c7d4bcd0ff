"""A file of notes → a file of tasks to label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from ...errors import InputError
from ...inference.insights import Annotator, InsightModel
from ...inference.progress import Reporter
from ...inference.records import TABLES, ColumnMap, Notices, RejectLog, check_rejects, read_table
from ...inference.roster import known_names
from ...inference.triage import Triage
from ..sampling_strategy import Strategy
from .distinct_texts import distinct_texts
from .doubts import certainty, disagreeing, uncertain
from .label_scheme import LabelScheme
from .label_studio_tasks import Task, labelling_task, write_tasks
from .opinions import Opinions, read_opinions
from .picking import Candidate, Pick, pick_notes
from .stratified import Stratum
from .suggestions import suggested_labels

STRATA = ("brand", "country", "specialty", "channel", "rep_id", "hcp_id")
"""What notes can be stratified by."""

_NOT_SAID = "(not said)"


@dataclass(frozen=True)
class SamplingPlan:
    """What to pick and how.

    Attributes:
        count: how many notes.
        model: whose doubts and suggestions count.
        other: a second model to disagree with; None: the model's own two views.
        strategy: how notes are picked.
        stratify: columns of `STRATA` that random draws are stratified by.
        seed: the same seed and notes give the same tasks.
        raw: show the notes as they are, not redacted; else those that triage cannot read are left out.
        max_rejects: the share of rows that may be bad.
        column_map: which of the user's columns is which.
    """

    count: int
    model: InsightModel
    other: InsightModel | None = None
    strategy: Strategy = Strategy.MIXED
    stratify: tuple[str, ...] = ()
    seed: int = 7
    raw: bool = False
    max_rejects: float = 0.01
    column_map: ColumnMap | None = None


@dataclass(frozen=True)
class SampleReport:
    """What was picked, and from what.

    Attributes:
        picked: notes by strategy.
        notes: how many there were.
        left_out: notes that say nothing or are copies.
        unread: notes left out because triage cannot read them, so that it may miss what identifies a patient.
    """

    picked: Mapping[str, int]
    notes: int
    left_out: int
    unread: int


def sample_file(source: Path, target: Path, plan: SamplingPlan, reporter: Reporter) -> SampleReport:
    """Pick notes of a file or folder; write them as tasks, and the labelling configuration beside them.

    Raises:
        InputError: a file that cannot be read or of which no note can be shown, a column that cannot stratify, more
            strata than notes drawn at random.
        TooManyRejectsError: more than the share `max_rejects` of the rows was bad.
    """
    _require_strata(plan.stratify)
    notes = _read_notes(source, plan, reporter)
    names = known_names(TABLES["hcps"].schema.empty_table(), notes)
    rows = [row for row in notes.to_pylist() if plan.raw or _is_read(row["text"], names)]
    unread = len(notes) - len(rows)
    standing = _standing(rows, plan.stratify)
    if not standing:
        raise InputError(f"{source} holds no note with a text{_and_unread(unread)}")
    kept = [rows[row] for row in standing]
    opinions = read_opinions([row["text"] for row in kept], plan.model, reporter, other=plan.other, known_names=names)
    candidates = _candidates(kept, list(standing.values()), opinions, plan.stratify)
    picks = pick_notes(candidates, plan.count, plan.strategy, plan.seed)
    sure = dict(zip((row["note_id"] for row in kept), certainty(opinions), strict=True))
    by_id = {row["note_id"]: row for row in kept}
    write_tasks(_tasks(picks, by_id, sure, plan, names), LabelScheme.of(plan.model.taxonomy), target)
    picked = Counter(str(pick.strategy) for pick in picks)
    return SampleReport(picked, len(notes), len(rows) - len(kept), unread)


def _require_strata(columns: Sequence[str]) -> None:
    for column in columns:
        if column not in STRATA:
            raise InputError(f"notes cannot be stratified by {column!r}: use {', '.join(STRATA)}")


def _read_notes(source: Path, plan: SamplingPlan, reporter: Reporter) -> pa.Table:
    rejects, notices = RejectLog(), Notices()
    notes = read_table(source, TABLES["notes"], column_map=plan.column_map, rejects=rejects, notices=notices)
    check_rejects(rejects, plan.max_rejects)
    for message in (*notices, *(f"rejected: {reject}" for reject in rejects)):
        reporter.notice(message)
    return notes


def _is_read(text: str, names: frozenset[str]) -> bool:
    return Triage(names).of(text).unread is None


def _and_unread(count: int) -> str:
    if not count:
        return ""
    return (
        f" that can be shown: {count:,} in a language in which patient identifiers cannot be found; "
        "--no-redact shows notes as they are"
    )


def _standing(rows: Sequence[Mapping[str, Any]], stratify: Sequence[str]) -> dict[int, int]:
    texts, ids = ([row[name] for row in rows] for name in ("text", "note_id"))
    return distinct_texts(texts, ids, [(row["hcp_id"], _stratum(row, stratify)) for row in rows])


def _candidates(
    rows: Sequence[Mapping[str, Any]], copies: Sequence[int], opinions: Opinions, stratify: Sequence[str]
) -> list[Candidate]:
    return [
        Candidate(row["note_id"], row["hcp_id"], row["text"], _stratum(row, stratify), count, unsure, contested)
        for row, count, unsure, contested in zip(rows, copies, uncertain(opinions), disagreeing(opinions), strict=True)
    ]


def _stratum(row: Mapping[str, Any], columns: Sequence[str]) -> Stratum:
    return tuple(row[column] or _NOT_SAID for column in columns)


def _tasks(
    picks: Sequence[Pick],
    rows: Mapping[str, Mapping[str, Any]],
    sure: Mapping[str, float | None],
    plan: SamplingPlan,
    names: frozenset[str],
) -> list[Task]:
    annotator = Annotator(plan.model, triage=Triage(names))
    picked = [pick.candidate for pick in picks]
    annotations = annotator.annotate([candidate.text for candidate in picked])
    tasks = []
    for pick, annotation in zip(picks, annotations, strict=True):
        note = pick.candidate
        tasks.append(
            labelling_task(
                rows[note.note_id],
                suggested_labels(note.note_id, note.hcp_id, note.text, annotation, raw=plan.raw),
                model_version=plan.model.annotator,
                score=sure[note.note_id],
                meta=pick.meta(plan.stratify, plan.seed),
            )
        )
    return tasks
