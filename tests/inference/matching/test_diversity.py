import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.matching.diversity import most_diverse

NEAR_DUPLICATES = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)


def test_a_near_duplicate_gives_way_to_what_says_something_else() -> None:
    scores = np.array([0.9, 0.88, 0.85])
    assert most_diverse(scores, NEAR_DUPLICATES, 3, relevance_share=1.0) == [0, 1, 2]
    assert most_diverse(scores, NEAR_DUPLICATES, 3, relevance_share=0.9) == [0, 2, 1]


def test_a_much_better_duplicate_stays() -> None:
    assert most_diverse(np.array([0.9, 0.88, 0.2]), NEAR_DUPLICATES, 2, relevance_share=0.9) == [0, 1]


def test_equal_rows_keep_their_order() -> None:
    assert most_diverse(np.full(3, 0.5), np.repeat(NEAR_DUPLICATES[:1], 3, axis=0), 3) == [0, 1, 2]


def test_fewer_rows_than_k_and_none_at_all_are_fine() -> None:
    assert sorted(most_diverse(np.array([0.1, 0.2, 0.3]), NEAR_DUPLICATES, 9)) == [0, 1, 2]
    assert most_diverse(np.zeros(0), NEAR_DUPLICATES[:0], 3) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(1, 9), st.floats(0.1, 1))
def test_rows_are_chosen_once_each_and_the_best_score_comes_first(scores: list[float], k: int, share: float) -> None:
    vectors = np.random.default_rng(0).normal(size=(len(scores), 4)).astype(np.float32)
    chosen = most_diverse(np.array(scores), vectors, k, relevance_share=share)
    assert len(set(chosen)) == len(chosen) == min(k, len(scores))
    assert scores[chosen[0]] == pytest.approx(max(scores))
