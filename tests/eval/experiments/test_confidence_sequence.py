from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    found = difference_in_means(TwoGroups(random.normal(size=400) + treated, treated), planned=800)
    assert found.standard_error is not None
    assert found.sequential_high == pytest.approx(
        found.estimate.value + sequence_width(400, 800, 0.05) * found.standard_error
    )
    assert found.holds_at_any_look
