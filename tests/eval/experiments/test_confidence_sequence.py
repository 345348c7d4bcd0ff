from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from hcplens.eval.experiments import TwoGroups, difference_in_means, sequence_width


def test_the_width_is_the_published_formula() -> None:
    # the best r² n solves x - log(x + 1) = -2 log 0.05
    mixed = 8.2120
    assert mixed - log(mixed + 1) == pytest.approx(-2 * log(0.05), abs=1e-3)
    expected = sqrt(2 * (mixed + 1) / mixed * log(sqrt(mixed + 1) / 0.05))
    assert sequence_width(500, 500, 0.05) == pytest.approx(expected, abs=1e-4)


@given(st.floats(10, 1e6), st.floats(10, 1e6))
def test_no_other_tuning_is_narrower_at_the_planned_number(count: float, other: float) -> None:
    assert sequence_width(count, count, 0.05) <= sequence_width(count, other, 0.05) + 1e-9


def test_looking_all_the_time_misleads_the_plain_interval_and_not_the_sequence() -> None:
    random = np.random.default_rng(11)
    looks = np.arange(50, 1001, 5)
    outcomes = random.normal(size=(2000, 1000))  # no effect: both arms alike, in turns
    sign = np.where(np.arange(1000) % 2, 1.0, -1.0)
    mean = np.cumsum(outcomes * sign, axis=1)[:, looks - 1] / looks
    spread = np.cumsum((outcomes * sign) ** 2, axis=1)[:, looks - 1] / looks - mean**2
    standardised = np.abs(mean) / np.sqrt(spread / looks)
    widths = np.asarray([sequence_width(float(look), 1000, 0.05) for look in looks])
    assert (standardised > 1.96).any(axis=1).mean() > 0.2
    assert (standardised > widths).any(axis=1).mean() <= 0.05


def test_the_interval_at_any_look_is_so_many_standard_errors_wide() -> None:
    random = np.random.default_rng(2)
    treated = np.arange(400) % 2 == 1
    found = difference_in_means(TwoGroups(random.normal(size=400) + treated, treated), planned=800, family=3)
    assert found.standard_error is not None
    assert found.degrees_of_freedom is not None
    as_t = t.isf(0.025 / 3, found.degrees_of_freedom) / norm.isf(0.025 / 3)
    assert found.sequential_high == pytest.approx(
        found.estimate.value + sequence_width(400, 800, 0.05 / 3) * as_t * found.standard_error
    )
    assert found.holds_at_any_look


@pytest.mark.parametrize("clustered", [False, True])
def test_no_claim_of_any_arm_or_outcome_survives_all_looks_by_chance(clustered: bool) -> None:
    """Two arms and three outcomes without any effect, clusters of four coming in one by one, looked at five times."""
    draws, cluster = 60, np.arange(240) // 4
    arm = cluster % 3 if clustered else np.arange(240) % 3
    wrong = wrong_at_one_look = 0
    for seed in range(draws):
        random = np.random.default_rng(seed)
        outcomes = clustered * random.normal(size=(60, 3))[cluster] + random.normal(size=(240, 3))
        found = [
            difference_in_means(
                TwoGroups(outcome[rows], arm[rows] == treatment, cluster[rows] if clustered else None),
                planned=100,
                family=6,
            )
            for look in range(80, 241, 40)
            for treatment in (1, 2)
            for rows in [(np.arange(240) < look) & (arm != 3 - treatment)]
            for outcome in outcomes.T
        ]
        wrong += any(difference.holds_at_any_look for difference in found)
        wrong_at_one_look += any((difference.p_value or 0) < 0.05 for difference in found)
    assert wrong_at_one_look / draws > 0.25
    assert wrong / draws <= 0.05


def test_with_few_clusters_it_is_never_narrower_than_one_look() -> None:
    clusters = np.repeat(np.arange(12), 5)
    outcome = np.random.default_rng(4).normal(size=60)
    found = difference_in_means(TwoGroups(outcome, clusters < 5, clusters), planned=100)
    assert found.sequential_low is not None
    assert found.estimate.low is not None
    assert found.sequential_low < found.estimate.low
