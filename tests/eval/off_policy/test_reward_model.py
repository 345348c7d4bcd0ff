from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hcplens.eval.datasets import BanditLog
from hcplens.eval.metrics import RATIO
from hcplens.eval.off_policy import cross_fitted_rewards, direct_method, doubly_robust, simulate_log, uniform_policy


@pytest.fixture
def log(read_table: Callable[[pd.DataFrame], BanditLog]) -> BanditLog:
    return read_table(simulate_log(900, 90, seed=3).table)


def test_a_row_is_never_predicted_by_a_model_that_saw_its_cluster(log: BanditLog) -> None:
    policy = uniform_policy(log)
    before = cross_fitted_rewards(log, policy)
    mine = log.clusters == 0
    after = cross_fitted_rewards(replace(log, rewards=np.where(mine, 1 - log.rewards, log.rewards)), policy)
    assert np.array_equal(before.of_logged[mine], after.of_logged[mine])
    assert np.array_equal(before.of_target[mine], after.of_target[mine])
    assert not np.array_equal(before.of_logged, after.of_logged)


def test_the_order_of_the_rows_changes_nothing(log: BanditLog) -> None:
    order = np.random.default_rng(0).permutation(len(log))
    moved = replace(
        log,
        **{
            name: getattr(log, name)[order]
            for name in ("actions", "rewards", "propensities", "positions", "contexts", "clusters")
        },
    )
    before = cross_fitted_rewards(log, uniform_policy(log))
    after = cross_fitted_rewards(moved, uniform_policy(moved))
    assert after.of_target == pytest.approx(before.of_target[order], abs=1e-3)


def test_expected_rewards_of_clicks_are_probabilities(log: BanditLog) -> None:
    expected = cross_fitted_rewards(log, uniform_policy(log))
    assert expected.of_logged.min() > 0
    assert expected.of_logged.max() <= expected.largest < 1


def test_the_direct_method_is_exact_where_the_model_is(make_log: Callable[..., BanditLog]) -> None:
    """Rewards are always 3: any model learns that, and the direct method then errs by nothing."""
    log = make_log([0, 1] * 20, [3.0] * 40, [0.9, 0.1] * 20)
    expected = cross_fitted_rewards(log, uniform_policy(log))
    assert RATIO.value(direct_method(expected)) == 3.0
    assert RATIO.value(doubly_robust(np.full(40, 7.0), log.rewards, expected)) == 3.0


def test_the_direct_method_finds_what_each_action_earns(make_log: Callable[..., BanditLog]) -> None:
    """Action a always earns 1 and b always 2, whatever their propensities: alike chosen they earn 1.5."""
    actions = [0] * 1800 + [1] * 200
    log = make_log(actions, [1.0 + action for action in actions], [0.9] * 1800 + [0.1] * 200)
    assert RATIO.value(direct_method(cross_fitted_rewards(log, uniform_policy(log)))) == pytest.approx(1.5, abs=0.01)


def test_what_an_action_earns_may_differ_by_context(make_log: Callable[..., BanditLog]) -> None:
    """Each context has its own best action: the model must not average them."""
    random = np.random.default_rng(0)
    actions, kind = random.integers(2, size=2000), random.integers(2, size=2000)
    log = replace(
        make_log(actions.tolist(), (actions == kind).astype(float).tolist(), [0.5] * 2000), contexts=np.eye(2)[kind]
    )
    expected = cross_fitted_rewards(log, uniform_policy(log))
    assert np.abs(expected.of_logged - log.rewards).max() < 0.05


def test_one_cluster_is_not_enough(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0, 1], [1, 0], [0.5, 0.5], clusters=[0, 0])
    with pytest.raises(ValueError, match="two clusters"):
        cross_fitted_rewards(log, uniform_policy(log))
