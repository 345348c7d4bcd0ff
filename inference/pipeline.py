"""The whole way: canonical tables in, a published run out. Stages read like the list they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from ..embeddings import Encoder
from ..errors import InputError
from ..prompts import Taxonomy
from .insights import (
    Annotator,
    InsightModel,
    InsightTables,
    PicklistReader,
    insight_tables,
    note_insights,
    read_statements,
    survey_insights,
)
from .profiles import ProfileTables, build_profiles
from .progress import Reporter
from .records import ColumnMap, Inputs, TooManyRejectsError, load_inputs
from .records.catalogue import load_catalogue
from .rejects_file import write_rejects
from .roster import known_names
from .runs import InputFileRecord, Manifest, Run, require_publishable, write_run
from .triage.queue import with_dispositions
from .triage.rejected import reject_flags


@dataclass(frozen=True)
class RunPlan:
    """What to run with.

    Attributes:
        model: heads that read notes and answers; answers are read even where the notes' statements are given.
        encoder: the encoder the heads were trained over.
        taxonomy: the topics of statements and profiles.
        statements_file: statements of the notes, given instead of inferred.
        modules: the catalogue to keep with the run, so that it can be matched later.
        as_of: the day to look from; the last day of the input if None.
        max_rejects: the share of bad rows at which a run stops.
        column_map: which of the input's columns is which.
    """

    model: InsightModel
    encoder: Encoder
    taxonomy: Taxonomy
    statements_file: Path | None = None
    modules: Path | None = None
    as_of: date | None = None
    max_rejects: float = 0.01
    column_map: ColumnMap | None = None


def run_files(paths: Mapping[str, Path], plan: RunPlan, target: Path, reporter: Reporter) -> Run:
    """Read the tables by name, infer, profile and publish.

    Raises:
        InputError: what `load_inputs` and `run_pipeline` raise.
        TooManyRejectsError: too many bad rows; all of them lie beside the target.
    """
    try:
        inputs = load_inputs(paths, as_of=plan.as_of, max_rejects=plan.max_rejects, column_map=plan.column_map)
    except TooManyRejectsError as e:
        beside = target.with_name(f"{target.name}.rejects.jsonl")
        write_rejects(beside, e.rejects)
        raise TooManyRejectsError(f"{e}; all of them lie in {beside}", e.rejects) from e
    return run_pipeline(inputs, plan, target, reporter)


def run_pipeline(inputs: Inputs, plan: RunPlan, target: Path, reporter: Reporter) -> Run:
    """Infer, profile and publish; the folder at `target` is replaced whole or left as it was.

    Raises:
        InputError: the target exists and is no run, or a given statement does not fit its note.
        HcplensError: the disk is full, or another process writes there.
    """
    started = datetime.now(UTC)
    require_publishable(target)
    catalogue = load_catalogue(plan.modules) if plan.modules else None
    notices = (*inputs.notices, *(catalogue.notices if catalogue else ()))
    for notice in notices:
        reporter.notice(notice)
    insights = _insights(inputs, plan, reporter)
    flags = pa.concat_tables([insights.flags, reject_flags(inputs.rejects)])
    flags = with_dispositions(flags, inputs.dispositions)
    with reporter.stage("profiles", None, "rows") as done:
        profiles = build_profiles(
            statements=insights.statements,
            channel_statements=insights.channel_statements,
            content_events=inputs.content_events,
            consents=inputs.consents,
            hcps=inputs.hcps,
            taxonomy=plan.taxonomy,
            as_of=inputs.as_of,
        )
        done(len(profiles.profiles))
    tables = _tables(inputs, insights, flags, profiles)
    manifest = _manifest(inputs, plan, tables, insights, notices, started)
    write_run(target, tables, plan.taxonomy, manifest, catalogue)
    return Run.open(target)


def _insights(inputs: Inputs, plan: RunPlan, reporter: Reporter) -> InsightTables:
    names = known_names(inputs.hcps, inputs.notes)
    annotator = Annotator(plan.model, plan.encoder, known_names=names)
    with reporter.stage("notes", len(inputs.notes), "notes") as done:
        if plan.statements_file is None:
            picklists = PicklistReader(plan.model, plan.encoder)
            notes = note_insights(inputs.notes, annotator, picklists, done)
        else:
            notes = _given_insights(inputs.notes, plan.statements_file, plan.taxonomy)
            done(len(inputs.notes))
    with reporter.stage("surveys", len(inputs.surveys), "answers") as done:
        surveys = survey_insights(inputs.surveys, annotator, done)
    return InsightTables.concat([notes, surveys])


def _given_insights(notes: pa.Table, path: Path, taxonomy: Taxonomy) -> InsightTables:
    texts = dict(zip(notes["note_id"].to_pylist(), notes["text"].to_pylist(), strict=True))
    given = read_statements(path, texts, taxonomy)
    rows = [row for row in notes.drop_columns(["text"]).to_pylist() if row["note_id"] in given]
    if not rows:
        raise InputError(f"{path} has statements of none of the notes given: do the note ids match?")
    return insight_tables("note", "note_id", rows, [given[row["note_id"]] for row in rows])


def _tables(inputs: Inputs, insights: InsightTables, flags: pa.Table, profiles: ProfileTables) -> dict[str, pa.Table]:
    return {
        "raw_notes": inputs.notes,
        "insights": insights.statements,
        "channel_statements": insights.channel_statements,
        "flags": flags,
        "redactions": insights.redactions,
        "profiles": profiles.profiles,
        "transitions": profiles.transitions,
        "conflicts": profiles.conflicts,
        "channels": profiles.channels,
        "stages": profiles.stages,
        "rejects": inputs.rejects,
        "hcps": inputs.hcps,
        "consents": inputs.consents,
        "content_events": inputs.content_events,
        "surveys": inputs.surveys,
        "labels": inputs.labels,
    }


def _manifest(
    inputs: Inputs,
    plan: RunPlan,
    tables: Mapping[str, pa.Table],
    insights: InsightTables,
    notices: tuple[str, ...],
    started: datetime,
) -> Manifest:
    model = plan.model
    return Manifest(
        hcplens=version("hcplens"),
        as_of=inputs.as_of,
        started_at=started,
        finished_at=datetime.now(UTC),
        inputs=tuple(
            InputFileRecord(table=file.table, name=Path(file.path).name, bytes=file.bytes, sha256=file.sha256)
            for file in inputs.files
        ),
        configuration={
            "statements": plan.statements_file.name if plan.statements_file else None,
            "modules": plan.modules.name if plan.modules else None,
            "max_rejects": plan.max_rejects,
            "column_map": plan.column_map.name if plan.column_map else None,
            "precision": plan.encoder.precision,
        },
        model={"name": model.annotator, "sha256": model.digest, "encoder_sha256": model.encoder_digest},
        taxonomy_digest=plan.taxonomy.digest,
        counts={name: len(table) for name, table in tables.items()},
        unread=dict(insights.unread),
        notices=notices,
        files={},
    )
