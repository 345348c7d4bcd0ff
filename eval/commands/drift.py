"""`hcplens eval drift`: are the new notes like the old ones?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...errors import InputError
from .pages import PageFormat


def drift(
    old: Annotated[Path, typer.Argument(help="A run, or a file of notes: labelled, annotated, or plain.")],
    new: Annotated[Path, typer.Argument(help="The same of the period in question.")],
    old_labels: Annotated[
        Path | None, typer.Option("--old-labels", help="Labelled notes of the old period, to compare calibration.")
    ] = None,
    new_labels: Annotated[Path | None, typer.Option("--new-labels", help="Labelled notes of the new period.")] = None,
    embeddings: Annotated[bool, typer.Option(help="Whether a classifier can tell new notes from old.")] = True,
    max_rejects: Annotated[
        float, typer.Option(min=0, max=1, help="Stop if more than this share of a file's rows is bad.")
    ] = 0.01,
    fail_on_drift: Annotated[bool, typer.Option("--fail-on-drift", help="Exit 3 where an aspect drifted.")] = False,
    shape: Annotated[PageFormat, typer.Option("--format", help="How to show it.")] = PageFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write JSON there, for its owner only; the page is shown all the same."),
    ] = None,
) -> None:
    """What changed from the old notes to the new, whether that may be chance, and the examples that moved it.

    Mix, text, vocabulary, embeddings, label rates, confidence and calibration; each is stable, drifted, or too few to
    say.
    """
    from ...embeddings.loading import load_encoder
    from ...inference.progress import reporter
    from ...inference.runs import write_owner_only
    from ...inference.targets import require_file_target
    from ..drift import drift_json, drift_page, measure_drift, read_period, read_truths
    from .pages import show

    if (old_labels is None) != (new_labels is None):
        raise InputError("calibration is compared where both periods have labels: give --old-labels and --new-labels")
    if output is not None:
        require_file_target(output, sources=[old, new])
    truths = read_truths(old_labels, new_labels) if old_labels and new_labels else None
    before, now = (read_period(path, side, max_rejects=max_rejects) for path, side in ((old, "old"), (new, "new")))
    count = len(before.notes) + len(now.notes)
    with reporter().stage("comparing", count, "notes") as done:
        found = measure_drift(before, now, encoder=load_encoder() if embeddings else None, truths=truths)
        done(count)
    if output is not None:
        write_owner_only(output, drift_json(found))
    show(drift_json(found) if shape is PageFormat.JSON else drift_page(found))
    if fail_on_drift:
        found.require_stable()
