from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hcplens import InputError, InsightModel
from hcplens.eval.results import Result
from hcplens.eval.suites import SuiteContext, run_suites
from hcplens.inference.insights import LabelledText, train_labels
from hcplens.inference.progress import QuietReporter

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"


class Listening(QuietReporter):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def notice(self, message: str) -> None:
        self.told.append(message)


@pytest.fixture
def context(small_context: SuiteContext) -> SuiteContext:
    return replace(small_context, reporter=Listening())


@pytest.fixture
def timelines(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "timelines", tmp_path / "data" / "timelines"))


def notices(result: Result) -> str:
    return "\n".join(result.provenance.notices)


def told(context: SuiteContext) -> list[str]:
    assert isinstance(context.reporter, Listening)
    return context.reporter.told


def test_of_all_a_suite_whose_data_are_damaged_costs_no_other(timelines: Path, context: SuiteContext) -> None:
    (timelines / "gold_profiles.jsonl").write_text("{}", encoding="utf-8")
    result = run_suites("all", timelines.parent, context)
    assert "triage" in result.suites
    assert "profiles" not in result.suites
    [told_of_it] = [message for message in told(context) if message.startswith("profiles was not measured: ")]
    assert "gold_profiles.jsonl line 1: hcp_id: Field required" in told_of_it
    assert told_of_it in result.provenance.notices


def test_a_suite_asked_for_alone_says_what_is_damaged(timelines: Path, context: SuiteContext) -> None:
    (timelines / "gold_profiles.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"^.*gold_profiles\.jsonl line 1: hcp_id"):
        run_suites("profiles", timelines.parent, context)


def test_of_all_suites_that_do_not_apply_to_the_model_are_left_out(
    timelines: Path, context: SuiteContext, tmp_path: Path
) -> None:
    texts = [
        LabelledText(id=n, text=f"visit {n}, {'far too dear' if n % 2 else 'went well'}", labels=("cost",) * (n % 2))
        for n in range(40)
    ]
    train_labels(texts, context.encoder_folder).save(tmp_path / "model")
    result = run_suites("all", timelines.parent, replace(context, model=tmp_path / "model"))
    assert "triage" in result.suites
    assert "profiles was not measured" in notices(result)


def test_the_result_names_the_model_by_its_weights(
    timelines: Path, context: SuiteContext, small_model: InsightModel
) -> None:
    assert context.model is not None
    result = run_suites("channels", timelines.parent, context)
    assert result.provenance.model == f"{context.model.name} (SHA-256 {small_model.digest[:16]})"


def test_of_the_model_that_ships_the_result_says_so(timelines: Path, context: SuiteContext) -> None:
    result = run_suites("triage", timelines.parent, replace(context, model=None, encoder_folder=None))
    assert ", the model that ships (SHA-256 " in result.provenance.model


def test_a_model_that_is_none_is_refused_before_anything_is_measured(context: SuiteContext, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing"):
        run_suites("all", SHIPPED, replace(context, model=tmp_path / "nothing"))
    assert told(context) == []


def test_where_nothing_could_be_measured_every_reason_is_given(tmp_path: Path, context: SuiteContext) -> None:
    with pytest.raises(InputError, match=r"nothing to measure on\. notes was not .* policy was not measured"):
        run_suites("all", tmp_path, context)


def test_our_own_files_are_told_to_be_synthetic_whatever_they_are_called(
    timelines: Path, context: SuiteContext
) -> None:
    result = run_suites("channels", timelines.parent, context)
    assert "11 of 11 files measured on are our own synthetic ones" in result.provenance.notices
    renamed = timelines.rename(timelines.with_name("mine"))
    events = renamed / "content_events.csv"
    lines = events.read_text(encoding="utf-8").splitlines()
    events.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    of_both = notices(run_suites("channels", renamed, context))
    assert "10 of 11 files measured on are our own synthetic ones: mine/consents.csv" in of_both
    assert "mine/content_events.csv" not in of_both


def test_data_of_users_are_not_called_synthetic(tmp_path: Path, context: SuiteContext) -> None:
    note = {"note_id": "N1", "hcp_id": "H1", "text": "Pt Jane Doe had a rash.", "flags": [], "phi": ["Jane Doe"]}
    (tmp_path / "notes.jsonl").write_text(json.dumps(note), encoding="utf-8")
    result = run_suites("triage", tmp_path, context)
    assert "synthetic" not in notices(result) + "".join(result.provenance.scored_by.values())


def test_where_texts_are_kept_the_result_is_said_to_be_confidential(tmp_path: Path, context: SuiteContext) -> None:
    note = {"note_id": "N1", "hcp_id": "H1", "text": "Pt has a bad rash since Monday.", "flags": [], "phi": []}
    (tmp_path / "notes.jsonl").write_text(json.dumps(note), encoding="utf-8")
    result = run_suites("triage", tmp_path, context)
    assert len(result.examples) == 1
    assert "1 text kept as examples: rules black out" in notices(result)
    (tmp_path / "notes.jsonl").write_text(json.dumps(note | {"text": "..."}), encoding="utf-8")
    assert "confidential" not in notices(run_suites("triage", tmp_path, context))
