from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from hcplens import InputError
from hcplens.eval.metrics import log_losses
from hcplens.eval.suites.channel_split import ChannelSplit, channel_split, cut_day
from hcplens.eval.suites.channels import channels_suite
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.eval.suites.timeline_data import timelines_in
from hcplens.eval.suites.timeline_runs import timeline_runs

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"
COLUMNS = ("event_id", "hcp_id", "timestamp", "channel", "action", "content_id")
START = datetime(2026, 1, 1, 9, tzinfo=UTC)

Event = tuple[str, int, str, str]
"""Physician, day from the start, channel, action."""


@pytest.fixture(scope="module")
def context(small_context: SuiteContext) -> SuiteContext:
    return small_context


@pytest.fixture(scope="module")
def findings(context: SuiteContext) -> Findings:
    return channels_suite(SHIPPED, context)


@pytest.fixture
def split_of(context: SuiteContext, tmp_path: Path) -> Callable[[Sequence[Event]], ChannelSplit | None]:
    def split(events: Sequence[Event]) -> ChannelSplit | None:
        write_events(tmp_path / "content_events.csv", events)
        [run] = timeline_runs(timelines_in(tmp_path), context)
        return channel_split(run)

    return split


def write_events(path: Path, events: Sequence[Event]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, (hcp_id, day, channel, action) in enumerate(events):
            moment = START + timedelta(days=day, hours=1 if action == "opened" else 0)
            rows.writerow([f"E{number}", hcp_id, moment.isoformat(), channel, action, f"M{day}"])


def mails(hcp_id: str, days: Sequence[int], *, opened: bool) -> list[Event]:
    actions = ("delivered", "opened") if opened else ("delivered",)
    return [(hcp_id, day, "email", action) for day in days for action in actions]


def value(findings: Findings, metric: str, part: str = "all") -> float:
    [figure] = [f for f in findings.figures if (f.metric, f.part) == (metric, part)]
    return figure.estimate.value


def test_the_cut_leaves_whole_months_before_the_last_day() -> None:
    assert cut_day(date(2026, 1, 5), date(2026, 9, 29)) == date(2026, 9, 29) - timedelta(days=90)
    assert cut_day(date(2026, 9, 1), date(2026, 9, 29)) == date(2026, 9, 29) - timedelta(days=30)


def test_a_habit_that_lasts_is_foretold_better_than_by_the_base_rate(context: SuiteContext, tmp_path: Path) -> None:
    keen = [event for h in ("A", "B", "C") for event in mails(h, range(0, 200, 10), opened=True)]
    aloof = [event for h in ("D", "E", "F") for event in mails(h, range(0, 200, 10), opened=False)]
    write_events(tmp_path / "content_events.csv", [*keen, *aloof])
    found = channels_suite(tmp_path, context)
    assert value(found, "AUC") == 1.0
    assert value(found, "AUC of the channel's base rate") == 0.5
    assert value(found, "log-loss minus that of the base rate") < -0.3
    assert value(found, "Brier minus that of the base rate") < -0.1
    assert value(found, "log-loss of the channel's base rate") == pytest.approx(math.log(2), abs=0.01)
    assert value(found, "exposures predicted") == 1.0
    assert any("has no hidden probabilities" in notice for notice in found.notices)


def test_what_came_after_the_cut_is_not_known_to_the_profile(
    split_of: Callable[[Sequence[Event]], ChannelSplit | None],
) -> None:
    before = mails("A", range(0, 140, 10), opened=False)
    ignored = split_of([*before, *mails("A", range(150, 200, 10), opened=False)])
    answered = split_of([*before, *mails("A", range(150, 200, 10), opened=True)])
    assert ignored is not None
    assert answered is not None
    np.testing.assert_array_equal(ignored.predicted, answered.predicted)
    np.testing.assert_array_equal(ignored.base_rates, answered.base_rates)
    assert (ignored.responses.tolist(), answered.responses.tolist()) == ([0.0] * 5, [1.0] * 5)


def test_the_base_rate_is_that_of_the_channel_before_the_cut(
    split_of: Callable[[Sequence[Event]], ChannelSplit | None],
) -> None:
    opened, ignored = mails("A", [0, 20, 40], opened=True), mails("B", [10, 30], opened=False)
    split = split_of([*opened, *ignored, *mails("A", [190, 200], opened=True)])
    assert split is not None
    assert split.base_rates.tolist() == pytest.approx([(3 + 0.5) / (5 + 1)] * 2)


def test_each_month_is_one_occasion_to_visit_the_website_whether_visited_or_not(
    split_of: Callable[[Sequence[Event]], ChannelSplit | None],
) -> None:
    visits = [("A", day, "website", "viewed") for day in range(0, 201, 5)]
    split = split_of([*visits, *mails("B", [0, 100, 200], opened=True)])
    assert split is not None
    months = {h: sum(c == h for c in split.items.clusters) for h in ("A", "B")}
    website = [row for row, channel in enumerate(split.channels) if channel == "website"]
    assert months == {"A": 2, "B": 2 + 1}
    assert len(website) == 4
    outcomes = dict(zip((split.items.clusters[row] for row in split.rows), split.responses, strict=True))
    assert (outcomes["A"], split.cut) == (1.0, (START + timedelta(days=200 - 60)).date())


def test_a_physician_of_whom_nothing_was_known_is_not_predicted_but_counted(
    split_of: Callable[[Sequence[Event]], ChannelSplit | None],
) -> None:
    split = split_of([*mails("A", range(0, 201, 10), opened=True), *mails("new", [190], opened=True)])
    assert split is not None
    assert set(split.items.clusters) == {"A", "new"}
    assert {split.items.clusters[row] for row in split.rows} == {"A"}


def test_too_few_events_are_left_to_other_suites(context: SuiteContext, tmp_path: Path) -> None:
    write_events(tmp_path / "content_events.csv", mails("A", [0], opened=True))
    with pytest.raises(MissingDataError, match="too few content events"):
        channels_suite(tmp_path, context)


def test_tables_with_too_many_bad_rows_are_refused_with_where_they_stand(context: SuiteContext, tmp_path: Path) -> None:
    path = tmp_path / "content_events.csv"
    write_events(path, mails("A", range(0, 200, 10), opened=True))
    path.write_text(path.read_text(encoding="utf-8").replace("email", "fax", 3), encoding="utf-8")
    with pytest.raises(InputError, match=r"(?s)content_events\.csv row 2.*fax.*of `hcplens run`, which keeps all"):
        channels_suite(tmp_path, context)


def test_a_folder_without_events_is_left_to_other_suites(context: SuiteContext, tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "timelines" / "notes.jsonl", tmp_path / "notes.jsonl")
    with pytest.raises(MissingDataError, match="holds no content events"):
        channels_suite(tmp_path, context)


def test_expected_losses_lie_above_the_best_possible_by_their_excess(findings: Findings) -> None:
    [loss] = [f for f in findings.figures if f.key == "channels/expected log-loss/statements=gold"]
    assert loss.basis is not None
    with (SHIPPED / "timelines" / "gold_channel_probabilities.csv").open(encoding="utf-8") as file:
        hidden = np.array([float(row["p_engage"]) for row in csv.DictReader(file)])[list(loss.basis.rows)]
    best = log_losses(hidden, hidden).mean()
    excess = value(findings, "expected log-loss above the best possible", "statements=gold")
    assert loss.estimate.value == pytest.approx(best + excess)
    assert excess > 0


def test_the_shipped_channels_are_found_better_than_by_base_rates(findings: Findings) -> None:
    for part in ("all", "statements=gold"):
        assert value(findings, "expected log-loss minus that of the base rate", part) < 0
        assert value(findings, "rank correlation", part) > 0.3
        assert value(findings, "AUC of preferred channels", part) > 0.7
        assert 0.7 < value(findings, "interval coverage", part) < 0.95


def test_figures_are_clustered_by_physician(findings: Findings) -> None:
    assert {f.estimate.clusters for f in findings.figures if f.metric in ("AUC", "expected Brier")} >= {30}
    assert {f.estimate.items for f in findings.figures if f.metric == "rank correlation"} == {30}
    assert set(findings.scored_by) == {items.name for items in findings.item_sets}
