"""Labelled notes → what a language model's answers are worth, in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..prompts import AdapterCard, Progress
from .assist import Adjudicator, Combination, fit_combination
from .assist.confirmation import PROMPT
from .assistance import opened_assistance
from .insights import Annotator, InsightModel, read_gold
from .insights.learned_from import redacted_digests
from .llm_options import LlmOptions
from .progress import Done, Reporter
from .targets import require_file_target


def fit_file(
    gold: Sequence[Path], output: Path, model: InsightModel, options: LlmOptions, share: float, reporter: Reporter
) -> Combination:
    """Fit a combination on the labelled notes of files and write it.

    Raises:
        InputError: a file that cannot be read or written, or notes that nothing can be learned from.
    """
    require_file_target(output, sources=gold)
    notes = read_gold(gold)
    digests = redacted_digests([note.text for note in notes])
    learned = AdapterCard.load(options.adapter).learned_from if options.adapter else frozenset()
    for who, seen in (
        ("the insight model was trained or calibrated", model.trained_on),
        ("the adapter was tuned", learned),
    ):
        if known := sum(digest in seen for digest in digests):
            reporter.notice(f"{who} on {known:,} of {len(notes):,} notes: it may be surer of them than of others")
    with (
        opened_assistance(options, output) as assistance,
        reporter.stage("asking", None, "questions") as done,
    ):
        adjudicator = Adjudicator(model, assistance.model, assistance.answers, prompt=assistance.prompts[PROMPT])
        fitted = fit_combination(notes, Annotator(model), adjudicator, share, _steps(done))
    fitted.save(output)
    return fitted


def _steps(done: Done) -> Progress:
    """Tells a stage how many more are done each time."""
    known = 0

    def progress(finished: int, of: int) -> None:
        nonlocal known
        done(finished - known)
        known = finished

    return progress
