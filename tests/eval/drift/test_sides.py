from __future__ import annotations

from math import asin, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.drift.effects import SHARES, absolute, cohens_h, stability_index, standardised
from hcplens.eval.drift.sides import Question, Sides
from hcplens.eval.metrics import MEAN_ABSOLUTE, means

PEOPLE = [f"H{n}" for n in range(40)]
STRANGERS = [f"K{n}" for n in range(40)]


def test_cohens_h_is_the_difference_of_arcsines() -> None:
    assert cohens_h(0.2, 0.265) == pytest.approx(2 * asin(sqrt(0.265)) - 2 * asin(sqrt(0.2)))
    assert cohens_h(0.03, 0.06) == pytest.approx(0.147, abs=0.001)
    assert cohens_h(0, 1) == pytest.approx(np.pi)


@given(st.floats(0, 1), st.floats(0, 1))
def test_cohens_h_changes_sign_with_direction(one: float, other: float) -> None:
    assert cohens_h(one, other) == pytest.approx(-cohens_h(other, one))


def test_the_stability_index_of_a_hand_computed_case() -> None:
    old, new = np.array([50.0, 50.0]), np.array([80.0, 20.0])
    p, q = 50.5 / 101, 80.5 / 101
    assert stability_index(old, new) == pytest.approx((q - p) * log(q / p) + (p - q) * log((1 - q) / (1 - p)))
    assert stability_index(old, old) == 0
    assert stability_index(np.array([0.0, 9.0]), np.array([9.0, 0.0])) < np.inf


def test_what_does_not_vary_has_no_standardised_change() -> None:
    assert standardised(np.ones(4)).size(1.0, 1.0) == 0
    assert standardised(np.array([1.0, 3.0])).size(1.0, 3.0) == 2


@pytest.mark.parametrize("old", range(60, 200, 13))
def test_equal_values_have_not_changed_however_their_sums_are_rounded(old: int) -> None:
    lengths = np.full(old + 100, np.log1p(29.0))
    people = [f"H{n % 20}" for n in range(old)]
    question = Question("length", means(lengths), standardised(lengths))
    [change] = Sides.of(people, PEOPLE * 2 + PEOPLE[:20]).changes([question], level=0.05)
    assert (change.p_value, change.effect) == (1, 0)


def test_one_physician_on_both_sides_counts_once() -> None:
    """Who never changes proves more than strangers who happen to be alike."""
    habit = [float(number % 2) for number in range(40)]
    question = Question("on the phone", means([*habit, *habit]), SHARES)
    [certain] = Sides.of(PEOPLE, PEOPLE).changes([question], level=0.05)
    [vague] = Sides.of(PEOPLE, STRANGERS).changes([question], level=0.05)
    assert (certain.old, certain.new, certain.difference.value) == (0.5, 0.5, 0)
    assert (certain.difference.low, certain.difference.high, certain.p_value) == (0, 0, 1)
    assert certain.difference.clusters == 40
    assert vague.difference.low is not None
    assert vague.difference.low < -0.15
    assert vague.difference.clusters == 80


def test_the_standard_error_is_that_of_two_independent_shares() -> None:
    """One note a physician, 8 of 40 against 20 of 40: z = 0.3 / sqrt(0.2 x 0.8 / 40 + 0.5 x 0.5 / 40) = 2.96."""
    outcome = [1.0] * 8 + [0.0] * 32 + [1.0] * 20 + [0.0] * 20
    [change] = Sides.of(PEOPLE, STRANGERS).changes([Question("flag", means(outcome), SHARES)], level=0.05)
    assert change.p_value == pytest.approx(0.0052, abs=0.002)
    assert change.effect == pytest.approx(cohens_h(0.2, 0.5))


def test_p_values_are_corrected_together() -> None:
    outcome = [1.0] * 8 + [0.0] * 32 + [1.0] * 20 + [0.0] * 20
    question = Question("flag", means(outcome), SHARES)
    sides = Sides.of(PEOPLE, STRANGERS)
    [alone] = sides.changes([question], level=0.05)
    among = sides.changes([question] * 4, level=0.05)
    assert alone.p_value is not None
    assert [change.p_value for change in among] == pytest.approx([4 * alone.p_value] * 4)


def test_what_concerns_fewer_than_five_physicians_is_not_tested() -> None:
    outcome = [0.0] * 40 + [1.0] * 4 + [0.0] * 36
    [change] = Sides.of(PEOPLE, STRANGERS).changes([Question("rare", means(outcome), SHARES)], level=0.05)
    assert change.p_value is None
    assert change.detectable is None


def test_what_never_happens_has_not_changed() -> None:
    [change] = Sides.of(PEOPLE, STRANGERS).changes([Question("never", means([0.0] * 80), SHARES)], level=0.05)
    assert (change.p_value, change.effect) == (1, 0)


def test_figures_that_are_no_ratios_are_compared_too() -> None:
    """Calibration error: all gaps 0 before, 0.4 up in one bin and 0.4 down in the other now."""
    gaps = np.zeros((80, 3))
    gaps[:, 2] = 1
    gaps[40:60, 0], gaps[60:, 1] = 0.4, -0.4
    question = Question("calibration error", gaps, absolute(0.05), MEAN_ABSOLUTE)
    [change] = Sides.of(PEOPLE, STRANGERS).changes([question], level=0.05)
    assert change.old == 0
    assert change.new == pytest.approx(0.4)
    assert change.is_large


def test_physicians_with_few_notes_count_less() -> None:
    """(3 x 9 + 27 x 1)² / (3 x 81 + 27 x 1) = 10.8; as many notes each count in full."""
    skewed = [*(name for name in PEOPLE[:3] for _ in range(9)), *PEOPLE[3:30]]
    assert Sides.of(skewed, STRANGERS).effective_physicians == pytest.approx(10.8)
    assert Sides.of(PEOPLE, STRANGERS).effective_physicians == pytest.approx(40)
    assert Sides.of([*PEOPLE[:1] * 90, *PEOPLE], STRANGERS).effective_physicians == 5


def test_unchanged_notes_of_which_three_physicians_wrote_half_seldom_look_changed() -> None:
    random, sizes = np.random.default_rng(0), np.array([50] * 3 + [5] * 27)
    sides = Sides.of(np.repeat(PEOPLE[:30], sizes).tolist(), np.repeat(STRANGERS[:30], sizes).tolist())
    habits = random.random((1500, 60)) < 0.3
    questions = [
        Question("phone", means(np.repeat(of_one, np.tile(sizes, 2)).astype(float)), SHARES) for of_one in habits
    ]
    p_values = [sides.changes([question], level=0.05)[0].p_value for question in questions]
    assert np.mean([p_value is not None and p_value < 0.01 for p_value in p_values]) <= 0.015
