"""Notes annotated with a language model beside the insight model, from options to the file that is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from ..prompts import AnswerCache, ChoiceRequest, LanguageModel, Rehearsal, Request
from .annotating import AnnotationReport
from .assist import Adjudicator, AssistedAnnotator, Combination, Extractor
from .insights import Annotator
from .insights.stage import TextReader
from .llm_options import LlmOptions
from .named_language_model import named_language_model
from .progress import Reporter
from .targets import require_file_target

NOTES_AT_ONCE = 64
"""Notes that are read and asked about together: progress moves by as many."""

Annotate = Callable[[TextReader, Path, int], AnnotationReport]
"""Reads the notes with a reader, so many at once, and writes them to a file."""


def annotate_assisted(
    annotator: Annotator, options: LlmOptions, output: Path, annotate: Annotate, reporter: Reporter
) -> AnnotationReport:
    """Annotate with a language model, and tell what asking it came to."""
    require_file_target(output)
    cache = options.cache or answers_beside(output)
    with (
        named_language_model(options.model or "", options.name, options.budget) as model,
        AnswerCache(cache) as answers,
    ):
        reader = _assisted(annotator, model, answers, options, reporter)
        report = annotate(reader, output, NOTES_AT_ONCE)
    for sentence in reader.tally.sentences(model.name):
        reporter.notice(sentence)
    return report


def rehearse(annotator: Annotator, options: LlmOptions, output: Path, annotate: Annotate, reporter: Reporter) -> None:
    """Print each request that would be sent, as JSON; nothing is asked, and nothing is left behind."""
    known = options.cache or answers_beside(output)
    with TemporaryDirectory() as folder:
        cache = known if known.exists() else Path(folder) / known.name
        with named_language_model(options.model or "", options.name, None) as model, AnswerCache(cache) as answers:
            reader = _assisted(annotator, Rehearsal(model, _print), answers, options, reporter)
            annotate(reader, Path(folder) / output.name, NOTES_AT_ONCE)
    tally = reader.tally
    reporter.notice(
        f"{tally.failed:,} requests would be sent to {model.name}, {tally.from_cache:,} are answered in the cache; "
        "nothing was sent or written"
    )


def answers_beside(output: Path) -> Path:
    """Where the answers are kept that an output was made with."""
    return output.with_name(output.name + ".answers.sqlite")


def _assisted(
    annotator: Annotator, model: LanguageModel, answers: AnswerCache, options: LlmOptions, reporter: Reporter
) -> AssistedAnnotator:
    adjudicator = extractor = None
    if options.adjudicates:
        combination = Combination.load(options.fit) if options.fit else None
        adjudicator = Adjudicator(annotator.model, model, answers, combination)
        if combination is None:
            reporter.notice(
                f"what {model.name} answers is counted and changes no label: nobody has measured what it is worth "
                "(hcplens fit-llm, then --llm-fit)"
            )
        elif not combination.helps:
            reporter.notice(f"{model.name} did not help where {options.fit} was fitted")
    if options.extracts:
        extractor = Extractor(annotator.model, model, answers)
    return AssistedAnnotator(annotator, adjudicator, extractor)


def _print(request: Request | ChoiceRequest) -> None:
    sys.stdout.write(json.dumps(asdict(request), ensure_ascii=False) + "\n")
