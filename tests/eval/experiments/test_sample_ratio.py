from __future__ import annotations

import pytest

from hcplens.eval.experiments import check_sample_ratio


def test_the_chi_square_of_a_hand_computed_case() -> None:
    # (60 - 50)² / 50 twice = 4 with one degree of freedom
    found = check_sample_ratio({"a": 60, "b": 40}, {"a": 1, "b": 1}, counted="units", against="the plan")
    assert found.expected == {"a": 50, "b": 50}
    assert found.p_value == pytest.approx(0.0455, abs=1e-4)
    assert not found.mismatch


def test_unequal_shares_are_expected_where_they_were_planned() -> None:
    counts = {"a": 900, "b": 100}
    assert check_sample_ratio(counts, {"a": 0.9, "b": 0.1}, counted="units", against="").p_value == 1.0
    assert check_sample_ratio(counts, {"a": 0.8, "b": 0.2}, counted="units", against="").mismatch


def test_one_arm_alone_has_no_ratio() -> None:
    assert check_sample_ratio({"a": 10}, {"a": 1}, counted="units", against="").p_value is None
