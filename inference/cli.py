"""The commands of inference: parse, call the library, format. Heavy imports wait until a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .catalogue_commands import app as catalogue_app
from .command_options import (
    AsOfLastDay,
    EncoderFolder,
    JsonLogs,
    MaxRejects,
    ModelFolder,
    Quiet,
    Source,
    TopicsFile,
    as_day,
    column_map,
    insight_model,
)
from .flag_commands import app as flag_app
from .insight_commands import app as insight_app
from .key_commands import app as key_app
from .llm_options import (
    Llm,
    LlmAdapter,
    LlmBudget,
    LlmCache,
    LlmDryRun,
    LlmFit,
    LlmMode,
    LlmModel,
    LlmName,
    LlmOptions,
    LlmPrompt,
)
from .matching_commands import app as matching_app
from .profile_commands import app as profile_app
from .serve_command import app as serve_app
from .veeva_commands import app as veeva_app

app = typer.Typer()
for commands in (insight_app, profile_app, matching_app, catalogue_app, flag_app, veeva_app, serve_app, key_app):
    app.add_typer(commands)


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the run is put.")] = Path("hcplens-demo"),
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Bundled sample data, the whole way: prints what it found and where the run lies."""
    from .command_output import print_page
    from .demo import run_demo
    from .progress import reporter

    print_page(run_demo(output, reporter(quiet=quiet, json_logs=json_logs)), None)


@app.command()
def run(
    output: Annotated[Path, typer.Option("--output", "-o", help="The run folder to publish.")],
    notes: Annotated[Path, typer.Option(help="Call notes.")],
    surveys: Annotated[Path | None, typer.Option(help="Survey answers.")] = None,
    events: Annotated[Path | None, typer.Option(help="Content events: sent, opened, attended …")] = None,
    hcps: Annotated[Path | None, typer.Option(help="The physicians: specialty, country, language, segment.")] = None,
    consents: Annotated[Path | None, typer.Option(help="Who may be reached through which channel.")] = None,
    modules: Annotated[Path | None, typer.Option(help="The catalogue, to be kept with the run.")] = None,
    labels: Annotated[Path | None, typer.Option(help="Product labels.")] = None,
    dispositions: Annotated[Path | None, typer.Option(help="What people decided about flags.")] = None,
    statements: Annotated[
        Path | None, typer.Option(help="Statements given (annotated or labelled notes) instead of inferred.")
    ] = None,
    taxonomy: TopicsFile = None,
    survey_map: Annotated[
        Path | None,
        typer.Option(help="What answers to your surveys' scales and choices say, as YAML; asked before ours."),
    ] = None,
    channel_rules: Annotated[
        Path | None,
        typer.Option(help="What counts as exposure and response in each channel, as YAML; over ours."),
    ] = None,
    as_of: AsOfLastDay = None,
    model: ModelFolder = None,
    encoder: EncoderFolder = None,
    source: Source = None,
    max_rejects: MaxRejects = 0.01,
    llm: Llm = LlmMode.OFF,
    llm_model: LlmModel = None,
    llm_adapter: LlmAdapter = None,
    llm_name: LlmName = None,
    llm_budget: LlmBudget = None,
    llm_cache: LlmCache = None,
    llm_fit: LlmFit = None,
    llm_prompt: LlmPrompt = None,
    llm_dry_run: LlmDryRun = False,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Notes, surveys and events in; a run folder with everything inferred per physician and brand out."""
    from ..prompts import SurveyMap
    from .assisted_run import rehearse_assisted, run_assisted
    from .pipeline import run_files
    from .profiles import ChannelRules
    from .progress import reporter
    from .records.notices import counted
    from .run_plan import RunPlan

    given = {
        "notes": notes,
        "surveys": surveys,
        "content_events": events,
        "hcps": hcps,
        "consents": consents,
        "labels": labels,
        "dispositions": dispositions,
    }
    paths = {name: path for name, path in given.items() if path}
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    options = LlmOptions(
        llm, llm_model, llm_adapter, llm_name, llm_budget, llm_cache, llm_fit, llm_dry_run, prompts=llm_prompt or ()
    )
    reader = insight_model(model, encoder, taxonomy)
    plan = RunPlan(
        model=reader,
        taxonomy=reader.taxonomy,
        statements_file=statements,
        modules=modules,
        as_of=as_day(as_of),
        max_rejects=max_rejects,
        column_map=column_map(source),
        survey_map=SurveyMap.load(survey_map) if survey_map else None,
        channel_rules=ChannelRules.load(channel_rules) if channel_rules else ChannelRules.default(),
    )
    if llm_dry_run:
        rehearse_assisted(paths, plan, options, output, report_to)
        return
    if llm is LlmMode.OFF:
        result = run_files(paths, plan, output, report_to)
    else:
        result = run_assisted(paths, plan, options, output, report_to)
    counts = result.manifest.counts
    read = f"{counted(counts['raw_notes'], 'note')} and {counted(counts['surveys'], 'answer')}"
    rejected = counted(counts["rejects"], "rejected row")
    report_to.notice(
        f"{counted(counts['insights'], 'statement')} from {read}, {counted(counts['flags'], 'flag')}, "
        f"{len(result.manifest.unread):,} unread, {rejected}; the run lies in {output}"
    )
