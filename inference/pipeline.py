"""The whole way: canonical tables in, a published run out. Stages read like the list they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from ..errors import InputError
from .catalogue import read_catalogue
from .given_insights import given_insights, with_uses, within
from .insights import (
    Annotator,
    InsightTables,
    PicklistReader,
    note_insights,
    survey_insights,
)
from .profiles import ProfileTables, build_profiles
from .progress import Reporter
from .records import (
    Inputs,
    Notices,
    RejectLog,
    TooManyRejectsError,
    load_inputs,
)
from .records.catalogue import Catalogue
from .records.notices import counted
from .rejected_records import canonical_records, refusals
from .rejects_file import write_rejects
from .roster import countries, known_names
from .run_manifest import run_manifest
from .run_plan import RunPlan
from .runs import Run, require_publishable, write_run
from .targets import require_file_target, require_reachable
from .triage import ApprovedUses, Triage
from .triage.due_times import with_due_times
from .triage.queue import with_dispositions
from .triage.rejected import reject_flags

_OPTIONS = {"content_events": "events"}
"""What the command line calls a table, where that is another name."""


def run_files(paths: Mapping[str, Path], plan: RunPlan, target: Path, reporter: Reporter) -> Run:
    """Read the tables by name, infer, profile and publish.

    Raises:
        InputError: there is no note to use though notes were named, or what `load_inputs` and `run_pipeline` raise.
        TooManyRejectsError: too many bad rows; all of them lie beside the target.
    """
    require_publishable(target)
    require_reachable(target)
    beside = target.resolve().with_name(f"{target.resolve().name}.rejects.jsonl")
    require_file_target(beside, sources=list(paths.values()))
    try:
        inputs = load_inputs(paths, as_of=plan.as_of, max_rejects=plan.max_rejects, column_map=plan.column_map)
    except TooManyRejectsError as e:
        write_rejects(beside, e.rejects, plan.column_map)
        raise TooManyRejectsError(f"{e}; all of them lie in {beside}", e.rejects) from e
    if "notes" in paths and not len(inputs.notes):
        raise InputError(_no_notes(paths["notes"], inputs, target))
    run = run_pipeline(inputs, plan, target, reporter)
    beside.unlink(missing_ok=True)
    return run


def _no_notes(source: Path, inputs: Inputs, target: Path) -> str:
    """Why there is no note, so that an export that failed never takes the place of a run that is good."""
    rejected = inputs.rejects["table"].to_pylist().count("notes")
    later = inputs.rows_read.get("notes", 0) - rejected
    found = [f"{rejected:,} rejected"] if rejected else []
    found += [f"{later:,} after {inputs.as_of}"] if later > 0 else []
    why = f" ({', '.join(found)})" if found else ""
    return f"{source} holds no note to use{why}: nothing was published in {target}"


def run_pipeline(inputs: Inputs, plan: RunPlan, target: Path, reporter: Reporter) -> Run:
    """Infer, profile and publish; the folder at `target` is replaced whole or left as it was.

    Raises:
        InputError: the target exists and is no run, a given statement does not fit its note, or the taxonomy is not
            the model's though the model is to find the notes' statements.
        HcplensError: the disk is full, or another process writes there.
    """
    started = datetime.now(UTC)
    require_publishable(target)
    require_reachable(target)
    _require_topics(plan)
    if plan.survey_map:
        plan.survey_map.require_topics(plan.taxonomy.ids)
    catalogue = read_catalogue(plan.modules) if plan.modules else None
    notices = Notices()
    if inputs.as_of_table is not None:
        table = _OPTIONS.get(inputs.as_of_table, inputs.as_of_table)
        reporter.notice(f"looking from {inputs.as_of}, the last day in {table}; --as-of names another")
    unused = _module_rejects(catalogue)
    for notice in (*inputs.notices, *(catalogue.notices if catalogue else ())):
        _tell(notice, notices, reporter)
    for reject in unused:
        _tell(f"module not used: {reject}", notices, reporter)
    insights = _insights(inputs, plan, notices, reporter)
    rejected = canonical_records(inputs.rejects, plan.column_map)
    consents = pa.concat_tables([inputs.consents, refusals(rejected, inputs.as_of)])
    inputs = replace(inputs, consents=consents)
    flags = pa.concat_tables([insights.flags, reject_flags(rejected)])
    flags = with_due_times(flags, countries(inputs.hcps, inputs.notes), inputs.as_of)
    flags = with_dispositions(flags, inputs.dispositions)
    with reporter.stage("profiles", None, "rows") as done:
        profiles = build_profiles(
            statements=insights.statements,
            channel_statements=insights.channel_statements,
            uses=insights.uses,
            content_events=inputs.content_events,
            consents=inputs.consents,
            hcps=inputs.hcps,
            taxonomy=plan.taxonomy,
            as_of=inputs.as_of,
            channel_rules=plan.channel_rules,
        )
        done(len(profiles.profiles))
    rejects = pa.concat_tables([inputs.rejects, unused.to_table()])
    tables = _tables(inputs, rejects, insights, flags, profiles)
    manifest = run_manifest(inputs, plan, tables, insights, notices.messages, started)
    write_run(target.resolve(), tables, plan.taxonomy, manifest, catalogue)
    return Run.open(target)


def _require_topics(plan: RunPlan) -> None:
    if plan.statements_file is None and plan.taxonomy.digest != plan.model.taxonomy.digest:
        raise InputError(
            f"the taxonomy {plan.taxonomy.name} is not that of the model, which finds the statements: give them with "
            "--statements, or train a model for it (hcplens train --taxonomy) and name it with --model"
        )


def _tell(message: str, notices: Notices, reporter: Reporter) -> None:
    notices.add(message)
    reporter.notice(message)


def _insights(inputs: Inputs, plan: RunPlan, notices: Notices, reporter: Reporter) -> InsightTables:
    triage = Triage(known_names(inputs.hcps, inputs.notes), ApprovedUses.of(inputs.labels.to_pylist()))
    annotator = Annotator(plan.model, triage=triage)
    with reporter.stage("notes", len(inputs.notes), "notes") as done:
        if plan.statements_file is None:
            picklists = PicklistReader(plan.model)
            notes = note_insights(inputs.notes, annotator, picklists, done)
        else:
            given = given_insights(inputs.notes, plan.statements_file, plan.taxonomy, triage)
            notes = with_uses(given, inputs.notes, annotator, done)
    with reporter.stage("surveys", len(inputs.surveys), "answers") as done:
        read = survey_insights(inputs.surveys, annotator, done, plan.survey_maps)
    surveys = within(read, plan.taxonomy)
    if left_out := len(read.statements) - len(surveys.statements):
        _tell(
            f"surveys: {counted(left_out, 'statement')} not used, on topics that the taxonomy {plan.taxonomy.name} "
            "does not have",
            notices,
            reporter,
        )
    return InsightTables.concat([notes, surveys])


def _module_rejects(catalogue: Catalogue | None) -> RejectLog:
    log = RejectLog()
    for reject in catalogue.rejects if catalogue else ():
        log.append(reject)
    return log


def _tables(
    inputs: Inputs,
    rejects: pa.Table,
    insights: InsightTables,
    flags: pa.Table,
    profiles: ProfileTables,
) -> dict[str, pa.Table]:
    return {
        "raw_notes": inputs.notes,
        "insights": insights.statements,
        "channel_statements": insights.channel_statements,
        "uses": insights.uses,
        "flags": flags,
        "redactions": insights.redactions,
        "profiles": profiles.profiles,
        "transitions": profiles.transitions,
        "conflicts": profiles.conflicts,
        "channels": profiles.channels,
        "stages": profiles.stages,
        "rejects": rejects,
        "hcps": inputs.hcps,
        "consents": inputs.consents,
        "content_events": inputs.content_events,
        "surveys": inputs.surveys,
        "labels": inputs.labels,
    }
