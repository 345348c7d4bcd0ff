from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.clauses import LONGEST as LONGEST_CLAUSE
from hcplens.embeddings.clauses import split_clauses
from hcplens.embeddings.tagging.windows import LONGEST, windows

PIECES = st.sampled_from(
    [
        "PA still takes three weeks",
        "loves it",
        ". ",
        ", ",
        " but ",
        "\r\n",
        "x" * 450,
        "漢字。",
        "?!" * 300,
        "e\u0301 ",
        "😀",
    ]
)
LONG = st.lists(PIECES, min_size=1, max_size=30).map(lambda some: "".join(some) * 8)
TEXTS = st.text(max_size=200) | st.text(min_size=1, max_size=40).map(lambda text: text * 60) | LONG


@given(TEXTS)
def test_windows_are_in_order_do_not_overlap_and_stay_within_the_text(text: str) -> None:
    found = windows(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@given(TEXTS)
def test_no_window_is_longer_than_the_limit(text: str) -> None:
    assert all(end - start <= LONGEST for start, end in windows(text))


@given(LONG)
def test_no_clause_is_cut(text: str) -> None:
    found = windows(text)
    for clause in split_clauses(text):
        parts = [window for window in found if window.start < clause.end and clause.start < window.end]
        assert all(window.start <= clause.start and clause.end <= window.end for window in parts)


@given(TEXTS)
def test_every_letter_and_digit_is_in_some_window(text: str) -> None:
    covered = {place for start, end in windows(text) for place in range(start, end)}
    assert all(place in covered for place, character in enumerate(text) if character.isalnum())


@given(TEXTS)
def test_every_window_has_words(text: str) -> None:
    assert all(any(map(str.isalnum, text[start:end])) for start, end in windows(text))


@pytest.mark.parametrize("text", ["", " \r\n", "...", "?" * 3000, "- \n" * 900])
def test_a_text_without_words_has_no_window(text: str) -> None:
    assert windows(text) == []


def test_a_text_up_to_the_limit_is_one_window() -> None:
    text = " note. " * 142 + "short"
    assert windows(text) == [(0, len(text))]
    assert len(windows(text + " of a bit")) == 2


def test_windows_of_a_long_text_are_nearly_as_long_as_they_may_be() -> None:
    text = "The plan denied it again and we appealed. " * 200
    assert all(end - start > LONGEST - LONGEST_CLAUSE for start, end in windows(text)[:-1])
