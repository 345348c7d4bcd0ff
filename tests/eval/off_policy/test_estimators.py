"""Three rows by hand: weights 2, 0.5 and 1, rewards 1, 0 and 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hcplens.eval.datasets import BanditLog
from hcplens.eval.metrics import RATIO
from hcplens.eval.off_policy import (
    ExpectedRewards,
    TargetPolicy,
    clustered_variance,
    direct_method,
    doubly_robust,
    importance_weights,
    inverse_propensity,
    self_normalised,
    switch_doubly_robust,
    switch_threshold,
    uniform_policy,
)

WEIGHTS = np.array([2.0, 0.5, 1.0])
REWARDS = np.array([1.0, 0.0, 1.0])
EXPECTED = ExpectedRewards(of_logged=np.array([0.5, 0.4, 0.5]), of_target=np.array([0.4, 0.3, 0.2]), largest=0.5)


def test_a_weight_is_target_over_logging_probability(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0, 1, 0], [1, 0, 1], [0.25, 1.0, 0.5])
    assert importance_weights(log, uniform_policy(log)).tolist() == [2.0, 0.5, 1.0]


def test_inverse_propensity_scoring_by_hand() -> None:
    assert RATIO.value(inverse_propensity(WEIGHTS, REWARDS)) == pytest.approx((2 + 0 + 1) / 3)


def test_self_normalised_by_hand() -> None:
    assert RATIO.value(self_normalised(WEIGHTS, REWARDS)) == pytest.approx((2 + 0 + 1) / 3.5)


def test_the_direct_method_by_hand() -> None:
    assert RATIO.value(direct_method(EXPECTED)) == pytest.approx((0.4 + 0.3 + 0.2) / 3)


def test_doubly_robust_by_hand() -> None:
    rows = [0.4 + 2 * (1 - 0.5), 0.3 + 0.5 * (0 - 0.4), 0.2 + 1 * (1 - 0.5)]
    assert doubly_robust(WEIGHTS, REWARDS, EXPECTED)[:, 0] == pytest.approx(rows)
    assert RATIO.value(doubly_robust(WEIGHTS, REWARDS, EXPECTED)) == pytest.approx(sum(rows) / 3)


def test_switch_by_hand_rests_on_the_model_above_the_threshold() -> None:
    rows = [0.4, 0.3 + 0.5 * (0 - 0.4), 0.2 + 1 * (1 - 0.5)]
    assert switch_doubly_robust(WEIGHTS, REWARDS, EXPECTED, 1.0)[:, 0] == pytest.approx(rows)


def test_switch_is_doubly_robust_or_the_direct_method_at_the_ends() -> None:
    assert np.array_equal(
        switch_doubly_robust(WEIGHTS, REWARDS, EXPECTED, 2.0), doubly_robust(WEIGHTS, REWARDS, EXPECTED)
    )
    assert np.array_equal(switch_doubly_robust(WEIGHTS, REWARDS, EXPECTED, 0.0), direct_method(EXPECTED))


def test_the_threshold_leaves_out_the_weight_that_costs_more_variance_than_bias() -> None:
    weights = np.append(np.ones(999), 300.0)
    rewards = np.append(np.tile([0.0, 0.1], 500)[:999], 1.0)
    expected = ExpectedRewards(np.full(1000, 0.05), np.full(1000, 0.05), largest=0.05)
    assert switch_threshold(weights, rewards, expected, np.arange(1000)) < 300


def test_the_threshold_keeps_every_weight_where_the_model_may_be_far_off() -> None:
    weights = np.tile([0.5, 1.5], 500)
    rewards = np.tile([0.0, 0.0, 1.0, 1.0], 250)
    expected = ExpectedRewards(np.full(1000, 0.5), np.full(1000, 0.5), largest=0.5)
    assert switch_threshold(weights, rewards, expected, np.arange(1000)) == 1.5


def test_weights_that_are_all_0_have_the_threshold_0() -> None:
    assert switch_threshold(np.zeros(3), REWARDS, EXPECTED, np.arange(3)) == 0.0


def test_the_variance_of_a_mean_without_clusters_is_the_usual_one() -> None:
    values = np.array([1.0, 2.0, 4.0, 7.0])
    assert clustered_variance(values, np.arange(4)) == pytest.approx(values.var(ddof=1) / 4)


def test_rows_repeated_within_a_cluster_add_nothing_to_what_is_known() -> None:
    values = np.array([1.0, 2.0, 4.0, 7.0])
    repeated = clustered_variance(np.repeat(values, 3), np.repeat(np.arange(4), 3))
    assert repeated == pytest.approx(clustered_variance(values, np.arange(4)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it makes logs and keeps nothing
@given(st.lists(st.tuples(st.integers(0, 1), st.floats(-5, 5)), min_size=1, max_size=20), st.floats(0.05, 0.95))
def test_the_logging_policy_evaluated_on_itself_earns_the_mean_reward(
    make_log: Callable[..., BanditLog], rows: list[tuple[int, float]], probability: float
) -> None:
    chance = np.array([probability, 1 - probability])
    actions = np.array([action for action, _ in rows])
    rewards = np.array([reward for _, reward in rows])
    policy = TargetPolicy("itself", ("a", "b"), chance[None, :], np.zeros(len(rows), dtype=np.intp))
    log = make_log(actions, rewards, chance[actions])
    weights = importance_weights(log, policy)
    assert weights == pytest.approx(1.0)
    for statistics in (inverse_propensity(weights, rewards), self_normalised(weights, rewards)):
        assert RATIO.value(statistics) == pytest.approx(rewards.mean())


@given(st.permutations(range(6)))
def test_permuting_rows_changes_nothing(order: list[int]) -> None:
    random = np.random.default_rng(0)
    weights, rewards = random.exponential(size=6), random.random(6)
    expected = ExpectedRewards(random.random(6), random.random(6), 1.0)
    moved = ExpectedRewards(expected.of_logged[order], expected.of_target[order], 1.0)
    pairs = [
        (inverse_propensity(weights, rewards), inverse_propensity(weights[order], rewards[order])),
        (self_normalised(weights, rewards), self_normalised(weights[order], rewards[order])),
        (direct_method(expected), direct_method(moved)),
        (doubly_robust(weights, rewards, expected), doubly_robust(weights[order], rewards[order], moved)),
    ]
    for before, after in pairs:
        assert RATIO.value(after) == pytest.approx(RATIO.value(before))
