from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.metrics import F1, Floats, Span, character_counts, exact_span_counts, overlap, partial_span_counts

Counts = Callable[[list[set[Span]], list[set[Span]]], Floats]
KINDS: list[Counts] = [exact_span_counts, partial_span_counts, character_counts]

CLAIMED = {Span("cost", 0, 10), Span("cost", 20, 30), Span("supply", 40, 50)}
TRUE = {Span("cost", 0, 10), Span("cost", 25, 35), Span("trust", 40, 50)}


@st.composite
def spans(draw: st.DrawFn) -> set[Span]:
    drawn = draw(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20), st.integers(1, 8)), max_size=5))
    return {Span(label, start, start + length) for label, start, length in drawn}


def test_only_the_same_words_of_the_same_label_are_an_exact_match() -> None:
    assert exact_span_counts([CLAIMED], [TRUE]).tolist() == [[1, 3, 3]]


def test_an_overlap_is_half_a_match() -> None:
    assert partial_span_counts([CLAIMED], [TRUE]).tolist() == [[1.5, 3, 3]]


def test_characters_count_within_their_label() -> None:
    assert character_counts([CLAIMED], [TRUE]).tolist() == [[15, 30, 30]]


def test_characters_of_spans_that_overlap_count_once() -> None:
    assert character_counts([{Span("a", 0, 6), Span("a", 4, 10)}], [{Span("a", 0, 10)}]).tolist() == [[10, 10, 10]]


def test_a_true_span_is_matched_once_and_the_pairing_is_the_best_one() -> None:
    true = {Span("a", 0, 10)}
    assert partial_span_counts([{Span("a", 0, 4), Span("a", 5, 9)}], [true]).tolist() == [[0.5, 2, 1]]
    both = {Span("a", 0, 10), Span("a", 8, 20)}
    assert partial_span_counts([{Span("a", 0, 10), Span("a", 9, 12)}], [both]).tolist() == [[1.5, 2, 2]]


def test_spans_that_only_meet_do_not_overlap() -> None:
    assert not overlap((0, 5), (5, 9))
    assert overlap((0, 6), (5, 9))


@pytest.mark.parametrize("counts", KINDS)
def test_texts_without_spans_count_nothing(counts: Counts) -> None:
    assert counts([set(), {Span("a", 0, 2)}], [set(), set()])[:, 0].tolist() == [0, 0]
    assert counts([], []).shape == (0, 3)


@pytest.mark.parametrize("counts", KINDS)
@given(found=st.lists(spans(), min_size=1, max_size=4))
def test_the_truth_itself_scores_1(counts: Counts, found: list[set[Span]]) -> None:
    assert F1.value(counts(found, found)) == 1


@pytest.mark.parametrize("counts", KINDS)
@given(claimed=spans(), true=spans())
def test_claims_and_truths_are_treated_alike_and_hits_never_exceed_them(
    counts: Counts, claimed: set[Span], true: set[Span]
) -> None:
    ((hits, of_claimed, of_true),) = counts([claimed], [true]).tolist()
    assert counts([true], [claimed]).tolist() == [[hits, of_true, of_claimed]]
    assert 0 <= hits <= min(of_claimed, of_true)


@given(claimed=spans(), true=spans())
def test_a_partial_match_is_worth_at_least_an_exact_one(claimed: set[Span], true: set[Span]) -> None:
    assert partial_span_counts([claimed], [true])[0, 0] >= exact_span_counts([claimed], [true])[0, 0]
