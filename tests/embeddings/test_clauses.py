from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.clauses import LONGEST, clause_starts, split_clauses, trimmed_to_words

TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="aZ9 .,;:!?…-–—•|\n\r\t\u00a0\u2028\u3000、。，；！？：'\"”)]é\u0301😀漢", max_size=300),
    st.lists(st.sampled_from([" but ", "dr.", "e.g.", "x", "...", " - ", "\r\n", "though", ", ", "PA", " "])).map(
        "".join
    ),
)
BETWEEN = set(".,;|:•，、；。-–—")


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in split_clauses(text)]


@given(TEXTS)
def test_clauses_are_in_order_do_not_overlap_and_are_never_empty(text: str) -> None:
    spans = split_clauses(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))


@given(TEXTS)
def test_no_clause_has_white_space_at_its_ends(text: str) -> None:
    assert all(clause == clause.strip() for clause in words(text))


@given(TEXTS)
def test_between_clauses_lie_only_separators_and_white_space(text: str) -> None:
    kept = {place for start, end in split_clauses(text) for place in range(start, end)}
    left_out = {character for place, character in enumerate(text) if place not in kept}
    assert all(character in BETWEEN or character.isspace() for character in left_out)


@given(TEXTS)
def test_every_letter_and_digit_is_in_some_clause(text: str) -> None:
    kept = "".join(words(text))
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]


@given(TEXTS.map(lambda text: text * 20))
def test_no_clause_is_longer_than_the_limit(text: str) -> None:
    assert all(end - start <= LONGEST for start, end in split_clauses(text))


def test_sentences_and_contrasts_are_clauses_of_their_own() -> None:
    text = "Likes the efficacy data a lot but the PA takes three weeks. Will try two patients!"
    assert words(text) == [
        "Likes the efficacy data a lot",
        "but the PA takes three weeks",
        "Will try two patients!",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "saw dr. Meyer in the hallway this morning",
        "options e.g. the Q2W schedule",
        "pts. on the old drug stay on it",
        "referred by J. Kowalski from the ward",
        "z.B. die Injektion einmal im Monat",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert words(text) == [text]


def test_a_full_stop_ends_a_sentence() -> None:
    assert words("He asked for the data on rash. Sent it the same day.") == [
        "He asked for the data on rash",
        "Sent it the same day",
    ]


def test_lines_of_a_list_are_clauses() -> None:
    text = "Objection: cost of the drug\r\n- staff has no time for forms\r\n• nurse wants training"
    assert words(text) == [
        "Objection: cost of the drug",
        "- staff has no time for forms",
        "nurse wants training",
    ]


def test_one_or_two_words_join_their_neighbour_within_a_sentence() -> None:
    assert words("busy, no time to talk about anything today") == ["busy, no time to talk about anything today"]
    assert words("Busy. No time to talk about anything today") == ["Busy", "No time to talk about anything today"]


def test_a_number_is_not_cut_at_its_point() -> None:
    assert words("A1c fell from 9.4 to 7.1 in twelve weeks") == ["A1c fell from 9.4 to 7.1 in twelve weeks"]


def test_chinese_sentences_are_cut_at_their_own_marks() -> None:
    assert words("疗效很好。但是价格太高；患者负担不起。") == ["疗效很好", "但是价格太高", "患者负担不起"]


def test_offsets_count_code_points_not_bytes() -> None:
    text = "👩\u200d⚕️ loves the onset of it. cafe\u0301 talk about the price only"
    assert words(text) == ["👩\u200d⚕️ loves the onset of it", "cafe\u0301 talk about the price only"]


@pytest.mark.parametrize("text", ["", "   ", "\r\n\t", "...", "—", " ; | ,", "\u00a0\u3000\u2028"])
def test_a_text_without_words_has_no_clause(text: str) -> None:
    assert words(text) == []


def test_no_break_space_at_the_end_is_trimmed() -> None:
    assert words("wants samples\u00a0\u2003.\u3000") == ["wants samples"]


def test_a_long_run_of_words_is_cut_at_white_space() -> None:
    text = "word " * 300
    assert all(set(clause.split()) == {"word"} for clause in words(text))
    assert [c for clause in words(text) for c in clause.split()] == text.split()


@pytest.mark.parametrize(
    "unit",
    ["a", ".", " ", "-", ";", ". ", " \n", " -", ", ", ".x", '."', ";x", "\r\n", " but", "dr. ", "漢", "\u0301", "😀"],
)
def test_a_hundred_thousand_characters_of_anything_are_split(unit: str) -> None:
    text = (unit * (100_000 // len(unit)))[:99_999] + "a"
    spans = split_clauses(text)
    assert spans[-1].end == len(text)
    assert all(end - start <= LONGEST for start, end in spans)


@given(TEXTS)
def test_clauses_begin_within_the_text_in_order(text: str) -> None:
    starts = clause_starts(text)
    assert all(before < after for before, after in itertools.pairwise([0, *starts, len(text)]) if starts)


@given(TEXTS.filter(lambda text: len(text) <= LONGEST))
def test_every_clause_begins_where_a_start_is_known(text: str) -> None:
    known = {0, *clause_starts(text)}
    for clause in split_clauses(text):
        assert any(start <= clause.start and not text[start : clause.start].strip() for start in known)


def test_clauses_begin_after_full_stops_commas_lines_and_contrasts_however_short() -> None:
    text = "Saw dr. Meyer, fine. Wants data but no PA\n- nurse busy"
    pieces = [text[start:end] for start, end in itertools.pairwise([0, *clause_starts(text), len(text)])]
    assert pieces == ["Saw dr. Meyer,", " fine.", " Wants data ", "but no PA\n", "- nurse busy"]


@st.composite
def spans_of_texts(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(TEXTS.filter(bool))
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


@given(spans_of_texts())
def test_a_span_trimmed_to_words_cuts_no_word_and_loses_none(given: tuple[str, int, int]) -> None:
    text, start, end = given
    begins, finishes = trimmed_to_words(text, start, end)
    assert 0 <= begins < finishes <= len(text)
    assert all(not text[place].isalnum() or begins <= place < finishes for place in range(start, end))
    for edge in (begins, finishes):
        assert not (0 < edge < len(text) and text[edge - 1].isalnum() and text[edge].isalnum())


@given(spans_of_texts())
def test_a_span_trimmed_to_words_grows_by_letters_and_digits_only(given: tuple[str, int, int]) -> None:
    text, start, end = given
    begins, finishes = trimmed_to_words(text, start, end)
    assert all(character.isalnum() for character in text[begins:start] + text[end:finishes])


@pytest.mark.parametrize(
    ("words", "trimmed"),
    [
        ("kes thr", "takes three"),
        (" but the PA ", "but the PA"),
        ("weeks. ", "weeks"),
        (", but the PA ", "but the PA"),
        (" – ", " – "),
        ("(again)", "(again)"),
        ("PA takes three weeks", "PA takes three weeks"),
    ],
)
def test_a_span_is_trimmed_to_whole_words(words: str, trimmed: str) -> None:
    text = "Likes it, but the PA takes three weeks. – (again)"
    start = text.index(words)
    begins, finishes = trimmed_to_words(text, start, start + len(words))
    assert text[begins:finishes] == trimmed
