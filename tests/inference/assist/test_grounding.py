from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.assist.grounding import LONGEST_FUZZY, MOST_CHANGED, locate, nearest

NOTE = "Likes the hosp curve – “one I can explain”.\nPA w/ Brightwell still taking 3 wks tho, it’s slow. f/u Thu."


@pytest.mark.parametrize(
    ("quote", "reads", "way"),
    [
        ("PA w/ Brightwell still taking 3 wks", "PA w/ Brightwell still taking 3 wks", "exact"),
        ("likes the HOSP curve", "Likes the hosp curve", "normalised"),
        ('curve - "one I can', "curve – “one I can", "normalised"),
        ("explain”. PA  w/ Brightwell", "explain”.\nPA w/ Brightwell", "normalised"),
        ("it's slow", "it’s slow", "normalised"),
        ("...still taking 3 wks...", "still taking 3 wks", "normalised"),
        ('"one I can explain"', "one I can explain", "normalised"),
        ("PA with Brightwell still taking 3 wks", "PA w/ Brightwell still taking 3 wks", "fuzzy"),
        ("PA w/ Brightwel stil takng 3 wks", "PA w/ Brightwell still taking 3 wks", "fuzzy"),
    ],
)
def test_a_quote_is_found_where_it_was_said(quote: str, reads: str, way: str) -> None:
    place = locate(quote, NOTE)
    assert place is not None
    assert (NOTE[place.start : place.end], place.way) == (reads, way)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " … ",
        "“”",
        "worried about the liver enzymes",
        "Brightwell approves within the day",
        "thO. f/U mon",
        "costly",
        "PA denied",
    ],
)
def test_what_was_not_said_is_nowhere(quote: str) -> None:
    assert locate(quote, NOTE) is None


def test_a_short_quote_has_no_room_for_a_change() -> None:
    assert locate("slwo", NOTE) is None
    assert locate("Brightwill", "Brightwell") is not None


def test_whole_words_come_before_parts_of_words() -> None:
    place = locate("cost", "Costly, costs, and then the cost itself")
    assert place is not None
    assert place.start == 28
    inside = locate("cost", "costs")
    assert inside is not None
    assert (inside.start, inside.end) == (0, 4)


def test_letters_that_are_written_as_several_lead_back_to_one() -> None:
    place = locate("efficacy", "the e\ufb03cacy data")
    assert place is not None
    assert (place.start, place.end, place.way) == (4, 10, "normalised")


def test_a_quote_of_a_placeholder_is_found() -> None:
    place = locate("[patient_name] stopped it", "Pt [PATIENT_NAME] stopped it")
    assert place is not None
    assert (place.start, place.end) == (3, 28)


@given(text=st.text(min_size=1), data=st.data())
def test_a_piece_of_a_text_is_found_where_it_reads_the_same(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    place = locate(quote, text)
    if any(map(str.isalnum, quote)):
        assert place is not None
        assert text[place.start : place.end] == quote
    else:
        assert place is None


@given(quote=st.text(), text=st.text())
def test_a_place_lies_within_the_text_and_is_not_empty(quote: str, text: str) -> None:
    place = locate(quote, text)
    assert place is None or 0 <= place.start < place.end <= len(text)


@given(data=st.data())
def test_a_quote_with_few_changes_is_found_nearby(data: st.DataObject) -> None:
    text = data.draw(st.text("abcde ", min_size=40, max_size=200)).strip()
    if len(text) < 30:
        return
    start = data.draw(st.integers(0, len(text) - 20))
    letters = list(text[start : start + 30])
    for _ in range(int((len(letters) - 3) * MOST_CHANGED)):
        place = data.draw(st.integers(0, len(letters) - 1))
        letters[place : place + 1] = data.draw(st.sampled_from([[], ["x"], [letters[place], "y"]]))
    words = "".join(letters)
    found = nearest(words, text)
    assert found is not None
    assert distance(words, text[slice(*found)]) <= len(words) * MOST_CHANGED


@given(words=st.text("abc", min_size=10, max_size=30), text=st.text("abc", max_size=40))
def test_no_piece_is_nearer_than_the_one_that_is_found(words: str, text: str) -> None:
    least = min(
        distance(words, text[start:end]) for start in range(len(text) + 1) for end in range(start, len(text) + 1)
    )
    found = nearest(words, text)
    if least > int(len(words) * MOST_CHANGED):
        assert found is None
    else:
        assert found is not None
        assert distance(words, text[slice(*found)]) == least


@given(quote=st.text("0123456789", min_size=1), text=st.text("abcdefgh ,.", max_size=300))
def test_words_of_another_kind_are_nowhere(quote: str, text: str) -> None:
    assert locate(quote, text) is None


class Counted(str):
    """A text that counts the steps of who reads it letter by letter."""

    steps = 0

    def __iter__(self) -> Iterator[str]:
        for letter in str(self):
            self.steps += 1
            yield letter


@pytest.mark.parametrize("length", [1_000, 2_000, 4_000])
@pytest.mark.parametrize("words", ["ab" * 20, "ab" * 200, "a" * 900])
def test_a_search_takes_one_step_a_letter_of_the_text(words: str, length: int) -> None:
    text = Counted("a" * length)
    nearest(words, text)
    assert text.steps == length


def test_a_quote_beyond_all_measure_is_not_searched_for() -> None:
    text = Counted("a" * 5_000)
    assert nearest("b" * (LONGEST_FUZZY + 1), text) is None
    assert text.steps == 0


def distance(one: str, other: str) -> int:
    """Levenshtein's, row by row."""
    row = list(range(len(other) + 1))
    for count, letter in enumerate(one, start=1):
        before, row[0] = row[0], count
        for place, against in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != against))
    return row[-1]
