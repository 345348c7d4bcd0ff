from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from hcplens.eval.metrics import holm


def test_a_hand_computed_case() -> None:
    assert holm([0.01, None, 0.04, 0.03]) == pytest.approx([0.03, None, 0.06, 0.06])


@pytest.mark.parametrize("count", [1, 2, 30])
def test_it_is_what_statsmodels_computes(count: int) -> None:
    p_values = np.random.default_rng(count).random(count) ** 3
    assert holm(p_values.tolist()) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())


def test_nothing_to_correct_is_nothing() -> None:
    assert holm([]) == []
    assert holm([None]) == [None]
