from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.report.highlighting import numbered_marks, segments
from hcplens.eval.results import Example, Mark

OUTCOMES = st.sampled_from(["hit", "missed", "false"])


@st.composite
def marked_examples(draw: st.DrawFn) -> Example:
    """Any text with marks that overlap, nest, are empty or run past the end."""
    text = draw(st.text(max_size=40))
    places = st.integers(0, len(text) + 3)
    marks = draw(st.lists(st.builds(Mark, places, places, st.text(max_size=5), OUTCOMES), max_size=6))
    return Example("notes", "N1", "H1", text, tuple(marks))


def test_marks_that_overlap_cut_the_text_where_they_begin_and_end() -> None:
    example = Example("notes", "N1", "H1", "abcdef", (Mark(2, 5, "b", "hit"), Mark(0, 3, "a", "missed")))
    cut = segments(example.text, numbered_marks(example))
    assert [segment.text for segment in cut] == ["ab", "c", "de", "f"]
    assert [segment.outcomes for segment in cut] == [("missed",), ("missed", "hit"), ("hit",), ()]
    assert [[found.number for found in segment.ending] for segment in cut] == [[], [1], [2], []]


def test_marks_are_numbered_as_they_are_read_and_those_without_words_last() -> None:
    marks = (Mark(0, 0, "flag", "missed"), Mark(2, 3, "inner", "hit"), Mark(2, 5, "outer", "hit"))
    found = numbered_marks(Example("notes", "N1", "H1", "abcdef", marks))
    assert [(one.number, one.mark.label, one.words) for one in found] == [
        (1, "outer", "cde"),
        (2, "inner", "c"),
        (3, "flag", ""),
    ]


@given(marked_examples())
def test_segments_join_to_exactly_the_text(example: Example) -> None:
    cut = segments(example.text, numbered_marks(example))
    assert "".join(segment.text for segment in cut) == example.text
    assert all(segment.text for segment in cut)


@given(marked_examples())
def test_the_words_of_every_mark_are_highlighted_and_no_others(example: Example) -> None:
    marks = numbered_marks(example)
    cut = segments(example.text, marks)
    assert sorted(found.number for found in marks) == list(range(1, len(example.marks) + 1))
    for found in marks:
        covered = "".join(segment.text for segment in cut if found in segment.marks)
        assert covered == found.words == example.text[found.mark.start : found.mark.end]
        assert sum(found in segment.ending for segment in cut) == bool(found.words)
