"""Briefs whose summaries a language model writes, as far as the checker lets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...prompts import AnswerCache, LanguageModel, Progress, Taxonomy
from ..summaries import Subject, Vocabulary, written_summaries
from .call_brief import CallBrief


def with_written_summaries(
    briefs: Sequence[CallBrief],
    model: LanguageModel,
    cache: AnswerCache,
    taxonomy: Taxonomy,
    progress: Progress | None = None,
) -> list[CallBrief]:
    """The briefs with the model's sentences where they pass, in their order; `taxonomy` is that of the run.

    Raises:
        HcplensError: nothing can be asked, as `ask_all` says.
    """
    subjects = [Subject(brief.facts, Vocabulary(taxonomy, brief.page.brand)) for brief in briefs]
    summaries = written_summaries(subjects, model, cache, progress)
    return [replace(brief, summary=summary) for brief, summary in zip(briefs, summaries, strict=True)]
