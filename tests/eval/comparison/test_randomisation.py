"""P-values of paired differences: by hand where clusters are few, by simulation where they are many."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from hcplens.eval.comparison.pairing import Pair, Sample
from hcplens.eval.comparison.randomisation import enough_draws, p_values
from hcplens.eval.metrics import AUC, F1, RATIO, Floats, Formula, means


def pair(formula: Formula, old: Floats, new: Floats, cluster: list[int]) -> Pair:
    item = np.arange(len(cluster))
    ids = tuple(f"N{number}" for number in item)
    return Pair(formula, Sample(old, item), Sample(new, item), ids, np.asarray(cluster), 0, 0)


def by_every_exchange(formula: Formula, old: Floats, new: Floats, cluster: list[int]) -> float:
    """The definition, one exchange at a time."""
    observed = abs(formula.value(new) - formula.value(old))
    patterns = list(product([False, True], repeat=max(cluster) + 1))
    count = 0
    for pattern in patterns:
        swap = np.asarray([pattern[number] for number in cluster])[:, None]
        difference = formula.value(np.where(swap, old, new)) - formula.value(np.where(swap, new, old))
        count += abs(difference) >= observed - 1e-12
    return count / len(patterns)


def test_of_three_clusters_that_all_gain_only_two_of_eight_exchanges_are_as_large() -> None:
    old, new = means([0.0, 0.0, 0.0]), means([1.0, 1.0, 0.5])
    assert p_values([pair(RATIO, old, new, [0, 1, 2])]) == [2 / 8]


def test_with_mixed_signs_every_sum_as_large_counts() -> None:
    # changes 3, 1, −2: the sum is 2; of the eight signed sums ±6, ±4, ±2, 0 and 0, six are at least 2 in size
    old, new = means([0.0, 0.0, 2.0]), means([3.0, 1.0, 0.0])
    assert p_values([pair(RATIO, old, new, [0, 1, 2])]) == [6 / 8]


def test_items_of_a_cluster_are_exchanged_together() -> None:
    old, new = means([0.0] * 6), means([1.0] * 6)
    assert p_values([pair(RATIO, old, new, [0, 0, 0, 1, 1, 1])]) == [2 / 4]


def test_systems_that_agree_everywhere_have_p_1() -> None:
    same = means([1.0, 0.0, 1.0, 1.0])
    assert p_values([pair(RATIO, same, same, [0, 1, 2, 3])]) == [1.0]


@pytest.mark.parametrize("seed", range(4))
def test_ratios_of_sums_are_exchanged_as_the_definition_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    cluster = np.sort(np.append(np.arange(7), random.integers(7, size=13))).tolist()
    true, claims = random.integers(2, size=20), random.integers(2, size=(2, 20))
    old, new = (np.column_stack([claimed * true, claimed, true]).astype(float) for claimed in claims)
    assert p_values([pair(F1, old, new, cluster)]) == [by_every_exchange(F1, old, new, cluster)]


@pytest.mark.parametrize("seed", range(3))
def test_figures_that_need_their_items_are_exchanged_as_the_definition_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    cluster = np.sort(np.append(np.arange(6), random.integers(6, size=18))).tolist()
    truth = np.tile([0.0, 1.0], 12)
    old, new = (np.column_stack([random.random(24).round(1) + strength * truth, truth]) for strength in (0.1, 0.5))
    assert p_values([pair(AUC, old, new, cluster)]) == [by_every_exchange(AUC, old, new, cluster)]


def test_drawn_exchanges_come_near_the_exact_p_value() -> None:
    random = np.random.default_rng(5)
    shifts = random.normal(0.7, 1.0, size=13)
    old, new = means(np.zeros(13)), means(shifts)
    [drawn] = p_values([pair(RATIO, old, new, list(range(13)))])
    exact = by_every_exchange(RATIO, old, new, list(range(13)))
    assert 0.01 < exact < 0.1
    assert drawn == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("tests", [1, 150, 5_000])
def test_the_smallest_p_value_survives_the_correction_for_many_tests(tests: int) -> None:
    assert tests / (1 + enough_draws(tests)) <= 0.01


def test_what_can_hardly_be_chance_has_the_smallest_p_value() -> None:
    gain = pair(RATIO, means(np.zeros(60)), means(np.ones(60)), list(range(60)))
    assert p_values([gain]) == [1 / (1 + enough_draws(1))]


def test_under_the_null_one_test_in_twenty_is_below_5_percent() -> None:
    """400 comparisons of two alike systems on 20 clusters of 4: expected 20 rejections, standard error 4.4."""
    random = np.random.default_rng(11)
    pairs = [_compared(random, clusters=20, gain=0.0) for _ in range(400)]
    found = np.asarray(p_values(pairs))
    assert 0.02 < (found < 0.05).mean() < 0.085
    assert 0.43 < (found < 0.5).mean() < 0.57


def test_a_real_difference_is_found() -> None:
    random = np.random.default_rng(12)
    pairs = [_compared(random, clusters=40, gain=0.8) for _ in range(100)]
    assert (np.asarray(p_values(pairs)) < 0.05).mean() > 0.8


def _compared(random: np.random.Generator, *, clusters: int, gain: float) -> Pair:
    """Two systems with answers alike within physicians, the new one better by `gain` on average."""
    cluster = np.repeat(np.arange(clusters), 4)
    of_cluster = random.normal(0.0, 1.0, size=(2, clusters))[:, cluster]
    old, new = of_cluster + random.normal(0.0, 1.0, size=(2, len(cluster)))
    return pair(RATIO, means(old), means(new + gain), cluster.tolist())
