from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.triage.words import (
    FAMILIARITIES,
    FORMS,
    PIECES,
    SHAPES,
    familiarity_of,
    numbers_of,
    words_of,
)


def test_letters_digits_and_marks_are_words_of_their_own() -> None:
    found = [word.text for word in words_of("pt O'Neil, DOB 3/4/61_x\nok")]
    assert found == ["pt", "O'Neil", ",", "DOB", "3", "/", "4", "/", "61", "_", "x", "ok"]


@given(st.text(max_size=80))
def test_words_are_pieces_of_the_text_in_order_and_leave_out_only_blanks(text: str) -> None:
    words = words_of(text)
    assert all(text[word.start : word.end] == word.text for word in words)
    assert all(one.end <= other.start for one, other in itertools.pairwise(words))
    covered = {place for word in words for place in range(word.start, word.end)}
    assert all(text[place].isspace() for place in range(len(text)) if place not in covered)


@given(st.text(max_size=60))
def test_the_rows_of_any_word_lie_in_their_tables_and_none_is_padding(text: str) -> None:
    for word in words_of(text):
        for row, rows in zip(
            numbers_of(word.text, {"the": 3}), (FORMS, PIECES, PIECES, SHAPES, FAMILIARITIES), strict=True
        ):
            assert 0 < row < rows


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Mrs", "Ann", True),
        ("1961", "2025", True),
        ("ann", "Ann", False),
        ("KEV", "Kev", False),
        ("Kevin", "Maria", True),
    ],
)
def test_shapes_know_capitals_and_coarse_length(one: str, other: str, alike: bool) -> None:
    assert (numbers_of(one, {})[3] == numbers_of(other, {})[3]) is alike


def test_a_word_is_familiar_by_the_texts_that_have_it_in_small_letters() -> None:
    texts = ["she said so"] * 10 + ["Bush said he and said again"] * 2 + ["a rare kev"] * 2
    assert familiarity_of(texts) == {"said": 2, "she": 2, "so": 2}
