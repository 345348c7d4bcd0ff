"""`hcplens eval labels`: what people labelled in Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def labels(
    export: Annotated[
        Path, typer.Argument(help="What Label Studio exported as JSON, of tasks that `hcplens eval sample` wrote.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The JSONL file of labelled notes, one line a note and annotator.")
    ],
    taxonomy: Annotated[
        Path | None, typer.Option(help="The topics that were labelled, as YAML. Default: those that ship.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors and results.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Progress as JSON lines on standard error.")] = False,
) -> None:
    """Read Label Studio's export back: labelled notes to train on, to measure with, and to compare annotators by.

    Each keeps how it was picked: `eval run` measures on those drawn at random and weights them by their probabilities.
    """
    from ...inference.progress import reporter
    from ...inference.targets import require_file_target
    from ...prompts import Taxonomy
    from ..labelling import LabelScheme, read_export, write_labels

    require_file_target(output, sources=[export])
    found = read_export(export, LabelScheme.of(Taxonomy.load(taxonomy) if taxonomy else Taxonomy.default()))
    write_labels(found, output)
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    annotators = sorted({str(record["annotator"]) for record in found.records})
    counts = "".join(f"; {count:,} {name}" for name, count in found.counts.items())
    report_to.notice(
        f"{len(found.records):,} labelled notes of {len(annotators):,} annotators"
        f" ({', '.join(annotators) or 'nobody'}) in {output}{counts}"
    )
