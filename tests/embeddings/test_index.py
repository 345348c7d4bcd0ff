import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hcplens.embeddings.index import NOBODY, ExactIndex

AXES = np.eye(3, dtype=np.float32)
COARSE = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])


def matrix(rows: st.SearchStrategy[int]) -> st.SearchStrategy[np.ndarray]:
    return rows.flatmap(lambda n: arrays(np.float32, (n, 3), elements=COARSE.map(np.float32)))


def test_the_nearest_come_first_with_their_inner_products() -> None:
    found = ExactIndex(AXES).search(np.array([[0.6, 0.8, 0.0]], dtype=np.float32), k=2)
    assert found.ids.tolist() == [[1, 0]]
    assert found.scores[0] == pytest.approx([0.8, 0.6])


def test_equal_scores_go_to_the_lower_id_also_at_the_last_place() -> None:
    same = np.repeat(AXES[:1], 40, axis=0)
    assert ExactIndex(same).search(AXES[:1], k=3).ids.tolist() == [[0, 1, 2]]
    assert ExactIndex(same).search(AXES[:1], k=2, eligible=np.array([31, 7, 19])).ids.tolist() == [[7, 19]]


def test_only_eligible_ids_are_found_and_missing_ones_are_padded() -> None:
    found = ExactIndex(AXES).search(AXES[:1], k=3, eligible=np.array([2, 1]))
    assert found.ids.tolist() == [[1, 2, NOBODY]]
    assert found.scores[0, 2] == -np.inf


def test_nothing_eligible_and_no_query_are_answered_with_padding_and_with_nothing() -> None:
    index = ExactIndex(AXES)
    assert index.search(AXES[:1], k=2, eligible=np.array([], dtype=np.int64)).ids.tolist() == [[NOBODY, NOBODY]]
    assert index.search(AXES[:0], k=2).ids.shape == (0, 2)


def test_an_id_outside_the_index_and_a_k_of_zero_are_refused() -> None:
    with pytest.raises(IndexError, match="3"):
        ExactIndex(AXES).search(AXES, k=1, eligible=np.array([0, 3]))
    with pytest.raises(ValueError, match="k is 0"):
        ExactIndex(AXES).search(AXES, k=0)


@given(matrix(st.integers(1, 12)), matrix(st.integers(1, 3)), st.integers(1, 14), st.data())
def test_search_equals_sorting_all_eligible_inner_products(
    vectors: np.ndarray, queries: np.ndarray, k: int, data: st.DataObject
) -> None:
    eligible = data.draw(st.lists(st.integers(0, len(vectors) - 1), unique=True))
    found = ExactIndex(vectors).search(queries, k, np.array(eligible, dtype=np.int64))
    for query, ids in zip(queries, found.ids.tolist(), strict=True):
        best = sorted(eligible, key=lambda row: (-float(vectors[row] @ query), row))[:k]
        assert ids == best + [NOBODY] * (k - len(best))
