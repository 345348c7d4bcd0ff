"""Which modules get into the shortlist from which slots are filled."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.matching.shortlists import best_of_each

rows = st.lists(
    st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans()), min_size=6, max_size=6), max_size=4
)


def test_the_highest_of_the_eligible_get_in_and_of_equal_ones_the_first() -> None:
    scores = np.array([[0.9, 0.5, 0.5, 0.7, 0.5], [0.1, 0.2, 0.3, 0.4, 0.5]], dtype=np.float32)
    eligible = np.array([[False, True, True, True, True], [False, False, True, False, False]])
    chosen = best_of_each(scores, eligible, 2)
    assert chosen.tolist() == [[False, True, False, True, False], [False, False, True, False, False]]


@given(rows, st.integers(1, 7))
def test_many_rows_at_once_are_sorted_as_each_by_itself(cells: list[list[tuple[float, bool]]], count: int) -> None:
    scores = np.array([[score for score, _ in row] for row in cells], dtype=np.float32).reshape(-1, 6)
    eligible = np.array([[allowed for _, allowed in row] for row in cells], dtype=bool).reshape(-1, 6)
    for row, chosen in zip(cells, best_of_each(scores, eligible, count), strict=True):
        allowed = [place for place, (_, is_allowed) in enumerate(row) if is_allowed]
        best = sorted(allowed, key=lambda place: (-row[place][0], place))[:count]
        assert np.flatnonzero(chosen).tolist() == sorted(best)
