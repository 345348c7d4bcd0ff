from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.tagging.packing import FILLED_TO
from hcplens.inference.triage.shared_rows import ROW, shared_rows


def test_the_longest_go_first_each_where_it_fits_first() -> None:
    assert shared_rows([100, 200, 156, 56]) == [[1, 3], [2, 0]]
    assert shared_rows([]) == []
    assert ROW == FILLED_TO


@given(st.lists(st.integers(0, ROW)))
def test_every_text_is_in_one_row_that_has_room(lengths: list[int]) -> None:
    rows = shared_rows(lengths)
    assert sorted(text for row in rows for text in row) == list(range(len(lengths)))
    assert all(sum(lengths[text] for text in row) <= ROW for row in rows)
