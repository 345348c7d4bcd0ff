import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.matching.diversity import MarginalRelevance, most_relevant

NEAR_DUPLICATES = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
"""Vectors of three texts, of which the first two are alike."""


def best_first(relevance: MarginalRelevance, k: int) -> list[int]:
    chosen: list[int] = []
    while len(chosen) < k and len(relevance.left):
        left = relevance.left
        chosen.append(int(left[np.argmax(relevance.values[left])]))
        relevance.choose(chosen[-1])
    return chosen


def test_what_is_left_is_worth_its_score_less_what_was_said_before() -> None:
    relevance = MarginalRelevance(np.array([0.9, 0.88, 0.85]), NEAR_DUPLICATES, relevance_share=0.9)
    assert relevance.values == pytest.approx([0.81, 0.792, 0.765])
    relevance.choose(0)
    assert relevance.left.tolist() == [1, 2]
    assert relevance.values[1:] == pytest.approx([0.792 - 0.1, 0.765])


def test_a_near_duplicate_gives_way_to_what_says_something_else() -> None:
    scores = np.array([0.9, 0.88, 0.85])
    assert best_first(MarginalRelevance(scores, NEAR_DUPLICATES, relevance_share=1.0), 3) == [0, 1, 2]
    assert best_first(MarginalRelevance(scores, NEAR_DUPLICATES, relevance_share=0.9), 3) == [0, 2, 1]


def test_a_much_better_duplicate_stays() -> None:
    scores = np.array([0.9, 0.88, 0.2])
    assert best_first(MarginalRelevance(scores, NEAR_DUPLICATES, relevance_share=0.9), 2) == [0, 1]


def test_equal_rows_keep_their_order() -> None:
    alike = MarginalRelevance(np.full(3, 0.5), np.ones((3, 1), dtype=np.float32))
    assert best_first(alike, 3) == [0, 1, 2]


def test_no_rows_at_all_are_fine() -> None:
    assert best_first(MarginalRelevance(np.zeros(0), NEAR_DUPLICATES[:0]), 3) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(1, 9), st.floats(0.1, 1))
def test_rows_are_chosen_once_each_and_the_best_score_comes_first(scores: list[float], k: int, share: float) -> None:
    vectors = np.random.default_rng(0).normal(size=(len(scores), 4)).astype(np.float32)
    chosen = best_first(MarginalRelevance(np.array(scores), vectors, relevance_share=share), k)
    assert len(set(chosen)) == len(chosen) == min(k, len(scores))
    assert scores[chosen[0]] == pytest.approx(max(scores))


@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.51, 1.0]), max_size=7), min_size=1, max_size=4),
    st.integers(1, 9),
    st.floats(0, 1),
)
def test_many_lists_at_once_are_as_each_by_itself(lists: list[list[float]], k: int, share: float) -> None:
    longest = max(map(len, lists))
    vectors = np.random.default_rng(0).integers(-2, 3, size=(len(lists), longest, 3)).astype(np.float32)
    padded = np.array([scores + [-np.inf] * (longest - len(scores)) for scores in lists]).reshape(len(lists), longest)
    together = most_relevant(padded, vectors, k, relevance_share=share)
    for scores, wording, places in zip(lists, vectors, together.tolist(), strict=True):
        alone = MarginalRelevance(np.array(scores), wording[: len(scores)], relevance_share=share)
        assert places == (best_first(alone, k) + [-1] * k)[:k]
