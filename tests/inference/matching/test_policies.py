"""What each policy chooses and how likely it says that was."""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, exp, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.inference.matching import EpsilonGreedy, Greedy, Policy, Softmax, Thompson
from hcplens.inference.matching.diversity import MarginalRelevance
from hcplens.inference.matching.policy import OpenSlot
from hcplens.inference.matching.slate import draw_slate

POLICIES: list[Policy] = [Greedy(), EpsilonGreedy(0.3), Softmax(0.2), Thompson(0.1, draws=200)]
NAMES = [policy.name for policy in POLICIES]
SEEDS = 2000
WITHIN = 4.5
"""Standard errors: over all candidates and policies here a fixed seed stays well within."""

scores = st.lists(st.floats(0, 1), min_size=1, max_size=7)


def slot(values: Sequence[float], spreads: Sequence[Sequence[float]] | None = None) -> OpenSlot:
    effects = np.zeros((len(values), 0)) if spreads is None else np.array(spreads)
    return OpenSlot(np.array(values), effects)


def propensities(policy: Policy, offered: OpenSlot, seed: int = 0) -> list[float]:
    chosen: list[float] = policy.choose(offered, np.random.default_rng(seed)).propensities.tolist()
    return chosen


def normal_cdf(value: float) -> float:
    return (1 + erf(value / sqrt(2))) / 2


def test_greedy_is_certain_and_the_first_of_equals_wins() -> None:
    choice = Greedy().choose(slot([0.2, 0.7, 0.7]), np.random.default_rng(0))
    assert (choice.place, choice.propensities.tolist()) == (1, [0, 1, 0])


def test_epsilon_is_shared_out_among_all_candidates() -> None:
    assert propensities(EpsilonGreedy(0.3), slot([0.2, 0.7, 0.1])) == pytest.approx([0.1, 0.8, 0.1])
    assert propensities(EpsilonGreedy(0.0), slot([0.2, 0.7, 0.1])) == [0, 1, 0]
    assert propensities(EpsilonGreedy(0.05), slot([0.2])) == pytest.approx([1.0])


def test_softmax_weighs_by_value_over_temperature() -> None:
    total = 1 + exp(-1) + exp(-4)
    expected = [exp(-1) / total, 1 / total, exp(-4) / total]
    assert propensities(Softmax(0.1), slot([0.6, 0.7, 0.3])) == pytest.approx(expected)
    assert propensities(Softmax(1e-9), slot([0.6, 0.7, 0.3])) == [0, 1, 0]


def test_thompson_between_two_is_the_probability_that_one_beats_the_other() -> None:
    offered = slot([0.50, 0.45], [[0.03, 0.0], [0.0, 0.04]])
    choice = Thompson(0.0, draws=20_000).choose(offered, np.random.default_rng(3))
    expected = normal_cdf(0.05 / 0.05)
    assert choice.standard_errors[0] == pytest.approx(sqrt(expected * (1 - expected) / 20_000), rel=0.05)
    assert abs(choice.propensities[0] - expected) < WITHIN * choice.standard_errors[0]


def test_thompson_lets_what_answers_the_same_need_rise_and_fall_together() -> None:
    shared = slot([0.50, 0.45], [[0.3], [0.3]])
    assert propensities(Thompson(0.0), shared) == [1, 0]
    assert propensities(Thompson(0.1), shared)[1] == pytest.approx(1 - normal_cdf(0.05 / (0.1 * sqrt(2))), abs=0.07)


def test_a_parameter_that_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: EpsilonGreedy(1.1),
        lambda: EpsilonGreedy(float("nan")),
        lambda: Softmax(0.0),
        lambda: Softmax(float("nan")),
        lambda: Thompson(-1.0),
        lambda: Thompson(draws=0),
    ):
        with pytest.raises(InputError):
            make()


@pytest.mark.parametrize("policy", POLICIES, ids=NAMES)
@settings(max_examples=50)
@given(values=scores, seed=st.integers(0, 2**32), k=st.integers(1, 4))
def test_propensities_of_a_slot_add_up_to_one_and_its_candidates_are_what_is_left(
    policy: Policy, values: list[float], seed: int, k: int
) -> None:
    vectors = np.eye(len(values), dtype=np.float32)
    spreads = np.full((len(values), 2), 0.05)
    random = np.random.default_rng(seed)
    slots = draw_slate(policy, MarginalRelevance(np.array(values), vectors), spreads, k, random)
    assert len(slots) == min(k, len(values))
    left = set(range(len(values)))
    for filled in slots:
        options = filled.options
        assert options is not None
        assert options.propensities.sum() == pytest.approx(1)
        assert set(options.candidates.tolist()) == left
        assert filled.propensity == options.propensities[options.candidates.tolist().index(filled.chosen)] > 0
        left.remove(filled.chosen)


@pytest.mark.parametrize("policy", POLICIES, ids=NAMES)
def test_over_many_seeds_each_candidate_is_chosen_as_often_as_its_propensity_says(policy: Policy) -> None:
    """Slot by slot given the one above: what was chosen, less how likely it was said to be, averages nothing."""
    count, k = 4, 2
    values, spreads = np.array([0.5, 0.45, 0.4, 0.38]), np.array([[0.1, 0], [0, 0.1], [0.05, 0.05], [0, 0]])
    vectors = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], dtype=np.float32)
    surprise, variance = np.zeros((k, count)), np.zeros((k, count))
    for seed in range(SEEDS):
        random = np.random.default_rng(seed)
        for place, filled in enumerate(draw_slate(policy, MarginalRelevance(values, vectors), spreads, k, random)):
            surprise[place, filled.chosen] += 1
            assert filled.options is not None
            candidates, chances = filled.options.candidates, filled.options.propensities
            surprise[place, candidates] -= chances
            variance[place, candidates] += chances * (1 - chances)
    assert (np.abs(surprise) <= WITHIN * np.sqrt(variance) + 1e-9).all()


@pytest.mark.parametrize("policy", POLICIES, ids=NAMES)
def test_the_slots_above_do_not_depend_on_how_many_follow(policy: Policy) -> None:
    values, vectors = np.linspace(0.3, 0.5, 6), np.eye(6, dtype=np.float32)

    def chosen(k: int) -> list[int]:
        random = np.random.default_rng(5)
        slots = draw_slate(policy, MarginalRelevance(values, vectors), np.zeros((6, 0)), k, random)
        return [filled.chosen for filled in slots]

    assert chosen(5)[:2] == chosen(2)
