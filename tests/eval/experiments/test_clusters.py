from __future__ import annotations

import numpy as np
import pytest

from hcplens.eval.experiments import design_effect, intraclass_correlation
from hcplens.eval.experiments.clusters import bearing_clusters


def test_equal_clusters_inflate_by_one_plus_size_minus_one_times_correlation() -> None:
    found = design_effect(["a"] * 5 + ["b"] * 5 + ["c"] * 5, 0.1)
    assert found.clusters == 3
    assert found.mean_size == 5
    assert found.size_variation == 0
    assert found.value == pytest.approx(1.4)


def test_unequal_clusters_inflate_by_the_size_weighted_mean_size() -> None:
    found = design_effect(["a"] * 2 + ["b"] * 8, 0.1)
    assert found.size_variation == pytest.approx(0.6)
    assert found.value == pytest.approx(1 + ((4 + 64) / 10 - 1) * 0.1)


def test_the_correlation_of_a_small_table_is_that_computed_by_hand() -> None:
    # means 2 and 6 about 4: between 16 / 1; within (1 + 1 + 1 + 1) / 2; (16 - 2) / (16 + 2)
    assert intraclass_correlation(np.asarray([1.0, 3.0, 5.0, 7.0]), ["a", "a", "b", "b"]) == pytest.approx(14 / 18)


def test_units_less_alike_than_strangers_count_as_not_alike() -> None:
    assert intraclass_correlation(np.asarray([1.0, 9.0, 1.0, 9.0]), ["a", "a", "b", "b"]) == 0.0


def test_the_simulated_correlation_is_found() -> None:
    random = np.random.default_rng(5)
    sizes = random.integers(2, 20, size=400)
    clusters = [f"R{n}" for n, size in enumerate(sizes) for _ in range(size)]
    values = np.repeat(random.normal(0, np.sqrt(0.2), 400), sizes) + random.normal(0, np.sqrt(0.8), sizes.sum())
    assert intraclass_correlation(values, clusters) == pytest.approx(0.2, abs=0.04)


@pytest.mark.parametrize(("values", "clusters"), [([1.0, 2.0], "aa"), ([1.0, 2.0], "ab"), ([3.0, 3.0, 3.0], "aab")])
def test_where_nothing_can_be_told_there_is_no_correlation(values: list[float], clusters: str) -> None:
    assert intraclass_correlation(np.asarray(values), list(clusters)) is None


def test_equal_clusters_all_bear_the_error_and_unequal_ones_bear_it_like_fewer() -> None:
    assert bearing_clusters(list("aabbcc"), 0.3) == pytest.approx(3)
    assert bearing_clusters(list("abbbc"), 1.0) == pytest.approx((1 + 9 + 1) ** 2 / (1 + 81 + 1))
    assert bearing_clusters(list("abbbc"), 0.0) == pytest.approx((1 + 3 + 1) ** 2 / (1 + 9 + 1))
