from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.metrics import catalogue_coverage, intra_list_diversity


def test_diversity_is_one_minus_the_mean_cosine_of_the_pairs() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    assert intra_list_diversity(vectors) == pytest.approx(1 - (0.0 + 0.6 + 0.8) / 3)


def test_a_list_that_repeats_itself_has_no_diversity() -> None:
    assert intra_list_diversity(np.array([[0.6, 0.8]] * 4)) == pytest.approx(0.0)


def test_one_item_has_no_pairs() -> None:
    assert math.isnan(intra_list_diversity(np.array([[1.0, 0.0]])))


@given(st.permutations(range(4)))
def test_the_order_of_a_list_makes_no_difference(order: list[int]) -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [-0.8, 0.6]])
    assert intra_list_diversity(vectors[order]) == pytest.approx(intra_list_diversity(vectors))


def test_coverage_counts_each_item_of_the_catalogue_once() -> None:
    assert catalogue_coverage([{"a", "b"}, {"b", "elsewhere"}], {"a", "b", "c", "d"}) == 0.5
    assert catalogue_coverage([], {"a"}) == 0.0
    assert math.isnan(catalogue_coverage([{"a"}], set()))
