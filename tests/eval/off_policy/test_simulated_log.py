from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hcplens.eval.off_policy import simulate_log

SHIPPED = Path(__file__).parents[3] / "eval" / "gold" / "policy"


def test_the_log_that_ships_is_drawn_again_from_its_seed() -> None:
    truth = json.loads((SHIPPED / "truth.json").read_text(encoding="utf-8"))
    drawn = simulate_log(4000, 400, seed=truth["seed"])
    assert truth["policy"] == "uniform"
    assert drawn.value == pytest.approx(truth["value"], abs=1e-6)
    pd.testing.assert_frame_equal(pd.read_csv(SHIPPED / truth["log"]), drawn.table, check_dtype=False)


def test_the_truth_is_what_a_uniform_policy_earns_in_the_long_run() -> None:
    """400,000 rows of 100,000 physicians: within four standard errors of about 0.0007."""
    long = simulate_log(400_000, 100_000, seed=11, greed=0)
    assert long.table["click"].mean() == pytest.approx(long.value, abs=4 * 0.0007)


def test_a_greedy_log_earns_more_than_the_uniform_policy() -> None:
    greedy = simulate_log(5000, 500, seed=11, greed=2)
    assert greedy.table["click"].mean() > greedy.value + 0.05


def test_propensities_are_how_often_actions_are_chosen() -> None:
    table = simulate_log(60_000, 6000, seed=1).table
    for _, of_specialty in table.groupby("user_feature_specialty"):
        by_action = of_specialty.groupby("item_id")["propensity_score"]
        assert by_action.mean().sum() == pytest.approx(1, abs=1e-4)
        assert (by_action.size() / len(of_specialty)).to_numpy() == pytest.approx(by_action.mean().to_numpy(), abs=0.01)


def test_each_physician_has_one_specialty_and_as_many_rows() -> None:
    table = simulate_log(600, 60, seed=1, positions=2).table
    assert (table.groupby("hcp_id")["user_feature_specialty"].nunique() == 1).all()
    assert (table.groupby("hcp_id").size() == 10).all()
    assert np.array_equal(np.unique(table["position"]), [1, 2])
