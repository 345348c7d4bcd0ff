"""The two sentences on top of a brief, plain or a model's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hcplens.inference.briefs import CallBrief, call_briefs, render_html, render_markdown, with_written_summaries
from hcplens.inference.demo import SAMPLE_AS_OF, sample_folder
from hcplens.inference.insights import InsightModel
from hcplens.inference.matching import ContentMatcher
from hcplens.inference.pipeline import run_files
from hcplens.inference.progress import QuietReporter
from hcplens.inference.run_plan import RunPlan
from hcplens.inference.runs import Run
from hcplens.inference.summaries import Rejected, Sentence, Subject, Vocabulary, faults_of, request_of
from hcplens.prompts import AnswerCache, LocalModel

Brief = Callable[[str], CallBrief]
PLAIN = "Held back by payer coverage (open since 10 September 2026); moved by efficacy (open since 3 March 2026)."


def test_a_brief_begins_with_the_plain_summary_and_what_it_rests_on(brief_of: Brief) -> None:
    brief = brief_of("H1")
    [sentence] = brief.summary.sentences
    assert sentence.text == PLAIN
    assert sentence.statements == ("note N-2026-09-10 0-5", "note N-2026-03-03 0-5")
    text = render_markdown([brief])
    assert text.index("held back by payer coverage".capitalize()) < text.index("## Do not")
    assert "(note N-2026-09-10 0-5, note N-2026-03-03 0-5)" in text
    assert f"<p>{PLAIN} <small" in render_html([brief])
    assert "written by" not in text


def test_of_whom_nothing_is_known_nothing_is_summarised(brief_of: Brief) -> None:
    brief = brief_of("NEW")
    assert (brief.facts, brief.summary.sentences) == ((), ())
    assert 'class="summary"' not in render_html([brief])


def test_what_a_model_wrote_is_told_and_so_is_what_was_rejected(brief_of: Brief) -> None:
    brief = brief_of("H1")
    written = Sentence("Payer coverage is <open>.", brief.facts[:1], "a*model")
    summary = replace(brief.summary, sentences=(written,), asked="a*model", rejected=(Rejected("It is safe.", ("x",)),))
    told = replace(brief, summary=summary)
    line = "ritten by a{}model from the findings cited; checked; 1 sentence of a{}model rejected."
    markdown, html = render_markdown([told]), render_html([told])
    assert f"*W{line.format(*2 * (chr(92) + '*',))}*" in markdown
    assert f"W{line.format('*', '*')}" in html
    assert "Payer coverage is &lt;open&gt;." in html
    assert "It is safe" not in markdown + html


def test_a_quotation_of_a_flagged_note_is_never_given_to_a_model(brief_of: Brief, briefed_run: Run) -> None:
    for hcp_id, words in (("HELD", "words of 2026-09-10"), ("H1", "six* weeks")):
        brief = brief_of(hcp_id)
        asked = request_of(Subject(brief.facts, Vocabulary(briefed_run.taxonomy, brief.page.brand)))
        assert "payer coverage is an open barrier" in asked.user
        assert words not in asked.user
        assert "she fainted" not in asked.user


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The bundled sample."""
    model = InsightModel.default()
    with sample_folder() as sample:
        names = {"notes": "notes.jsonl", "surveys": "surveys.csv", "hcps": "hcps.csv", "labels": "labels.csv"}
        plan = RunPlan(model, model.taxonomy, modules=sample / "modules.jsonl", as_of=SAMPLE_AS_OF)
        paths = {table: sample / name for table, name in names.items()}
        return run_files(paths, plan, tmp_path_factory.mktemp("sample") / "run", QuietReporter())


def test_whatever_a_small_model_writes_all_that_is_shown_passes(
    sample_run: Run, instruct_model: LocalModel, hashing_encoder: Any, tmp_path: Path
) -> None:
    matcher = ContentMatcher.load(sample_run, None, encoder=hashing_encoder)
    briefs = [brief for hcp_id in ("T001", "T009") for brief in call_briefs(sample_run, matcher, hcp_id)]
    with AnswerCache(tmp_path / "answers.sqlite") as cache:
        written = with_written_summaries(briefs, instruct_model, cache, sample_run.taxonomy)
    for brief in written:
        vocabulary = Vocabulary(sample_run.taxonomy, brief.page.brand)
        assert 1 <= len(brief.summary.sentences) <= 2
        assert brief.summary.asked == instruct_model.name
        assert brief.summary.failure is None
        for sentence in brief.summary.sentences:
            cited = [brief.facts.index(fact) + 1 for fact in sentence.facts]
            assert faults_of(sentence.text, cited, brief.facts, vocabulary) == ()
        counted = len(brief.summary.rejected)
        assert ("rejected" in render_markdown([brief])) == (counted > 0)
