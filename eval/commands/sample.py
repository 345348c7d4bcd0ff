"""`hcplens eval sample`: which notes to label."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...inference.command_options import ModelFolder
from ..sampling_strategy import Strategy


def sample(
    notes: Annotated[Path, typer.Argument(help="Call notes: CSV, JSONL or Parquet, plain or compressed, or a folder.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The JSON file for Label Studio; its labelling configuration is put beside it."
        ),
    ],
    count: Annotated[int, typer.Option("-n", min=1, help="How many notes.")] = 200,
    strategy: Annotated[
        Strategy,
        typer.Option(
            help="Random: drawn with known probabilities, by which `eval run` weights, so that its figures are of all "
            "notes. Uncertain: near a threshold. Disagreeing: the note as a whole says one thing, single words of it "
            "another. Mixed: a third each; `eval run` measures on the random third alone."
        ),
    ] = Strategy.MIXED,
    stratify: Annotated[
        list[str] | None,
        typer.Option(help="Draw random notes from each brand, country … in proportion, at least one; may be repeated."),
    ] = None,
    model: ModelFolder = None,
    other_model: Annotated[
        Path | None, typer.Option(help="Disagreeing: where this model and the first claim different statements.")
    ] = None,
    encoder: Annotated[Path | None, typer.Option(help="The sentence-transformers folder of the models.")] = None,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact/--no-redact",
            help="Placeholders for patient identifiers; notes in which they cannot be found, such as in another "
            "language, are left out. Without it the tasks hold them, which labelling identifiers themselves needs.",
        ),
    ] = True,
    seed: Annotated[int, typer.Option(help="The same seed and notes give the same tasks.")] = 7,
    source: Annotated[Path | None, typer.Option(help="A YAML column map: which of your columns is which.")] = None,
    max_rejects: Annotated[
        float, typer.Option(min=0, max=1, help="Stop if more than this share of the rows is bad.")
    ] = 0.01,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors and results.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Progress as JSON lines on standard error.")] = False,
) -> None:
    """Pick notes worth a label and write them as tasks for Label Studio, with the model's labels to start from.

    Each task says why it was picked, a random one also with which probability. Where labels are to measure the model
    that suggested them, hide the suggestions in Label Studio's settings: people agree with what they are shown.
    """
    from ...inference.insights import InsightModel
    from ...inference.progress import reporter
    from ...inference.records import ColumnMap
    from ...inference.targets import require_file_target
    from ..labelling import SamplingPlan, config_beside, sample_file

    for target in (output, config_beside(output)):
        require_file_target(target, sources=[notes])
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    plan = SamplingPlan(
        count=count,
        model=InsightModel.named(model, encoder),
        other=InsightModel.named(other_model, encoder) if other_model else None,
        strategy=strategy,
        stratify=tuple(stratify or ()),
        seed=seed,
        raw=not redact,
        max_rejects=max_rejects,
        column_map=ColumnMap.load(source) if source else None,
    )
    report = sample_file(notes, output, plan, report_to)
    picked = ", ".join(f"{number:,} {name}" for name, number in sorted(report.picked.items())) or "none"
    total = sum(report.picked.values())
    fewer = f" (fewer than the {count:,} asked for: there are no more of the kind)" if total < count else ""
    report_to.notice(
        f"{total:,} of {report.notes:,} notes picked{fewer}: {picked}; {report.left_out:,} left out as empty or "
        f"copies; tasks in {output}, labelling configuration in {config_beside(output)}"
    )
    if report.unread:
        report_to.notice(
            f"{report.unread:,} notes left out: in another language, in which patient identifiers cannot be "
            "found; --no-redact shows notes as they are"
        )
    if not redact:
        report_to.notice(
            f"{output} holds the notes unredacted, patient identifiers included: keep it where they may be"
        )
