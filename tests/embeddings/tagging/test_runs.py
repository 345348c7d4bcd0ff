from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from hcplens.embeddings.tagging.runs import BOUNDS_COUNT, CROSSING, SHARPNESS, Runs


@dataclass(frozen=True)
class Tokens:
    """One text of T tokens and one label: what `Runs.of` takes, and how wide each token is."""

    scores: Tensor
    bounds: Tensor
    wordless: Tensor
    cuts: Tensor
    widths: Tensor

    @property
    def runs(self) -> Runs:
        return Runs.of(*(one[None] for one in (self.scores, self.bounds, self.wordless, self.cuts)))

    def possible(self) -> list[tuple[int, int]]:
        words = [token for token, none in enumerate(self.wordless.tolist()) if not none]
        return [(first, last) for first in words for last in words if first <= last]

    def score(self, first: int, last: int) -> float:
        """The log-score of a run, from its definition."""
        inside = slice(first, last + 1)
        total = self.scores[inside][~self.wordless[inside]].sum()
        total = total + BOUNDS_COUNT * (self.bounds[first, 0] + self.bounds[last, 1])
        return float(total - CROSSING * self.cuts[first + 1 : last + 1].sum())

    def most_telling(self) -> tuple[int, int]:
        first, last = self.runs.most_telling(self.widths[None])
        return int(first), int(last)

    def expected_f1(self, run: tuple[int, int]) -> float:
        """In characters, with the true run's length at its mean."""
        runs = self.possible()
        shares = torch.tensor([SHARPNESS * self.score(*one) for one in runs], dtype=torch.float64).softmax(0)
        long = [float(self.widths[first : last + 1].sum()) for first, last in runs]
        common = [
            float(self.widths[max(first, run[0]) : min(last, run[1]) + 1].sum())
            if first <= run[1] and run[0] <= last
            else 0.0
            for first, last in runs
        ]
        own = float(self.widths[run[0] : run[1] + 1].sum())
        return 2 * float(shares @ torch.tensor(common).double()) / (own + float(shares @ torch.tensor(long).double()))


@st.composite
def tokens(draw: st.DrawFn) -> Tokens:
    length = draw(st.integers(1, 7))

    def array(one: st.SearchStrategy[float], *shape: int) -> Tensor:
        size = int(torch.tensor(shape).prod())
        return torch.tensor(draw(st.lists(one, min_size=size, max_size=size)), dtype=torch.float32).reshape(shape)

    score = st.integers(-4, 4).map(float)
    wordless = array(st.sampled_from([0.0, 0.0, 1.0]), length) == 1
    wordless[draw(st.integers(0, length - 1))] = False
    widths = array(st.integers(1, 9).map(float), length).masked_fill(wordless, 0.0)
    cuts = array(st.sampled_from([0.0, 0.0, 1.0]), length) == 1
    return Tokens(array(score, length), array(score, length, 2), wordless, cuts, widths)


@given(tokens())
def test_a_run_scores_what_its_first_and_its_last_token_say_together(some: Tokens) -> None:
    runs = some.runs
    for first, last in some.possible():
        assert float(runs.begins[0, first] + runs.ends[0, last]) == pytest.approx(some.score(first, last), abs=1e-3)


@given(tokens())
def test_the_total_is_over_all_runs(some: Tokens) -> None:
    scores = torch.tensor([some.score(*run) for run in some.possible()])
    assert float(some.runs.total()) == pytest.approx(float(scores.logsumexp(0)), abs=1e-3)


@given(tokens())
def test_the_likeliest_run_is_the_one_that_trying_all_of_them_finds(some: Tokens) -> None:
    first, last = some.runs.likeliest()
    assert some.score(int(first), int(last)) == pytest.approx(
        max(some.score(*run) for run in some.possible()), abs=1e-3
    )


@given(tokens())
def test_no_other_run_of_its_clauses_may_be_expected_to_show_more_of_the_true_words(some: Tokens) -> None:
    clauses = some.cuts.cumsum(0)
    from_clause, to_clause = (int(clauses[token]) for token in some.runs.likeliest())
    near = [run for run in some.possible() if from_clause <= clauses[run[0]] and clauses[run[1]] <= to_clause]
    found = some.most_telling()
    assert found in near
    best = max(some.expected_f1(run) for run in near)
    assert some.expected_f1(found) == pytest.approx(best, abs=1e-3)


def run_of(scores: list[float], *, cut: int | None = None, begins: int | None = None) -> tuple[int, int]:
    """The most telling run of one text whose tokens are equally wide."""
    bounds = torch.zeros(len(scores), 2)
    if begins is not None:
        bounds[begins, 0] = 20.0
    none = torch.zeros(len(scores), dtype=torch.bool)
    cuts = torch.tensor([token == cut for token in range(len(scores))])
    return Tokens(torch.tensor(scores), bounds, none, cuts, torch.ones(len(scores))).most_telling()


def test_a_run_goes_on_over_a_weak_token_and_stops_before_a_bad_one() -> None:
    assert run_of([-20, 60, -20, 60, -90, 40]) == (1, 3)


def test_a_token_that_looks_like_a_first_word_begins_the_run() -> None:
    assert run_of([9, 9, 9], begins=1) == (1, 2)


def test_a_run_ends_where_a_clause_does_unless_both_sides_are_sure() -> None:
    assert run_of([3, 3, 8, 8], cut=2) == (2, 3)
    assert run_of([8, 8, 3, 3], cut=2) == (0, 1)
    assert run_of([90, 90, 90, 90], cut=2) == (0, 3)


def test_of_two_places_in_doubt_a_run_over_both_is_the_safest() -> None:
    """Either word alone would be half missed; both together are never wholly wrong."""
    assert run_of([8.0, 7.9]) == (0, 1)
