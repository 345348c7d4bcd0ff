from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hcplens.embeddings.tagging.decoding import CROSSING, best_runs

SCORE = st.integers(-4, 4).map(float)
FORBIDDEN = st.just(-np.inf)


@dataclass(frozen=True)
class Tokens:
    """Scores (B, T, K), bounds (B, T) and cuts (B, T), in whole numbers: sums are exact and ties are common."""

    scores: NDArray[np.float32]
    firsts: NDArray[np.float32]
    lasts: NDArray[np.float32]
    cuts: NDArray[np.bool_]

    def best(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return best_runs(self.scores, self.firsts, self.lasts, self.cuts)


@st.composite
def tokens(draw: st.DrawFn) -> Tokens:
    batch, length, labels = draw(st.integers(1, 3)), draw(st.integers(1, 7)), draw(st.integers(1, 3))

    def array(one: st.SearchStrategy[float], *shape: int) -> NDArray[np.float32]:
        size = int(np.prod(shape))
        return np.asarray(draw(st.lists(one, min_size=size, max_size=size)), dtype=np.float32).reshape(shape)

    bounds = array(SCORE, batch, length), array(SCORE, batch, length)
    cuts = array(st.sampled_from([0.0, 0.0, 1.0]), batch, length) == 1
    return Tokens(array(SCORE | FORBIDDEN, batch, length, labels), *bounds, cuts)


def best_by_trial(some: Tokens, row: int, label: int) -> list[int]:
    """The run of one text and label that ends first, then begins first, of those with the largest sum."""
    scores, firsts, lasts, cuts = some.scores[row, :, label], some.firsts[row], some.lasts[row], some.cuts[row]
    runs = [
        (
            float(scores[first : last + 1].sum() + firsts[first] + lasts[last])
            - CROSSING * cuts[first + 1 : last + 1].sum(),
            first,
            last,
        )
        for last in range(len(scores))
        for first in range(last + 1)
    ]
    total, first, last = max(runs, key=lambda run: (run[0], -run[2], -run[1]))
    return [first, last] if np.isfinite(total) else [0, 0]


@given(tokens())
def test_the_best_run_is_the_one_that_trying_all_of_them_finds(some: Tokens) -> None:
    first, last = some.best()
    for row, label in np.ndindex(first.shape):
        assert [first[row, label], last[row, label]] == best_by_trial(some, row, label)


@given(tokens())
def test_no_run_holds_a_token_that_none_may_contain(some: Tokens) -> None:
    first, last = some.best()
    for row, label in np.ndindex(first.shape):
        column = some.scores[row, :, label]
        if np.isfinite(column).any():
            assert np.isfinite(column[first[row, label] : last[row, label] + 1]).all()


def run_of(
    scores: list[float], firsts: list[float] | None = None, lasts: list[float] | None = None, cut: int | None = None
) -> tuple[int, int]:
    """The best run of one text for one label."""
    nothing = [0.0] * len(scores)
    cuts = np.asarray([[token == cut for token in range(len(scores))]])
    begin, finish = (np.asarray([one or nothing], dtype=np.float32) for one in (firsts, lasts))
    first, last = best_runs(np.asarray(scores, dtype=np.float32)[None, :, None], begin, finish, cuts)
    return int(first[0, 0]), int(last[0, 0])


def test_a_run_goes_on_over_a_weak_token_and_stops_before_a_bad_one() -> None:
    assert run_of([-1, 3, -1, 3, -9, 4]) == (1, 3)


def test_where_every_token_is_weak_the_least_weak_one_is_the_run() -> None:
    assert run_of([-5, -2, -3]) == (1, 1)


def test_the_earlier_of_two_equal_runs_wins() -> None:
    assert run_of([2, -9, 2]) == (0, 0)


def test_a_token_that_looks_like_a_first_word_begins_the_run_and_one_like_a_last_word_ends_it() -> None:
    assert run_of([1, 1, 1], firsts=[0, 5, 0]) == (1, 2)
    assert run_of([1, 1, 1], lasts=[0, 5, 0]) == (0, 1)


def test_a_run_ends_where_a_clause_does_unless_both_sides_are_sure() -> None:
    assert run_of([1, 1, 3, 1], cut=2) == (2, 3)
    assert run_of([3, 1, 1, 1], cut=2) == (0, 1)
    assert run_of([9, 9, 9, 9], cut=2) == (0, 3)
