"""Commands about reading notes: `hcplens annotate`, `hcplens train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError
from .command_options import (
    EncoderFolder,
    JsonLogs,
    MaxRejects,
    ModelFolder,
    Quiet,
    Source,
    TopicsFile,
    column_map,
    insight_model,
    model_folder,
)
from .llm_options import (
    Llm,
    LlmAdapter,
    LlmBudget,
    LlmCache,
    LlmDryRun,
    LlmFit,
    LlmMode,
    LlmModel,
    LlmModelNeeded,
    LlmName,
    LlmOptions,
    LlmPrompt,
)

app = typer.Typer()


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
    """Statements, channel preferences, safety flags and redactions of each note.

    With --model of your own labels: the labels of each text.
    """
    from .annotating import AnnotationReport, annotate_file, label_file
    from .insights import Annotator, PicklistReader, is_label_model, load_label_model
    from .insights.stage import BATCH_ROWS, TextReader
    from .progress import reporter
    from .triage import Triage

    report_to = reporter(quiet=quiet, json_logs=json_logs)
    options = LlmOptions(
        llm, llm_model, llm_adapter, llm_name, llm_budget, llm_cache, llm_fit, llm_dry_run, prompts=llm_prompt or ()
    )
    if model is not None and is_label_model(model):
        if hcps or source or taxonomy or llm is not LlmMode.OFF:
            raise InputError(f"--hcps, --source, --taxonomy and --llm are for call notes; {model} labels texts")
        report = label_file(notes, output, load_label_model(model, encoder), report_to, max_rejects=max_rejects)
    else:
        insights = insight_model(model, encoder, taxonomy)
        annotator = Annotator(insights, triage=Triage(_roster_names(hcps, source, max_rejects)))

        def annotated(reader: TextReader, target: Path, batch_rows: int = BATCH_ROWS) -> AnnotationReport:
            return annotate_file(
                notes,
                target,
                reader,
                PicklistReader(insights),
                report_to,
                max_rejects=max_rejects,
                column_map=column_map(source),
                batch_rows=batch_rows,
            )

        if llm is LlmMode.OFF:
            report = annotated(annotator, output)
        else:
            from .assisting import annotate_assisted, rehearse

            if llm_dry_run:
                rehearse(annotator, options, output, annotated, report_to)
                return
            report = annotate_assisted(annotator, options, output, annotated, report_to)
    counts = ", ".join(f"{count:,} {name}" for name, count in report.counts.items())
    report_to.notice(f"{counts}; written to {report.target}")
    if report.rejects_file:
        report_to.notice(f"rejected rows lie in {report.rejects_file}")


@app.command("fit-llm")
def fit_llm(
    gold: Annotated[list[Path], typer.Argument(help="Labelled notes as JSONL, best not those of the training.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write, for --llm-fit.")],
    llm_model: LlmModelNeeded,
    llm_adapter: LlmAdapter = None,
    llm_name: LlmName = None,
    llm_budget: LlmBudget = None,
    llm_cache: LlmCache = None,
    llm_prompt: LlmPrompt = None,
    llm_share: Annotated[float, typer.Option(min=0, max=1, help="Of the clauses: how much it is asked about.")] = 0.2,
    model: ModelFolder = None,
    encoder: EncoderFolder = None,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """What a language model's answers are worth beside the insight model's, learned from labelled notes."""
    from .fitting_llm import fit_file
    from .progress import reporter

    report_to = reporter(quiet=quiet, json_logs=json_logs)
    options = LlmOptions(
        LlmMode.ADJUDICATE,
        llm_model,
        adapter=llm_adapter,
        name=llm_name,
        budget=llm_budget,
        cache=llm_cache,
        prompts=llm_prompt or (),
    )
    fitted = fit_file(gold, output, insight_model(model, encoder, None), options, llm_share, report_to)
    verdict = "it helps" if fitted.helps else "that is no help beyond chance: leave --llm off"
    report_to.notice(
        f"{fitted.questions:,} answers about {fitted.clauses_sent:.0%} of the clauses; log-loss "
        f"{fitted.log_loss_before:.4f} without them, {fitted.log_loss_after:.4f} with them (physicians held out; the "
        f"gain is at least {fitted.gain_low:.4f}): {verdict}; written to {output}"
    )


@app.command("tune-llm")
def tune_llm(
    gold: Annotated[list[Path], typer.Argument(help="Labelled notes as JSONL, none of which you will fit on.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The adapter folder to write, for --llm-adapter.")],
    llm_model: Annotated[
        Path, typer.Option("--llm-model", help="A GGUF file, or a folder as transformers writes it; it stays as it is.")
    ],
    llm_questions: Annotated[int, typer.Option(min=1, help="How many questions to learn from, at most.")] = 6000,
    model: ModelFolder = None,
    encoder: EncoderFolder = None,
    seed: Annotated[int, typer.Option(help="The same seed and input give the same adapter.")] = 7,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Teach a model of this machine to adjudicate: an adapter, learned from what the insight model finds hard."""
    from .progress import reporter
    from .tuning_llm import tune_folder

    report_to = reporter(quiet=quiet, json_logs=json_logs)
    insights = insight_model(model, encoder, None)
    card = tune_folder(gold, output, llm_model, insights, llm_questions, report_to, seed=seed)
    report_to.notice(
        f"{card.base_model} learned {card.lessons:,} questions of {len(card.learned_from):,} notes; the adapter lies "
        f"in {output}: let `hcplens fit-llm` tell on other notes whether it helps"
    )


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
    start: Annotated[
        Path | None,
        typer.Option(
            callback=model_folder,
            help="Go on from a model that has learned, with its topics: `default`, `large` or a folder. For notes of "
            "your own, of which there are few.",
        ),
    ] = None,
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
        if validation or taxonomy or encoder or language or teacher or unlabelled or start:
            raise InputError("--redaction learns from labelled notes alone: leave the other options out")
        report_to.notice(f"{train_redaction(gold, output, report_to, seed=seed)}; the model lies in {output}")
        return
    if start and (teacher or taxonomy or language):
        raise InputError(
            "--start goes on with the model's own topics and languages, and the model teaches itself: leave "
            "--teacher, --taxonomy and --language out"
        )
    if teacher_encoder and not teacher:
        raise InputError("--teacher-encoder needs a --teacher")
    if unlabelled and not (teacher or start):
        raise InputError("--unlabelled needs a --teacher or a --start, which reads those notes")
    summary = train_model(
        gold,
        output,
        encoder,
        report_to,
        validation=validation or (),
        teacher=InsightModel.named(teacher, teacher_encoder) if teacher else None,
        start=InsightModel.named(start, encoder) if start else None,
        unlabelled=unlabelled or (),
        taxonomy=taxonomy,
        languages=language or (),
        seed=seed,
    )
    report_to.notice(f"{summary}; the model lies in {output}")


def _roster_names(hcps: Path | None, source: Path | None, max_rejects: float) -> frozenset[str]:
    from .records import TABLES, Notices, RejectLog, check_rejects, read_table
    from .roster import known_names

    if hcps is None:
        return frozenset()
    rejects = RejectLog()
    roster = read_table(hcps, TABLES["hcps"], column_map=column_map(source), rejects=rejects, notices=Notices())
    check_rejects(rejects, max_rejects)
    return known_names(roster)
