"""`hcplens eval agreement`: how far annotators agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .pages import PageFormat


def agreement(
    labelled: Annotated[
        list[Path],
        typer.Argument(help="Labelled notes as JSONL: a file an annotator, or records with the field `annotator`."),
    ],
    parts: Annotated[bool, typer.Option("--parts", help="Show every label, and every two annotators, too.")] = False,
    shape: Annotated[PageFormat, typer.Option("--format", help="How to show it.")] = PageFormat.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write there instead of standard output.")
    ] = None,
    disagreements: Annotated[
        Path | None, typer.Option(help="Write every label on which annotators differ, with what each said, as JSONL.")
    ] = None,
) -> None:
    """Krippendorff's alpha and F1 between annotators who labelled the same notes, and where they differ."""
    from ...inference.targets import require_file_target
    from ..labelling import (
        agreement_json,
        agreement_page,
        find_disagreements,
        measure_agreement,
        read_shared_notes,
        write_disagreements,
    )
    from .pages import show

    for target in (output, disagreements):
        if target is not None:
            require_file_target(target, sources=labelled)
    shared = read_shared_notes(labelled)
    found = measure_agreement(shared)
    differing = list(find_disagreements(shared.notes))
    if disagreements is not None:
        write_disagreements(differing, disagreements)
    if shape is PageFormat.JSON:
        show(agreement_json(found, len(differing)), output)
    else:
        show(agreement_page(found, len(differing), parts=parts), output)
