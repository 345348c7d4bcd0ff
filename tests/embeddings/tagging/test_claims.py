from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from hcplens.embeddings.tagging import Claims

FAMILIES = [np.arange(2), np.arange(2, 3)]


def held_out(texts: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds (n, 3) that are twice too sure, and what is true of them."""
    random = np.random.default_rng(0)
    true = random.normal(-1, 2, size=(texts, 3))
    return 2 * true, random.random((texts, 3)) < expit(true)


def test_log_odds_that_are_too_sure_are_calibrated() -> None:
    log_odds, targets = held_out(4000)
    claims = Claims.fit(log_odds, targets, FAMILIES)
    assert claims.slopes == pytest.approx([0.5] * 3, abs=0.06)
    probabilities = claims.probabilities(log_odds)
    assert probabilities.mean(axis=0) == pytest.approx(targets.mean(axis=0), abs=0.02)


def test_labels_of_a_family_share_a_curve_and_other_families_do_not() -> None:
    claims = Claims.fit(*held_out(), FAMILIES)
    assert claims.slopes[0] == claims.slopes[1] != claims.slopes[2]
    assert claims.intercepts[0] == claims.intercepts[1] != claims.intercepts[2]


def test_labels_of_no_family_keep_what_is_known_of_them() -> None:
    log_odds, targets = held_out()
    known = Claims(np.full(3, 0.7), np.full(3, -0.2), np.full(3, 0.4))
    claims = Claims.fit(log_odds, targets, FAMILIES[:1], others=known)
    assert (claims.slopes[2], claims.intercepts[2], claims.thresholds[2]) == (0.7, -0.2, 0.4)
    assert list(claims.slopes[:2]) == list(Claims.fit(log_odds, targets, FAMILIES).slopes[:2])


def test_a_label_with_few_positives_shares_its_familys_threshold() -> None:
    log_odds, targets = held_out()
    few = targets & (np.cumsum(targets, axis=0) <= 19)
    assert len(set(Claims.fit(log_odds, few, [np.arange(3)]).thresholds)) == 1
    assert len(set(Claims.fit(log_odds, targets, [np.arange(3)]).thresholds)) == 3


def test_what_is_apart_on_held_out_texts_is_claimed_without_error() -> None:
    targets = np.asarray([[True, False, True], [False, True, False], [True, True, False], [False, False, True]])
    log_odds = np.where(targets, 1.0, -2.0)
    claims = Claims.fit(log_odds, targets, FAMILIES)
    assert np.array_equal(claims.probabilities(log_odds) >= claims.thresholds, targets)


def test_a_label_that_no_held_out_text_carries_keeps_its_own_odds() -> None:
    log_odds = np.asarray([[0.0], [2.0]])
    claims = Claims.fit(log_odds, np.zeros((2, 1), dtype=np.bool_), [np.arange(1)])
    assert claims.probabilities(log_odds) == pytest.approx(expit(log_odds))
    assert claims.thresholds == [0.5]


@given(st.lists(st.floats(-1e4, 1e4) | st.just(-np.inf), min_size=1, max_size=6))
def test_probabilities_rise_with_log_odds_and_are_never_certain(values: list[float]) -> None:
    claims = Claims.fit(*held_out(), FAMILIES)
    log_odds = np.repeat(np.sort(np.asarray(values))[:, None], 3, axis=1)
    probabilities = claims.probabilities(log_odds)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert (np.diff(probabilities, axis=0) >= 0).all()


def test_a_text_without_words_is_never_claimed() -> None:
    claims = Claims.fit(*held_out(), FAMILIES)
    assert (claims.probabilities(np.full((1, 3), -np.inf)) < claims.thresholds).all()


def test_no_labels_have_no_probabilities() -> None:
    nothing = np.empty((2, 0))
    assert Claims.fit(nothing, nothing.astype(np.bool_), []).probabilities(nothing).shape == (2, 0)
