import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.fusion import fuse


def scores(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_both_kinds_are_scaled_and_count_half() -> None:
    fused = fuse(scores((0.9, 0.5, 0.1)), scores((0.0, 4.0, 1.0)))
    assert fused == pytest.approx(scores((0.5 * 1.0, 0.5 * 0.5 + 0.5, 0.5 * 0.25)))


def test_each_query_is_scaled_by_itself() -> None:
    fused = fuse(scores((0.2, 0.1), (0.9, 0.5)), scores((0.0, 0.0), (1.0, 3.0)))
    assert fused == pytest.approx(scores((0.5, 0.0), (0.5 + 0.5 / 3, 0.5)))


def test_shares_of_one_and_nothing_are_one_kind_alone() -> None:
    dense, lexical = scores((0.9, 0.5, 0.1)), scores((0.0, 4.0, 1.0))
    assert fuse(dense, lexical, dense_share=1.0) == pytest.approx(scores((1.0, 0.5, 0.0)))
    assert fuse(dense, lexical, dense_share=0.0) == pytest.approx(scores((0.0, 1.0, 0.25)))


def test_where_all_are_alike_they_are_0_and_no_texts_fuse_to_nothing() -> None:
    assert fuse(scores((0.7, 0.7)), scores((0.0, 0.0))).tolist() == [[0.0, 0.0]]
    assert fuse(np.zeros((2, 0), np.float32), np.zeros((2, 0), np.float32)).shape == (2, 0)


PAIRS = st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 30, width=32)), min_size=1, max_size=20)


@given(PAIRS, st.permutations(range(20)))
def test_the_order_of_the_texts_does_not_matter_and_all_lie_between_0_and_1(
    pairs: list[tuple[float, float]], places: list[int]
) -> None:
    order = [place for place in places if place < len(pairs)]
    dense, lexical = (np.array([column], dtype=np.float32) for column in zip(*pairs, strict=True))
    fused = fuse(dense, lexical)
    assert fuse(dense[:, order], lexical[:, order]) == pytest.approx(fused[:, order])
    assert ((fused >= 0) & (fused <= 1.000001)).all()
