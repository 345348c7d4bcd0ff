"""Labelled notes → an adapter with which a local model adjudicates, in a folder that is published whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from ..prompts import AdapterCard, TuningOptions, tune
from ..prompts.adapter import CARD
from ..prompts.checkpoint import checkpoint_files
from .assist.lessons import lessons_from
from .insights import Annotator, InsightModel, read_gold
from .insights.learned_from import redacted_digests
from .progress import Reporter
from .runs import published_folder, require_publishable
from .targets import require_reachable


def tune_folder(
    gold: Sequence[Path],
    target: Path,
    base: Path,
    model: InsightModel,
    questions: int,
    reporter: Reporter,
    *,
    seed: int = 7,
) -> AdapterCard:
    """Tune a local model on the labelled notes of files and publish the adapter.

    Raises:
        InputError: a target that hcplens did not make, a file that cannot be read, no model, or nothing to learn.
    """
    require_publishable(target, marker=CARD)
    require_reachable(target)
    checkpoint_files(base)
    notes = read_gold(gold)
    with reporter.stage("reading", len(notes), "notes") as done:
        read = Annotator(model).read([note.text for note in notes], [note.brand for note in notes])
        done(len(notes))
    taught = lessons_from(notes, read, model, questions, seed=seed)
    if not taught:
        raise InputError(f"{len(notes):,} notes in {', '.join(map(str, gold))}: no label of theirs can be asked about")
    losses: list[float] = []
    with (
        published_folder(target.resolve(), marker=CARD) as folder,
        reporter.stage("tuning", len(taught), "questions") as done,
    ):

        def seen(lessons: int, loss: float) -> None:
            losses.append(loss)
            done(lessons)

        card = tune(
            base,
            [each.lesson for each in taught],
            folder,
            TuningOptions(seed=seed),
            learned_from=frozenset(redacted_digests([notes[row].text for row in {each.row for each in taught}])),
            seen=seen,
        )
    tenth = max(1, len(losses) // 10)
    reporter.notice(
        f"loss of the first tenth of the questions {sum(losses[:tenth]) / tenth:.3f}, of the last tenth "
        f"{sum(losses[-tenth:]) / tenth:.3f}"
    )
    return card
