"""Files of texts → files of annotations, streamed in batches so that memory stays flat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from .insights import Annotation, LabelModel, PicklistReader, annotate_notes
from .insights.annotation_file import ANNOTATIONS, LABELS, Record, record_writer
from .insights.stage import BATCH_ROWS, TextReader
from .progress import Reporter
from .records import (
    TABLES,
    Column,
    ColumnMap,
    Notices,
    RejectLog,
    TableSpec,
    TooManyRejectsError,
    check_rejects,
    estimated_rows,
    read_rows,
)
from .rejected_records import canonical_records
from .rejects_file import write_rejects
from .runs import published_file
from .targets import require_file_target
from .triage.rejected import reject_flags

TEXTS = TableSpec(
    "texts", (Column("id", required=True), Column("text", required=True, verbatim=True, may_be_empty=True)), key=("id",)
)


@dataclass(frozen=True)
class AnnotationReport:
    """What `annotate` did: `counts` of texts, claims, flags, unread and rejects; where the rejects lie, if any."""

    target: Path
    counts: Mapping[str, int]
    rejects_file: Path | None


def annotate_file(
    source: Path,
    target: Path,
    annotator: TextReader,
    picklists: PicklistReader,
    reporter: Reporter,
    *,
    max_rejects: float = 0.01,
    column_map: ColumnMap | None = None,
    batch_rows: int = BATCH_ROWS,
) -> AnnotationReport:
    """Annotate the notes of a file or folder; `target` appears whole or not at all.

    Raises:
        InputError: a file that cannot be read, or a target that cannot be written.
        TooManyRejectsError: more than the share `max_rejects` of the rows was bad; they lie beside `target`.
    """
    counts: Counter[str] = Counter()

    def records(batch: pa.Table) -> list[Record]:
        annotations = annotate_notes(batch, annotator, picklists)
        for annotation in annotations:
            _count(counts, annotation)
        return [
            annotation.to_json(note_id)
            for note_id, annotation in zip(batch["note_id"].to_pylist(), annotations, strict=True)
        ]

    return _write_annotations(
        _Job(source, target, TABLES["notes"], ANNOTATIONS, max_rejects, column_map, batch_rows),
        records,
        counts,
        reporter,
    )


def label_file(
    source: Path, target: Path, model: LabelModel, reporter: Reporter, *, max_rejects: float = 0.01
) -> AnnotationReport:
    """Label the texts of a file with a user's own model; an empty text has no labels.

    Raises what `annotate_file` raises.
    """
    counts: Counter[str] = Counter()

    def records(batch: pa.Table) -> list[Record]:
        texts = batch["text"].to_pylist()
        found = [labels if text.strip() else [] for text, labels in zip(texts, model.annotate(texts), strict=True)]
        counts["labels"] += sum(map(len, found))
        return [
            {"id": identifier, "labels": [label.to_json() for label in labels]}
            for identifier, labels in zip(batch["id"].to_pylist(), found, strict=True)
        ]

    return _write_annotations(_Job(source, target, TEXTS, LABELS, max_rejects, None), records, counts, reporter)


@dataclass(frozen=True)
class _Job:
    source: Path
    target: Path
    spec: TableSpec
    schema: pa.Schema
    max_rejects: float
    column_map: ColumnMap | None
    batch_rows: int = BATCH_ROWS


def _write_annotations(
    job: _Job, records: Callable[[pa.Table], list[Record]], counts: Counter[str], reporter: Reporter
) -> AnnotationReport:
    rejects, notices = RejectLog(), Notices()
    rejects_file = job.target.with_name(job.target.name + ".rejects.jsonl")
    for target in (job.target, rejects_file):
        require_file_target(target, sources=[job.source])
    try:
        with published_file(job.target) as partial, record_writer(partial, job.target, job.schema) as writer:
            with reporter.stage("reading", estimated_rows(job.source), job.spec.name) as done:
                batches = read_rows(
                    job.source,
                    job.spec,
                    column_map=job.column_map,
                    rejects=rejects,
                    notices=notices,
                    batch_rows=job.batch_rows,
                )
                for batch in batches:
                    writer.write(records(batch))
                    counts[job.spec.name] += len(batch)
                    done(len(batch))
            check_rejects(rejects, job.max_rejects)
            if rejects.count:  # before the annotations appear: no bad row may be in neither file
                write_rejects(rejects_file, rejects.to_table(), job.column_map)
    except TooManyRejectsError as e:
        write_rejects(rejects_file, e.rejects, job.column_map)
        raise TooManyRejectsError(f"{e}; all of them lie in {rejects_file}", e.rejects) from e
    for message in notices.messages:
        reporter.notice(message)
    counts["rejects"] = rejects.count
    if not rejects.count:
        rejects_file.unlink(missing_ok=True)
        return AnnotationReport(job.target, counts, None)
    _tell_flags(canonical_records(rejects.to_table(), job.column_map), reporter)
    return AnnotationReport(job.target, counts, rejects_file)


def _tell_flags(rejects: pa.Table, reporter: Reporter) -> None:
    """A rejected note has no annotation, but what the rules see in it must reach someone."""
    for flag in reject_flags(rejects).to_pylist():
        reporter.notice(f"a rejected row may hold an open matter: {flag['kind']} in {flag['note_id']}; look at it")


def _count(counts: Counter[str], annotation: Annotation) -> None:
    counts["statements"] += len(annotation.statements)
    counts["channel preferences"] += len(annotation.channel_statements)
    counts["flags"] += len(annotation.flags)
    counts["unread"] += annotation.unread is not None
