from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.metrics import f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from hcplens import InputError, InsightModel
from hcplens.eval.metrics import Estimate
from hcplens.eval.results import Figure, ItemSet
from hcplens.eval.suites.adoption_figures import UNCLAIMED, stage_confusion, stage_figures
from hcplens.eval.suites.latest_statement import latest_statement_sets
from hcplens.eval.suites.profiles import BASELINE, ITEMS, profiles_suite
from hcplens.eval.suites.set_figures import set_figures
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.eval.suites.timeline_data import timelines_in
from hcplens.eval.suites.timeline_runs import TimelineRun, timeline_runs
from hcplens.eval.suites.topic_sets import SETS, TopicSets
from hcplens.inference.demo import sample_folder
from hcplens.inference.insights.learned_from import redacted_digest
from hcplens.inference.records.derived import STATEMENTS

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"


@pytest.fixture(scope="module")
def context(flagless_context: SuiteContext) -> SuiteContext:
    return flagless_context


@pytest.fixture(scope="module")
def runs(context: SuiteContext) -> tuple[TimelineRun, ...]:
    return timeline_runs(timelines_in(SHIPPED), context)


@pytest.fixture(scope="module")
def findings(context: SuiteContext) -> Findings:
    return profiles_suite(SHIPPED, context)


@pytest.fixture(scope="module")
def value(findings: Findings) -> Callable[[str, str], float]:
    by_key = {(figure.metric, figure.part): figure.estimate.value for figure in findings.figures}
    return lambda metric, part: by_key[metric, part]


def test_gold_statements_give_gold_profiles(value: Callable[[str, str], float]) -> None:
    for what in SETS.values():
        assert value(f"{what} F1", "statements=gold") == pytest.approx(1.0, abs=0.03), what
    assert value("must not promote accuracy", "statements=gold") >= 0.94  # false alarms hold two of 38 back
    assert value("Brier score of barriers listed", "statements=gold") < 0.05


def test_the_ledger_does_not_lose_to_the_latest_statement_on_gold(value: Callable[[str, str], float]) -> None:
    for what in SETS.values():
        trivial = value(f"{what} F1", f"statements=gold, {BASELINE}")
        assert value(f"{what} F1", "statements=gold") >= trivial - 1e-9, what


def test_the_model_that_ships_gives_what_was_seen_before(context: SuiteContext) -> None:
    found = profiles_suite(SHIPPED, replace(context, model=None, encoder_folder=None))
    seen = {figure.key: figure.estimate.value for figure in found.figures}
    assert seen["profiles/barriers open F1"] > 0.42
    assert seen["profiles/drivers F1"] > 0.34


def test_the_parts_by_topic_add_up_to_the_whole(findings: Findings) -> None:
    whole = next(f for f in findings.figures if f.key == "profiles/barriers open F1")
    parts = [f for f in findings.figures if f.key.startswith(f"{whole.key}/topic=")]
    assert len(parts) > 10
    sums = [f.basis.statistics.sum(axis=0) for f in parts if f.basis is not None]
    assert whole.basis is not None
    np.testing.assert_array_equal(np.sum(sums, axis=0), whole.basis.statistics.sum(axis=0))


def test_a_figure_of_sets_is_about_those_of_whom_something_is_claimed_or_true(findings: Findings) -> None:
    of_sets = [f for f in findings.figures if f.metric.endswith(" F1")]
    assert len(of_sets) > 50
    for figure in of_sets:
        assert figure.basis is not None
        assert figure.basis.statistics.any(axis=1).all(), figure.key


def test_precision_is_about_claims_and_recall_about_truths() -> None:
    items = ItemSet("four", tuple("ABCD"), tuple("ABCD"))
    found, true = [{"cost"}, {"cost"}, set[str](), set[str]()], [{"cost"}, set[str](), {"cost"}, set[str]()]
    rows = {f.metric: f.basis and f.basis.rows for f in set_figures("profiles", "drivers", items, found, true, "all")}
    assert rows == {"drivers F1": (0, 1, 2), "drivers precision": (0, 1), "drivers recall": (0, 2)}


def test_where_nothing_is_claimed_and_nothing_true_there_is_no_figure() -> None:
    items = ItemSet("one", ("A",), ("A",))
    assert set_figures("profiles", "conflicts", items, [set()], [set()], "all") == []


@pytest.mark.parametrize("part", ["all", "statements=gold"])
def test_the_f1_of_each_set_is_that_of_scikit_learn(
    part: str, runs: tuple[TimelineRun, ...], value: Callable[[str, str], float]
) -> None:
    [run] = [run for run in runs if run.part == part]
    inspected, gold = run.inspected(), timelines_in(SHIPPED).profiles
    found = [TopicSets.of_inspected(inspected[profile.pair]) for profile in gold]
    binary = MultiLabelBinarizer(classes=run.taxonomy.ids)
    for field, what in SETS.items():
        claimed = binary.fit_transform([getattr(sets, field) for sets in found])
        true = binary.fit_transform([getattr(profile, field) for profile in gold])
        assert value(f"{what} F1", part) == pytest.approx(f1_score(true, claimed, average="micro"))


def test_items_are_clustered_by_physician(findings: Findings) -> None:
    [items] = [items for items in findings.item_sets if items.name == ITEMS]
    assert (len(items), len(set(items.clusters))) == (38, 30)
    assert items.ids[0] == "T001|Zelvanta"
    assert set(findings.scored_by) == {items.name for items in findings.item_sets}


def test_a_missed_physician_is_shown_with_what_is_true_and_what_was_found(findings: Findings) -> None:
    example = next(example for example in findings.examples if example.item_id == "T001|Zelvanta")
    facts = dict(example.facts)
    assert facts["barriers open, true"] == "coverage, workload"
    assert facts["barriers open, found"] != facts["barriers open, true"]
    assert "moved Zelvanta to non-preferred" in example.text


def test_the_files_measured_on_are_named(findings: Findings) -> None:
    assert "timelines/gold_profiles.jsonl" in findings.data
    assert "timelines/notes.jsonl" in findings.data


def test_what_the_model_infers_does_not_depend_on_gold(
    runs: tuple[TimelineRun, ...], context: SuiteContext, tmp_path: Path
) -> None:
    with sample_folder() as sample:
        bare = Path(shutil.copytree(sample, tmp_path / "timelines"))
    [blind] = timeline_runs(timelines_in(bare), context)
    assert blind.tables["insights"].equals(runs[0].tables["insights"])
    assert blind.profiles_on(runs[0].as_of).profiles.equals(runs[0].profiles.profiles)


def trained_on(text: str, model: InsightModel) -> InsightModel:
    return replace(model, trained=replace(model.trained, trained_on=frozenset((redacted_digest(text),))))


def test_a_model_that_saw_the_notes_is_refused(
    context: SuiteContext, small_model: InsightModel, tmp_path: Path
) -> None:
    trained_on(timelines_in(SHIPPED).notes[0].text, small_model).save(tmp_path / "model")
    with pytest.raises(InputError, match=r"trained on notes of .*timelines or of their physicians \(6 of 168\)"):
        profiles_suite(SHIPPED, replace(context, model=tmp_path / "model"))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_model_that_saw_notes_without_labels_is_refused(
    ending: str, context: SuiteContext, small_model: InsightModel, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(SHIPPED / "timelines", tmp_path / "timelines"))
    rows = [json.loads(line) for line in (folder / "notes.jsonl").read_text(encoding="utf-8").splitlines()]
    (folder / "notes.jsonl").unlink()
    bare = pd.DataFrame(rows)[["note_id", "hcp_id", "date", "text", "brand"]]
    if ending == "csv":
        bare.to_csv(folder / "notes.csv", index=False)
    elif ending == "jsonl":
        bare.to_json(folder / "notes.jsonl", orient="records", lines=True, force_ascii=False)
    else:
        bare.to_parquet(folder / "notes.parquet", index=False)
    trained_on(rows[0]["text"], small_model).save(tmp_path / "model")
    with pytest.raises(InputError, match=r"trained on notes of .*timelines"):
        profiles_suite(tmp_path, replace(context, model=tmp_path / "model"))


def test_a_topic_that_the_model_does_not_know_is_refused(context: SuiteContext, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED / "timelines", tmp_path / "timelines"))
    profile = json.loads((folder / "gold_profiles.jsonl").read_text(encoding="utf-8").splitlines()[0])
    profile["drivers"] = ["parking"]
    (folder / "gold_profiles.jsonl").write_text(json.dumps(profile), encoding="utf-8")
    with pytest.raises(InputError, match="has the topic 'parking', which the model's taxonomy"):
        profiles_suite(tmp_path, context)


def test_a_folder_without_gold_profiles_is_left_to_other_suites(context: SuiteContext) -> None:
    with sample_folder() as sample, pytest.raises(MissingDataError, match="holds no gold profiles"):
        profiles_suite(sample, context)


def test_a_folder_without_timelines_is_left_to_other_suites(context: SuiteContext, tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="holds no timelines"):
        profiles_suite(tmp_path, context)


def statement(day: str, status: str, **fields: Any) -> dict[str, Any]:
    row = {
        "hcp_id": "H1",
        "brand": "Dermiqo",
        "date": date.fromisoformat(day),
        "topic": "cost",
        "polarity": "barrier",
        "status": status,
        "holder": "hcp",
        "probability": 1.0,
    }
    return row | fields


def trivial(*rows: dict[str, Any]) -> TopicSets:
    found = latest_statement_sets(pa.Table.from_pylist(list(rows), schema=STATEMENTS), date(2026, 9, 30))
    return found.get(("H1", "Dermiqo"), TopicSets())


def test_the_latest_own_statement_wins() -> None:
    opened, over = statement("2026-01-01", "current"), statement("2026-02-01", "resolved")
    assert trivial(opened) == TopicSets(barriers_open=frozenset({"cost"}))
    assert trivial(over, opened) == TopicSets(barriers_resolved=frozenset({"cost"}))
    assert trivial(opened, over, statement("2026-02-01", "current")) == TopicSets(barriers_open=frozenset({"cost"}))
    assert trivial(statement("2026-01-01", "current", polarity="driver")).drivers == {"cost"}


@pytest.mark.parametrize(
    "fields", [{"holder": "rep"}, {"holder": "other"}, {"status": "hypothetical"}, {"probability": 0.4}]
)
def test_what_is_not_clearly_the_physicians_own_word_counts_for_nothing(fields: dict[str, Any]) -> None:
    assert trivial(statement("2026-01-01", "current") | fields) == TopicSets()


def test_later_days_are_not_known_yet() -> None:
    assert trivial(statement("2026-10-01", "current")) == TopicSets()


def test_stages_are_counted_right_and_their_distance_in_steps(findings: Findings) -> None:
    [items] = [items for items in findings.item_sets if items.name == ITEMS]
    true = ["aware", "advocate", "lapsed"] + ["trial"] * 35
    found = ["aware", "trial", "trial", None] + ["adopter"] * 34
    accuracy, distance = stage_figures("profiles", items, found, true, "all")
    assert accuracy.estimate.value == pytest.approx(1 / 38)
    assert distance.estimate.value == pytest.approx((0 + 2 + 34) / 36)
    assert (distance.estimate.items, distance.better) == (36, "lower")
    confusion = stage_confusion("profiles", "stages", found, true)
    place = {label: row for row, label in enumerate(confusion.labels)}
    assert confusion.counts[place["trial"]][place[UNCLAIMED]] == 1
    assert confusion.counts[place["lapsed"]][place["trial"]] == 1
    assert sum(map(sum, confusion.counts)) == 38


def test_estimates_name_their_clusters(findings: Findings) -> None:
    def basis(figure: Figure) -> tuple[int, int]:
        estimate: Estimate = figure.estimate
        return estimate.items, estimate.clusters

    assert {basis(f) for f in findings.figures if f.metric == "adoption stage accuracy"} == {(38, 30)}
