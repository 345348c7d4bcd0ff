import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.fusion import reciprocal_rank_fusion


def scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_two_rankings_add_up_their_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion([scores(0.9, 0.5, 0.1), scores(1.0, 3.0, 2.0)])
    assert fused == pytest.approx([1 / 61 + 1 / 63, 1 / 62 + 1 / 61, 1 / 63 + 1 / 62])


def test_equal_scores_share_the_best_of_their_ranks() -> None:
    assert reciprocal_rank_fusion([scores(2, 5, 2, 1)]) == pytest.approx([1 / 62, 1 / 61, 1 / 62, 1 / 64])


def test_an_item_that_a_ranking_did_not_find_gets_nothing_from_it() -> None:
    assert reciprocal_rank_fusion([scores(-np.inf, 0.0, np.nan)], rank_constant=1) == pytest.approx([0.0, 0.5, 0.0])


def test_no_rankings_and_empty_rankings_fuse_to_nothing() -> None:
    assert reciprocal_rank_fusion([]).shape == (0,)
    assert reciprocal_rank_fusion([scores()]).shape == (0,)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1), st.randoms())
def test_the_order_of_the_items_does_not_matter(pairs: list[tuple[int, int]], random: object) -> None:
    order = np.arange(len(pairs))
    random.shuffle(order)  # type: ignore[attr-defined]
    first, second = (np.array(column, dtype=np.float32) for column in zip(*pairs, strict=True))
    fused = reciprocal_rank_fusion([first, second])
    assert reciprocal_rank_fusion([first[order], second[order]]) == pytest.approx(fused[order])
