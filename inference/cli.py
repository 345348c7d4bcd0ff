"""The commands of inference: parse, call the library, format. Heavy imports wait until a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError
from .catalogue_commands import app as catalogue_app
from .command_options import (
    AsOf,
    Brand,
    EligibilityFile,
    EncoderFolder,
    Format,
    Hcp,
    JsonLogs,
    MaxRejects,
    ModelFolder,
    Output,
    PageFormat,
    Quiet,
    Source,
    TableFormat,
    as_day,
    model_folder,
)
from .command_output import print_page, require_target, write_confidential, write_records
from .flag_commands import app as flag_app
from .key_commands import app as key_app
from .match_formats import MatchFormat, require_match_target, write_answers
from .matching_commands import app as matching_app
from .policy_options import Epsilon, PolicyName, PolicyOption, Seed, Temperature, policy_of
from .serve_command import app as serve_app
from .veeva_commands import app as veeva_app

if TYPE_CHECKING:
    from .insights import InsightModel
    from .records import ColumnMap

app = typer.Typer()
app.add_typer(flag_app)
app.add_typer(veeva_app)
app.add_typer(matching_app)
app.add_typer(catalogue_app)
app.add_typer(key_app)
app.add_typer(serve_app)

TopicsFile = Annotated[
    Path | None,
    typer.Option(
        "--taxonomy", help="Your topics, as YAML. Those without training are read from description and examples."
    ),
]


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the run is put.")] = Path("hcplens-demo"),
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Bundled sample data, the whole way: prints what it found and where the run lies."""
    from rich.console import Console

    from .demo import run_demo
    from .progress import reporter

    Console().print(run_demo(output, reporter(quiet=quiet, json_logs=json_logs)))


@app.command()
def annotate(
    notes: Annotated[Path, typer.Argument(help="Call notes: CSV, JSONL or Parquet, plain or compressed, or a folder.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .jsonl or .parquet file.")],
    model: ModelFolder = None,
    encoder: EncoderFolder = None,
    taxonomy: TopicsFile = None,
    hcps: Annotated[Path | None, typer.Option(help="Roster: its names are physicians, never patients.")] = None,
    source: Source = None,
    max_rejects: MaxRejects = 0.01,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Statements, channel preferences, safety flags and redactions of each note.

    With --model of your own labels: the labels of each text.
    """
    from .annotating import annotate_file, label_file
    from .insights import Annotator, PicklistReader, is_label_model, load_label_model
    from .progress import reporter
    from .triage import Triage

    report_to = reporter(quiet=quiet, json_logs=json_logs)
    if model is not None and is_label_model(model):
        if hcps or source or taxonomy:
            raise InputError(f"--hcps, --source and --taxonomy are for call notes; {model} labels texts")
        report = label_file(notes, output, load_label_model(model, encoder), report_to, max_rejects=max_rejects)
    else:
        reader = _reader(model, encoder, taxonomy)
        annotator = Annotator(reader, triage=Triage(_roster_names(hcps, source, max_rejects)))
        report = annotate_file(
            notes,
            output,
            annotator,
            PicklistReader(reader),
            report_to,
            max_rejects=max_rejects,
            column_map=_column_map(source),
        )
    counts = ", ".join(f"{count:,} {name}" for name, count in report.counts.items())
    report_to.notice(f"{counts}; written to {report.target}")
    if report.rejects_file:
        report_to.notice(f"rejected rows lie in {report.rejects_file}")


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
    as_of: AsOf = None,
    model: ModelFolder = None,
    encoder: EncoderFolder = None,
    source: Source = None,
    max_rejects: MaxRejects = 0.01,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Notes, surveys and events in; a run folder with everything inferred per physician and brand out."""
    from ..prompts import SurveyMap
    from .pipeline import run_files
    from .profiles import ChannelRules
    from .progress import reporter
    from .run_plan import RunPlan

    paths = {
        "notes": notes,
        "surveys": surveys,
        "content_events": events,
        "hcps": hcps,
        "consents": consents,
        "labels": labels,
        "dispositions": dispositions,
    }
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    reader = _reader(model, encoder, taxonomy)
    plan = RunPlan(
        model=reader,
        taxonomy=reader.taxonomy,
        statements_file=statements,
        modules=modules,
        as_of=as_day(as_of),
        max_rejects=max_rejects,
        column_map=_column_map(source),
        survey_map=SurveyMap.load(survey_map) if survey_map else None,
        channel_rules=ChannelRules.load(channel_rules) if channel_rules else ChannelRules.default(),
    )
    result = run_files({name: path for name, path in paths.items() if path}, plan, output, report_to)
    counts = result.manifest.counts
    report_to.notice(
        f"{counts['insights']:,} statements from {counts['raw_notes']:,} notes and {counts['surveys']:,} answers, "
        f"{counts['flags']:,} flags, {len(result.manifest.unread):,} unread, {counts['rejects']:,} rejected rows; "
        f"the run lies in {output}"
    )


@app.command()
def inspect(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    hcp: Hcp = None,
    brand: Brand = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    shape: Annotated[PageFormat, typer.Option("--format", help="How to show it.")] = PageFormat.TABLE,
    output: Output = None,
) -> None:
    """Drivers, barriers, channels, stage, conflicts and open flags of each physician, with the words behind them.

    Of a physician who is listed but of whom nothing is known: what is expected of the segment.
    """
    from .inspecting import inspect_run
    from .pages import inspection_page, physician_pages, render_html
    from .profiles import CSV_COLUMNS, csv_rows
    from .runs import Run

    require_target(output)
    opened = Run.open(run)
    found = inspect_run(opened, hcp_id=hcp, brand=brand, topic=topic)
    if shape is PageFormat.TABLE:
        print_page(inspection_page(physician_pages(opened, found, topic)), output)
    elif shape is PageFormat.HTML:
        write_confidential(render_html(physician_pages(opened, found, topic)), output)
    else:
        write_records(found, list(csv_rows(found)), CSV_COLUMNS, TableFormat(shape.value), output)


@app.command()
def portfolio(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    hcp: Hcp = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
) -> None:
    """All brands of each physician side by side: stage, what is open and what they share, flags, last contact."""
    from .portfolio import CSV_COLUMNS, csv_rows, portfolios
    from .portfolio_page import portfolio_page
    from .runs import Run

    require_target(output)
    found = portfolios(Run.open(run), hcp_id=hcp)
    if shape is TableFormat.TABLE:
        print_page(portfolio_page(found), output)
    else:
        write_records(found, csv_rows(found), CSV_COLUMNS, shape, output)


@app.command()
def segments(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    by: Annotated[
        str, typer.Option(help="segment, specialty, country, region, tier or stage (of adoption).")
    ] = "segment",
    brand: Brand = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
) -> None:
    """How common each open driver and barrier is among physicians of a kind, with 90 % intervals."""
    from .population import segments_of, segments_page
    from .profiles.segments import COLUMNS
    from .runs import Run

    require_target(output)
    rows = segments_of(Run.open(run), by=by, brand=brand, topic=topic)
    if shape is TableFormat.TABLE:
        print_page(segments_page(rows, by), output)
    else:
        write_records(rows, rows, COLUMNS, shape, output)


@app.command()
def themes(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    brand: Brand = None,
    min_physicians: Annotated[int, typer.Option(min=2, help="A theme is said by as many physicians or more.")] = 3,
    min_clauses: Annotated[int, typer.Option(min=2, help="A theme has as many clauses or more.")] = 5,
    propose: Annotated[
        Path | None, typer.Option(help="Write the run's topics and a topic a theme there, as --taxonomy takes them.")
    ] = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """What physicians say that no topic takes up: clauses that belong together, named by their own words."""
    from ..embeddings.loading import load_encoder
    from .emerging_themes import themes_of, themes_page, write_proposal
    from .progress import reporter
    from .runs import Run
    from .themes import COLUMNS, ThemeLimits

    require_target(output)
    require_target(propose)
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    opened, limits = Run.open(run), ThemeLimits(min_physicians, min_clauses)
    found = themes_of(opened, load_encoder(), report_to, brand=brand, limits=limits)
    if propose is not None:
        proposal = write_proposal(propose, opened, found)
        report_to.notice(f"{len(found)} of {len(proposal.topics)} topics proposed in {propose}: read them before use")
    if shape is TableFormat.TABLE:
        print_page(themes_page(found, limits), output)
    else:
        records = [theme.to_json() for theme in found]
        write_records(records, [theme.to_csv() for theme in found], COLUMNS, shape, output)


@app.command()
def match(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    modules: Annotated[
        Path | None,
        typer.Option(
            help="The catalogue: a file, or a folder of `catalogue index`. Default: the one kept with the run."
        ),
    ] = None,
    hcp: Hcp = None,
    brand: Brand = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel; else the best allowed one a module.")] = None,
    as_of: AsOf = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many modules.")] = 5,
    indication: Annotated[
        str | None, typer.Option(help="The id of an indication: modules for another one are left out.")
    ] = None,
    eligibility: EligibilityFile = None,
    encoder: EncoderFolder = None,
    policy: PolicyOption = PolicyName.GREEDY,
    epsilon: Epsilon = None,
    temperature: Temperature = None,
    seed: Seed = 0,
    log: Annotated[
        Path | None,
        typer.Option(help="Log each choice with its propensity and candidates there, as .jsonl or .parquet."),
    ] = None,
    shape: Annotated[
        MatchFormat, typer.Option("--format", help="How to show it; veeva: a folder of files to load.")
    ] = MatchFormat.TABLE,
    output: Output = None,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Approved modules that answer each physician's needs: verbatim, allowed on the day, with the reasons."""
    from ..embeddings.loading import load_encoder
    from .matching import EligibilitySettings, MatchSettings
    from .matching_run import match_run
    from .progress import reporter
    from .runs import Run

    require_match_target(shape, output)
    require_target(log)
    opened, report_to = Run.open(run), reporter(quiet=quiet, json_logs=json_logs)
    answers = match_run(
        opened,
        modules,
        load_encoder(encoder),
        report_to,
        hcp_id=hcp,
        brand=brand,
        channel=channel,
        as_of=as_day(as_of),
        k=k,
        indication=indication,
        settings=MatchSettings(
            eligibility=EligibilitySettings.load(eligibility) if eligibility else EligibilitySettings(),
            policy=policy_of(policy, epsilon, temperature),
            seed=seed,
        ),
        log=log,
    )
    write_answers(answers, opened, shape, output, report_to)


@app.command()
def train(
    gold: Annotated[list[Path], typer.Argument(help="Labelled notes, or texts with labels, as JSONL.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The model folder to write.")],
    validation: Annotated[
        list[Path] | None,
        typer.Option(help="Labelled notes or texts to calibrate on and choose thresholds; may be repeated."),
    ] = None,
    taxonomy: Annotated[Path | None, typer.Option(help="Your topics, as YAML.")] = None,
    encoder: EncoderFolder = None,
    teacher: Annotated[
        Path | None,
        typer.Option(callback=model_folder, help="A stronger model to learn from at the end, such as large."),
    ] = None,
    teacher_encoder: Annotated[
        Path | None, typer.Option(help="The sentence-transformers folder that the teacher was trained over.")
    ] = None,
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="JSONL of notes that only the teacher labels; may be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="A language besides English that the notes are in and the encoder reads, such as de."),
    ] = None,
    redaction: Annotated[
        bool, typer.Option("--redaction", help="Learn to find patient identifiers instead, from the notes' phi.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed and input give the same model.")] = 7,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Train a model: insights from labelled notes, or your own labels from any multi-label text."""
    from .insights import InsightModel
    from .progress import reporter
    from .training import train_model, train_redaction

    report_to = reporter(quiet=quiet, json_logs=json_logs)
    if redaction:
        if validation or taxonomy or encoder or language or teacher or unlabelled:
            raise InputError("--redaction learns from labelled notes alone: leave the other options out")
        report_to.notice(f"{train_redaction(gold, output, report_to, seed=seed)}; the model lies in {output}")
        return
    if (unlabelled or teacher_encoder) and not teacher:
        raise InputError("--unlabelled and --teacher-encoder need a --teacher, which reads those notes")
    summary = train_model(
        gold,
        output,
        encoder,
        report_to,
        validation=validation or (),
        teacher=InsightModel.named(teacher, teacher_encoder) if teacher else None,
        unlabelled=unlabelled or (),
        taxonomy=taxonomy,
        languages=language or (),
        seed=seed,
    )
    report_to.notice(f"{summary}; the model lies in {output}")


def _reader(model: Path | None, encoder: Path | None, taxonomy: Path | None) -> InsightModel:
    from ..prompts import Taxonomy
    from .insights import InsightModel

    reader = InsightModel.named(model, encoder)
    return reader.for_taxonomy(Taxonomy.load(taxonomy), encoder) if taxonomy else reader


def _column_map(path: Path | None) -> ColumnMap | None:
    from .records import load_source

    return load_source(path) if path else None


def _roster_names(hcps: Path | None, source: Path | None, max_rejects: float) -> frozenset[str]:
    from .records import TABLES, Notices, RejectLog, check_rejects, read_table
    from .roster import known_names

    if hcps is None:
        return frozenset()
    rejects = RejectLog()
    roster = read_table(hcps, TABLES["hcps"], column_map=_column_map(source), rejects=rejects, notices=Notices())
    check_rejects(rejects, max_rejects)
    return known_names(roster)
