"""The whole way: canonical tables in, a published run out. Stages read like the list they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from ..errors import InputError
from .assist import AssistedAnnotator
from .assistance import NOTES_AT_ONCE, tell_rehearsed
from .catalogue import read_catalogue
from .given_insights import given_insights, within
from .insights import (
    Annotator,
    InsightTables,
    PicklistReader,
    note_insights,
    survey_insights,
)
from .insights.stage import BATCH_ROWS, TextReader
from .precautions import refusals, reopenings
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
from .rejected_records import canonical_records
from .rejects_file import write_rejects
from .roster import countries, known_names
from .run_manifest import run_manifest
from .run_plan import RunPlan
from .runs import AssistanceRecord, Run, require_publishable, write_run
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
    require_target(target)
    beside = target.resolve().with_name(f"{target.resolve().name}.rejects.jsonl")
    require_file_target(beside, sources=list(paths.values()))
    try:
        inputs = _loaded(paths, plan)
    except TooManyRejectsError as e:
        write_rejects(beside, e.rejects, plan.column_map)
        raise TooManyRejectsError(f"{e}; all of them lie in {beside}", e.rejects) from e
    if "notes" in paths and not len(inputs.notes):
        if len(inputs.rejects):
            write_rejects(beside, inputs.rejects, plan.column_map)
        raise InputError(_no_notes(paths["notes"], inputs, target, beside))
    run = run_pipeline(inputs, plan, target, reporter)
    beside.unlink(missing_ok=True)
    return run


def rehearse_run(paths: Mapping[str, Path], plan: RunPlan, reporter: Reporter) -> None:
    """Read the notes as `run_files` would, for an assistance that tells what it would ask; nothing is published.

    Raises what `run_files` raises; bad rows are counted and not written.
    """
    _require_topics(plan)
    inputs = _loaded(paths, plan)
    if plan.assistance is None:
        raise InputError("there is nothing to rehearse: no language model would be asked")
    reader = plan.assistance.beside(_annotator(inputs, plan))
    _note_insights(inputs, plan, reader, reporter)
    tell_rehearsed(reader, plan.assistance.model, reporter)


def _loaded(paths: Mapping[str, Path], plan: RunPlan) -> Inputs:
    return load_inputs(paths, as_of=plan.as_of, max_rejects=plan.max_rejects, column_map=plan.column_map)


def require_target(target: Path) -> None:
    """Raise InputError where no run can be published at `target`."""
    require_publishable(target)
    require_reachable(target)


def _no_notes(source: Path, inputs: Inputs, target: Path, rejects_file: Path) -> str:
    """Why there is no note, so that an export that failed never takes the place of a run that is good."""
    rejected = inputs.rejects["table"].to_pylist().count("notes")
    later = inputs.rows_read.get("notes", 0) - rejected
    found = [f"{rejected:,} rejected"] if rejected else []
    found += [f"{later:,} after {inputs.as_of}"] if later > 0 else []
    why = f" ({', '.join(found)})" if found else ""
    rows = f"; the rejected rows lie in {rejects_file}" if len(inputs.rejects) else ""
    return f"{source} holds no note to use{why}: nothing was published in {target}{rows}"


def run_pipeline(inputs: Inputs, plan: RunPlan, target: Path, reporter: Reporter) -> Run:
    """Infer, profile and publish; the folder at `target` is replaced whole or left as it was.

    Raises:
        InputError: the target exists and is no run, a given statement does not fit its note, or the taxonomy is not
            the model's though the model is to find the notes' statements.
        HcplensError: the disk is full, or another process writes there.
    """
    started = datetime.now(UTC)
    require_target(target)
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
    annotator = _annotator(inputs, plan)
    assisted = plan.assistance.beside(annotator) if plan.assistance else None
    insights = _insights(inputs, plan, annotator, assisted or annotator, notices, reporter)
    asked = _asked(plan, assisted, notices, reporter)
    rejected = canonical_records(inputs.rejects, plan.column_map)
    until = plan.as_of or date.max  # the last day of what can be used is not the last of what cannot
    inputs = _with_precautions(inputs, rejected, until)
    flags = _flags(inputs, insights, rejected, until)
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
    manifest = run_manifest(inputs, plan, tables, insights, asked, notices.messages, started)
    write_run(target.resolve(), tables, plan.taxonomy, manifest, catalogue)
    return Run.open(target)


def _with_precautions(inputs: Inputs, rejected: pa.Table, until: date) -> Inputs:
    """The inputs with what rejected rows up to a day forbid."""
    tables = (inputs.hcps, inputs.notes, inputs.surveys, inputs.content_events, inputs.consents)
    physicians = {hcp_id for table in tables for hcp_id in table["hcp_id"].unique().to_pylist()}
    refused = refusals(rejected, inputs.consents, physicians, inputs.as_of, until)
    opened = reopenings(rejected, inputs.as_of)
    return replace(
        inputs,
        consents=pa.concat_tables([inputs.consents, refused]),
        dispositions=pa.concat_tables([inputs.dispositions, opened]),
    )


def _flags(inputs: Inputs, insights: InsightTables, rejected: pa.Table, until: date) -> pa.Table:
    """The safety queue: flags of what was read and of what was rejected, with due times and decisions."""
    used = {*inputs.notes["note_id"].to_pylist(), *inputs.surveys["response_id"].to_pylist()}
    of_rejected = inputs.brands.unified(reject_flags(rejected, used, until))
    flags = pa.concat_tables([insights.flags, of_rejected])
    flags = with_due_times(flags, countries(inputs.hcps, inputs.notes), inputs.as_of)
    return with_dispositions(flags, inputs.dispositions)


def _require_topics(plan: RunPlan) -> None:
    if plan.statements_file is None and plan.taxonomy.digest != plan.model.taxonomy.digest:
        raise InputError(
            f"the taxonomy {plan.taxonomy.name} is not that of the model, which finds the statements: give them with "
            "--statements, or train a model for it (hcplens train --taxonomy) and name it with --model"
        )


def _tell(message: str, notices: Notices, reporter: Reporter) -> None:
    notices.add(message)
    reporter.notice(message)


def _annotator(inputs: Inputs, plan: RunPlan) -> Annotator:
    triage = Triage(known_names(inputs.hcps, inputs.notes), ApprovedUses.of(inputs.labels.to_pylist()))
    return Annotator(plan.model, triage=triage)


def _asked(
    plan: RunPlan, assisted: AssistedAnnotator | None, notices: Notices, reporter: Reporter
) -> AssistanceRecord | None:
    """What asking a language model came to, told and for the manifest; None where none was asked."""
    if plan.assistance is None or assisted is None:
        return None
    name, tally = plan.assistance.model.name, assisted.tally
    for sentence in tally.sentences(name):
        reporter.notice(sentence)
    if tally.failed:
        notices.add(f"{name} answered {tally.answered:,} of {tally.asked:,} questions; the rest is read as without it")
    return plan.assistance.record(tally)


def _note_insights(inputs: Inputs, plan: RunPlan, reader: TextReader, reporter: Reporter) -> InsightTables:
    at_once = NOTES_AT_ONCE if plan.assistance else BATCH_ROWS
    with reporter.stage("notes", len(inputs.notes), "notes") as done:
        return note_insights(inputs.notes, reader, PicklistReader(plan.model), done, at_once)


def _given_insights(
    inputs: Inputs, statements_file: Path, plan: RunPlan, annotator: Annotator, reporter: Reporter
) -> InsightTables:
    with reporter.stage("notes", len(inputs.notes), "notes") as done:
        picklists = PicklistReader(plan.model)
        return given_insights(inputs.notes, statements_file, plan.taxonomy, annotator, picklists, done)


def _insights(
    inputs: Inputs, plan: RunPlan, annotator: Annotator, reader: TextReader, notices: Notices, reporter: Reporter
) -> InsightTables:
    """What notes say by the reader, or as they were given, and what answers say by the annotator."""
    if plan.statements_file is None:
        notes = _note_insights(inputs, plan, reader, reporter)
    else:
        notes = _given_insights(inputs, plan.statements_file, plan, annotator, reporter)
    with reporter.stage("surveys", len(inputs.surveys), "answers") as done:
        note_ids = frozenset(inputs.notes["note_id"].to_pylist())
        read = survey_insights(inputs.surveys, annotator, done, plan.survey_maps, note_ids)
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
