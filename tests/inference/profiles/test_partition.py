from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.profiles.partition import by_physicians

IDS = st.lists(st.sampled_from(["H1", "H2", "H3", "H4", "Ä", "é"]), max_size=12)


def table(ids: list[str]) -> pa.Table:
    return pa.table({"hcp_id": pa.array(ids, pa.string()), "row": pa.array(range(len(ids)), pa.int64())})


def test_a_part_has_all_rows_of_a_physician_in_every_table() -> None:
    parts = list(by_physicians((table(["H2", "H1", "H2"]), table(["H3", "H1"])), 2))
    assert [[part["row"].to_pylist() for part in some] for some in parts] == [[[1], [1]], [[0, 2], [0]]]


@given(one=IDS, other=IDS, rows=st.integers(1, 20))
def test_no_row_is_lost_and_no_physician_is_cut(one: list[str], other: list[str], rows: int) -> None:
    parts = list(by_physicians((table(one), table(other)), rows))
    for number, ids in enumerate((one, other)):
        found = [row for some in parts for row in some[number]["row"].to_pylist()]
        assert sorted(found) == list(range(len(ids)))
    physicians = [{i for part in some for i in part["hcp_id"].to_pylist()} for some in parts]
    assert all(max(some) < min(others) for some, others in pairwise(physicians))
