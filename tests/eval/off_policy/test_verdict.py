from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hcplens.eval.datasets import BanditLog
from hcplens.eval.off_policy import (
    RefusedLogError,
    TargetPolicy,
    diagnose,
    effective_size,
    evaluate_policy,
    judged,
    simulate_log,
    uniform_policy,
)


@pytest.fixture
def log(read_table: Callable[[pd.DataFrame], BanditLog]) -> BanditLog:
    return read_table(simulate_log(3000, 300, seed=5).table)


def everywhere(log: BanditLog, *probabilities: float) -> TargetPolicy:
    return TargetPolicy("fixed", log.action_names, np.array([probabilities]), np.zeros(len(log), dtype=np.intp))


def refusals(log: BanditLog, policy: TargetPolicy | None = None) -> str:
    return "\n".join(judged(diagnose(log, policy or uniform_policy(log))).refusals)


def warnings(log: BanditLog, policy: TargetPolicy | None = None) -> str:
    return "\n".join(judged(diagnose(log, policy or uniform_policy(log))).warnings)


def test_the_effective_size_by_hand() -> None:
    assert effective_size(np.array([1.0, 1.0, 1.0])) == pytest.approx(3)
    assert effective_size(np.array([2.0, 1.0, 1.0])) == pytest.approx(16 / 6)
    assert effective_size(np.array([0.0, 0.0])) == 0


def test_diagnostics_by_hand(make_log: Callable[..., BanditLog]) -> None:
    """Weights 2, 0.5 and 1; rewards 1, 0 and 1; too few rows to check the propensities of a position."""
    found = diagnose(log := make_log([0, 1, 0], [1, 0, 1], [0.25, 1.0, 0.5]), uniform_policy(log))
    assert (found.rows, found.clusters, found.rewarded) == (3, 3, 2)
    assert found.effective_clusters == found.effective_rows
    assert found.implied_actions == {}
    assert found.effective_rows == pytest.approx(3.5**2 / 5.25)
    assert found.effective_rewards == pytest.approx(3**2 / 5)
    assert found.mean_weight.mean == pytest.approx(3.5 / 3)
    error = np.std([2, 0.5, 1], ddof=1) / np.sqrt(3)
    assert found.mean_weight.z == pytest.approx((3.5 / 3 - 1) / error)
    assert found.largest_weight == 2
    assert found.top_share == pytest.approx(2 / 3.5)
    assert found.never_logged == 0


def test_a_log_with_right_propensities_is_believed(log: BanditLog) -> None:
    assert judged(diagnose(log, uniform_policy(log))).refusals == ()
    assert judged(diagnose(log, uniform_policy(log))).warnings == ()


def test_a_log_whose_weight_rests_on_two_rows_is_refused(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0] * 498 + [1] * 2, [1] * 500, [0.996] * 498 + [0.004] * 2)
    policy = everywhere(log, 0.0, 1.0)
    assert diagnose(log, policy).effective_rows == pytest.approx(2)
    with pytest.raises(RefusedLogError, match=r"the effective sample size is 2\.0 of 500 rows, and at least 10"):
        evaluate_policy(log, policy)


def test_a_policy_that_the_log_never_follows_is_refused(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0] * 50, [1] * 50, [1.0] * 50)
    assert "gives 100.0% of its choices to actions never logged" in refusals(log, everywhere(log, 0.0, 1.0))
    assert "the effective sample size is 0.0 of 50 rows" in refusals(log, everywhere(log, 0.0, 1.0))


def test_few_effective_rows_are_told(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0] * 950 + [1] * 50, [1, 0] * 500, [0.95] * 950 + [0.05] * 50)
    assert refusals(log, everywhere(log, 0.0, 1.0)) == ""
    assert "the effective sample size is only 50.0 of 1,000 rows" in warnings(log, everywhere(log, 0.0, 1.0))


def test_a_few_rows_that_decide_are_told(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0] * 1980 + [1] * 20, [1, 0] * 1000, [0.99] * 1980 + [0.01] * 20)
    assert "the heaviest 1 % of the rows hold 90% of the weight" in warnings(log, everywhere(log, 0.1, 0.9))


def test_what_is_never_logged_is_told_with_how_far_off_it_may_make_the_estimate(log: BanditLog) -> None:
    shares = np.array([[*[0.97 / 12] * 12, 0.03]])
    policy = TargetPolicy("wider", (*log.action_names, "new"), shares, np.zeros(len(log), dtype=np.intp))
    assert refusals(log, policy) == ""
    assert "gives 3.00% of its choices to actions never logged at their position (new)" in warnings(log, policy)
    assert "off by up to 0.03" in warnings(log, policy)


def test_much_that_is_never_logged_is_refused(log: BanditLog) -> None:
    shares = np.array([[*[0.94 / 12] * 12, 0.06]])
    policy = TargetPolicy("wider", (*log.action_names, "new"), shares, np.zeros(len(log), dtype=np.intp))
    assert "gives 6.0% of its choices to actions never logged" in refusals(log, policy)


def test_an_action_logged_at_another_position_only_counts_as_never_logged(log: BanditLog) -> None:
    rows = np.flatnonzero((log.positions != 0) | (log.actions != 0))
    without = replace(
        log,
        **{
            name: getattr(log, name)[rows]
            for name in ("actions", "rewards", "propensities", "positions", "contexts", "clusters")
        },
    )
    found = diagnose(without, uniform_policy(without))
    assert found.never_logged == pytest.approx((without.positions == 0).mean() / 12)
    assert found.never_logged_actions == ("M00",)


@pytest.mark.parametrize("factor", [0.5, 0.7])
def test_propensities_that_are_too_low_are_refused(log: BanditLog, factor: float) -> None:
    wrong = replace(log, propensities=log.propensities * factor)
    assert "the propensities are wrong" in refusals(wrong)
    assert "at position '2', 1 / propensity over the number of actions seen averages" in warnings(wrong)


def test_propensities_that_are_too_high_are_refused(log: BanditLog) -> None:
    wrong = replace(log, propensities=np.minimum(1, log.propensities * 2))
    assert "the propensities are wrong, or the log could not choose" in refusals(wrong)
    assert "propensities are too high" in warnings(wrong)


def test_propensities_that_are_a_little_off_are_told(log: BanditLog) -> None:
    wrong = replace(log, propensities=log.propensities / 1.15)
    assert refusals(wrong) == ""
    assert "propensities may be wrong" in warnings(wrong)


def test_propensities_of_a_uniform_log_must_be_one_over_the_actions(make_log: Callable[..., BanditLog]) -> None:
    """Without spread there is no standard error to hide behind."""
    log = make_log([0, 1] * 50, [1, 0] * 50, [0.5] * 100)
    assert refusals(log) == ""
    wrong = refusals(replace(log, propensities=np.full(100, 0.1)))
    assert "weights average 5 where 1 is expected (far more than chance explains)" in wrong


def test_candidates_say_how_many_actions_there_were(read_table: Callable[[pd.DataFrame], BanditLog]) -> None:
    """Each physician may be shown two of four modules: propensities of one half are right, though four were logged."""
    allowed = ["a|b", "c|d"] * 100
    table = pd.DataFrame(
        {
            "hcp_id": [f"H{row}" for row in range(200)],
            "item_id": [names.split("|")[row % 4 // 2] for row, names in enumerate(allowed)],
            "click": [1, 0, 0, 1, 1] * 40,
            "propensity": 0.5,
        }
    )
    known = read_table(table.assign(candidates=allowed))
    assert refusals(known) == warnings(known) == ""
    assert diagnose(known, uniform_policy(known)).mean_weight.mean == 1
    assert "the log could not choose what the policy chooses" in refusals(read_table(table))
    wrong = read_table(table.assign(candidates=allowed, propensity=[0.5, 0.1] * 100))
    assert "propensities do not add up at position 'all'" in refusals(wrong)


def test_a_lone_row_at_a_position_refuses_nothing(log: BanditLog) -> None:
    lone = replace(log, position_names=(*log.position_names, "last"), positions=log.positions.copy())
    lone.positions[0] = len(log.position_names)
    assert "last" not in refusals(lone) + warnings(lone).replace("never logged", "")
    assert refusals(lone) == ""


def test_rare_actions_that_the_log_never_shows_refuse_nothing() -> None:
    """Five modules in 98 of 100 choices and two thousand in the others: 1 / propensity is of them all."""
    random = np.random.default_rng(4)
    chances = np.concatenate([np.full(5, 0.98 / 5), np.full(2000, 0.02 / 2000)])
    chosen = random.choice(2005, size=5000, p=chances)
    seen, actions = np.unique(chosen, return_inverse=True)
    log = BanditLog(
        name="tail",
        action_names=tuple(map(str, seen)),
        actions=actions,
        rewards=(random.random(5000) < 0.2).astype(np.float64),
        propensities=chances[chosen],
        position_names=("all",),
        positions=np.zeros(5000, dtype=np.intp),
        contexts=np.empty((5000, 0)),
        cluster_names=tuple(f"H{n}" for n in range(500)),
        clusters=np.arange(5000) % 500,
    )
    main = everywhere(log, *np.where(seen < 5, 0.2, 0.0))
    assert refusals(log, main) == ""
    assert "a column `candidates` tells" in warnings(log, main)


def test_a_physician_who_alone_carries_the_weight_is_refused(make_log: Callable[..., BanditLog]) -> None:
    """500 rows of one physician weigh 2 each, those of 1,000 others next to nothing."""
    actions = [0] * 500 + [1] * 1000
    log = make_log(actions, [0.0, 1.0] * 750, [0.5] * 1500, clusters=[0] * 500 + list(range(1, 1001)))
    told = refusals(log, everywhere(log, 0.999, 0.001))
    assert "the weight of 1.0 of 1,001 physicians decides" in told


def test_one_physician_is_not_enough(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0, 1] * 50, [1, 0] * 50, [0.5] * 100, clusters=[0] * 100)
    assert "all rows belong to one physician" in refusals(log)


def test_a_log_without_rewards_is_told(make_log: Callable[..., BanditLog]) -> None:
    assert "no row has a reward" in warnings(make_log([0, 1] * 50, [0] * 100, [0.5] * 100))


def test_few_rewarded_rows_are_told(make_log: Callable[..., BanditLog]) -> None:
    log = make_log([0, 1] * 200, [1] * 4 + [0] * 396, [0.5] * 400)
    assert "of 4 rewarded rows no more than 4.0 effectively carry the estimate" in warnings(log)
