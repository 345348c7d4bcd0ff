"""Notes annotated with a language model beside the insight model, from options to the file that is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from .annotating import AnnotationReport
from .assistance import NOTES_AT_ONCE, opened_assistance, rehearsed_assistance, tell_rehearsed
from .insights import Annotator
from .insights.stage import TextReader
from .llm_options import LlmOptions
from .progress import Reporter
from .targets import require_file_target

Annotate = Callable[[TextReader, Path, int], AnnotationReport]
"""Reads the notes with a reader, so many at once, and writes them to a file."""


def annotate_assisted(
    annotator: Annotator, options: LlmOptions, output: Path, annotate: Annotate, reporter: Reporter
) -> AnnotationReport:
    """Annotate with a language model, and tell what asking it came to."""
    require_file_target(output)
    with opened_assistance(options, output) as assistance:
        assistance.warn(reporter)
        reader = assistance.beside(annotator)
        report = annotate(reader, output, NOTES_AT_ONCE)
    for sentence in reader.tally.sentences(assistance.model.name):
        reporter.notice(sentence)
    return report


def rehearse(annotator: Annotator, options: LlmOptions, output: Path, annotate: Annotate, reporter: Reporter) -> None:
    """Print each request that would be sent, as JSON; nothing is asked, and nothing is left behind."""
    with TemporaryDirectory() as folder, rehearsed_assistance(options, output) as assistance:
        assistance.warn(reporter)
        reader = assistance.beside(annotator)
        annotate(reader, Path(folder) / output.name, NOTES_AT_ONCE)
    tell_rehearsed(reader, assistance.model, reporter)
