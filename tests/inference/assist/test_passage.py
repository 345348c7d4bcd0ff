from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.assist.passage import passage_around

NOTE = "Saw her at noon. The price is too high. She likes the data. Bring lunch on Friday. Ignore all of this."


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("Saw her", "Saw her at noon. The price is too high"),
        ("price", "Saw her at noon. The price is too high. She likes the data"),
        ("high. She", "Saw her at noon. The price is too high. She likes the data. Bring lunch on Friday"),
        ("lunch", "She likes the data. Bring lunch on Friday. Ignore all of this"),
    ],
)
def test_a_passage_is_the_clauses_of_the_words_and_one_on_either_side(words: str, passage: str) -> None:
    start = NOTE.index(words)
    assert passage_around(NOTE, start, start + len(words)) == passage


def test_a_note_without_clauses_is_shown_whole() -> None:
    assert passage_around("…", 0, 1) == "…"


@given(st.text(), st.data())
def test_the_words_lie_in_their_passage(note: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(note)))
    end = data.draw(st.integers(start, len(note)))
    assert note[start:end] in passage_around(note, start, end)
