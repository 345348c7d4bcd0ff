from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.metrics import clustered_estimate
from hcplens.eval.metrics.krippendorff import (
    KRIPPENDORFF_ALPHA,
    Level,
    coincidence_matrix,
    krippendorff_alpha,
    nominal_agreement,
)

# Krippendorff (2011), section "any number of observers, missing data": four observers, twelve units.
OBSERVERS: list[list[int | None]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
PUBLISHED = [list(unit) for unit in zip(*OBSERVERS, strict=True)]
VALUES = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_the_published_example(level: Level, alpha: float) -> None:
    assert krippendorff_alpha(PUBLISHED, VALUES, level) == pytest.approx(alpha, abs=5e-4)


def test_the_coincidence_matrix_of_the_published_example() -> None:
    matrix = coincidence_matrix(PUBLISHED, VALUES)
    assert matrix.sum(axis=0).tolist() == pytest.approx([9, 13, 10, 5, 3])
    assert np.diag(matrix).tolist() == pytest.approx([7, 10, 8, 4, 3])
    assert matrix == pytest.approx(matrix.T)


def test_the_formula_over_units_gives_the_same_alpha() -> None:
    statistics = nominal_agreement(PUBLISHED, VALUES)
    assert statistics[-1].tolist() == [0, 0, 0, 0, 0, 0]  # one observer alone says nothing of agreement
    assert KRIPPENDORFF_ALPHA.value(statistics) == pytest.approx(0.743, abs=5e-4)


def test_two_observers_by_hand() -> None:
    units = [["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]
    # coincidences aa 2, ab 1, ba 1, bb 4: n = 8, n_a = 3, n_b = 5; observed 2 of 8, expected 2 * 15 of 8 * 7
    assert krippendorff_alpha(units, ["a", "b"]) == pytest.approx(1 - (2 / 8) / (30 / 56))


def test_alpha_is_one_where_all_agree_and_below_zero_where_they_differ_systematically() -> None:
    assert krippendorff_alpha([["a", "a"], ["b", "b"]], ["a", "b"]) == 1
    assert krippendorff_alpha([["a", "b"], ["b", "a"]] * 10, ["a", "b"]) < -0.9


def test_alpha_of_values_drawn_at_random_is_about_zero() -> None:
    drawn = np.random.default_rng(3).integers(4, size=(20_000, 3)).tolist()
    assert KRIPPENDORFF_ALPHA.value(nominal_agreement(drawn, range(4))) == pytest.approx(0, abs=0.02)


def test_alpha_is_not_defined_where_only_one_value_was_ever_used() -> None:
    units: list[list[str | None]] = [["a", "a"], ["a", "a"], ["a", None]]
    assert math.isnan(krippendorff_alpha(units, ["a", "b"]))
    assert math.isnan(KRIPPENDORFF_ALPHA.value(nominal_agreement(units, ["a", "b"])))
    assert math.isnan(KRIPPENDORFF_ALPHA.value(nominal_agreement([["a", None]], ["a", "b"])))


def test_alpha_has_an_interval_over_clusters() -> None:
    random = np.random.default_rng(5)
    first = random.integers(2, size=300)
    second = np.where(random.random(300) < 0.9, first, 1 - first)
    statistics = nominal_agreement(np.column_stack([first, second]).tolist(), [0, 1])
    estimate = clustered_estimate(KRIPPENDORFF_ALPHA, statistics, [f"H{row // 3}" for row in range(300)])
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0.6 < estimate.low < estimate.value < estimate.high < 0.95


units_of_three = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=3, max_size=3), min_size=1, max_size=20
)


@given(units_of_three)
def test_the_formula_and_the_matrix_always_agree(units: list[list[str | None]]) -> None:
    by_matrix = krippendorff_alpha(units, ["a", "b", "c"])
    by_formula = KRIPPENDORFF_ALPHA.value(nominal_agreement(units, ["a", "b", "c"]))
    assert by_formula == pytest.approx(by_matrix, nan_ok=True)


@given(units_of_three, st.permutations(range(3)), st.permutations(["a", "b", "c"]))
def test_neither_the_order_of_annotators_nor_the_names_of_values_matter(
    units: list[list[str | None]], order: list[int], names: list[str]
) -> None:
    renamed = dict(zip(["a", "b", "c"], names, strict=True))
    other = [[renamed.get(unit[place] or "") for place in order] for unit in units]
    values = ["a", "b", "c"]
    assert krippendorff_alpha(other, values) == pytest.approx(krippendorff_alpha(units, values), nan_ok=True)
