"""Evaluations of logs whose truth is known, and of Open Bandit's."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hcplens.eval.datasets import BanditLog, read_bandit_log
from hcplens.eval.metrics import RATIO, Floats, clustered_estimate
from hcplens.eval.off_policy import (
    TargetPolicy,
    evaluate_policy,
    importance_weights,
    inverse_propensity,
    simulate_log,
    uniform_policy,
)

OPEN_BANDIT = Path(os.environ.get("HCPLENS_PUBLIC_DATA", "")) / "open_bandit"
needs_open_bandit = pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="needs Open Bandit's logs")
ReadTable = Callable[[pd.DataFrame], BanditLog]


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Floats]:
    """By estimator, how far 30 logs are from their truths of about 0.8: what is not clicked away is rewarded."""
    path = tmp_path_factory.mktemp("logs") / "log.csv"
    found: dict[str, list[float]] = {}
    for seed in range(30):
        simulated = simulate_log(1200, 120, seed=seed, greed=1.5)
        simulated.table.assign(click=1 - simulated.table["click"]).to_csv(path, index=False)
        log = read_bandit_log(path)
        for name, statistics in evaluate_policy(log, uniform_policy(log)).statistics.items():
            found.setdefault(name, []).append(RATIO.value(statistics) - (1 - simulated.value))
    return {name: np.array(values) for name, values in found.items()}


@pytest.mark.parametrize("name", ["IPS value", "SNIPS value", "doubly robust value", "Switch-DR value"])
def test_an_estimator_is_right_on_average(errors: dict[str, Floats], name: str) -> None:
    """Within three standard errors of its mean over the logs."""
    assert abs(errors[name].mean()) < 3 * errors[name].std(ddof=1) / np.sqrt(len(errors[name]))


def test_the_direct_method_is_near_on_average(errors: dict[str, Floats]) -> None:
    """Its penalty draws what is seldom logged towards what is logged often: a quarter of 0.09 is left."""
    assert abs(errors["direct method value"].mean()) < 0.03


def test_what_was_logged_is_another_policys_value(errors: dict[str, Floats]) -> None:
    assert errors["logged value"].mean() < -0.05


def test_a_reward_model_takes_variance_away(errors: dict[str, Floats]) -> None:
    variance = {name: values.var() for name, values in errors.items()}
    assert variance["doubly robust value"] < variance["IPS value"] / 2
    assert variance["Switch-DR value"] < variance["IPS value"] / 2


def test_intervals_of_inverse_propensity_scoring_cover_the_truth() -> None:
    """Of 600 logs of 120 physicians, 93 to 97 % of the intervals hold the truth (standard error: 0.9 %)."""
    covered = 0
    for seed in range(600):
        simulated = simulate_log(720, 120, seed=seed)
        weights = 1 / 12 / simulated.table["propensity_score"].to_numpy()
        statistics = inverse_propensity(weights, simulated.table["click"].to_numpy())
        estimate = clustered_estimate(RATIO, statistics, simulated.table["hcp_id"].tolist(), seed=seed, draws=500)
        assert estimate.low is not None
        assert estimate.high is not None
        covered += estimate.low <= simulated.value <= estimate.high
    assert 0.93 <= covered / 600 <= 0.97


def test_a_simulated_log_evaluated_on_its_own_propensities_earns_what_was_logged(read_table: ReadTable) -> None:
    log = read_table(simulate_log(600, 60, seed=1, greed=0).table)
    evaluation = evaluate_policy(log, uniform_policy(log))
    assert importance_weights(log, uniform_policy(log)) == pytest.approx(np.ones(600), abs=1e-4)
    assert RATIO.value(evaluation.statistics["IPS value"]) == pytest.approx(log.rewards.mean(), abs=1e-4)


def test_the_order_of_the_rows_changes_nothing(read_table: ReadTable) -> None:
    table = simulate_log(800, 80, seed=2).table
    log = read_table(table)
    moved = read_table(table.sample(frac=1, random_state=0))
    before, after = evaluate_policy(log, uniform_policy(log)), evaluate_policy(moved, uniform_policy(moved))
    assert after.diagnostics.effective_rows == pytest.approx(before.diagnostics.effective_rows)
    for name, statistics in before.statistics.items():
        assert RATIO.value(after.statistics[name]) == pytest.approx(RATIO.value(statistics), abs=1e-4)


def test_the_same_seed_gives_the_same_estimates(read_table: ReadTable) -> None:
    log = read_table(simulate_log(800, 80, seed=2).table)
    first, second = (evaluate_policy(log, uniform_policy(log), seed=3) for _ in range(2))
    assert first.threshold == second.threshold
    for name, statistics in first.statistics.items():
        assert np.array_equal(statistics, second.statistics[name])


def test_rewards_need_not_be_clicks(read_table: ReadTable) -> None:
    table = simulate_log(1500, 150, seed=4).table
    clicks, seconds = read_table(table), read_table(table.assign(click=30.0 * table["click"]))
    for name in ("IPS value", "SNIPS value", "doubly robust value"):
        of_clicks, of_seconds = (
            RATIO.value(evaluate_policy(log, uniform_policy(log)).statistics[name]) for log in (clicks, seconds)
        )
        assert of_seconds == pytest.approx(30 * of_clicks, rel=0.02)


def test_a_policy_that_always_chooses_one_action_is_evaluated(read_table: ReadTable) -> None:
    log = read_table(simulate_log(2400, 240, seed=6).table)
    always = TargetPolicy("always M03", log.action_names, np.eye(12)[[3]], np.zeros(2400, dtype=np.intp))
    evaluation = evaluate_policy(log, always)
    chosen = log.actions == 3
    assert evaluation.diagnostics.effective_rows <= chosen.sum()
    weights = chosen / log.propensities
    assert RATIO.value(evaluation.statistics["SNIPS value"]) == pytest.approx(weights @ log.rewards / weights.sum())


@needs_open_bandit
def test_the_uniform_policy_from_open_bandits_thompson_sampling_log() -> None:
    log = read_bandit_log(OPEN_BANDIT / "bts" / "all.csv.gz")
    evaluation = evaluate_policy(log, uniform_policy(log))
    assert RATIO.value(evaluation.statistics["IPS value"]) == pytest.approx(0.0024, abs=0.0002)
    assert RATIO.value(evaluation.statistics["logged value"]) == pytest.approx(0.0042)
    assert evaluation.diagnostics.effective_rows == pytest.approx(340.4, abs=0.1)
    estimate = clustered_estimate(RATIO, evaluation.statistics["IPS value"], log.clusters.tolist())
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < 0.0038 < estimate.high
    assert any("effectively carry the estimate" in warning for warning in evaluation.warnings)


@needs_open_bandit
def test_the_uniform_policy_from_open_bandits_random_log_is_what_was_logged() -> None:
    log = read_bandit_log(OPEN_BANDIT / "random" / "all.csv.gz")
    evaluation = evaluate_policy(log, uniform_policy(log))
    for name in ("logged value", "IPS value", "SNIPS value"):
        assert RATIO.value(evaluation.statistics[name]) == pytest.approx(0.0038, abs=1e-9)
    assert evaluation.diagnostics.effective_rows == pytest.approx(10_000)
    assert evaluation.warnings == ()
