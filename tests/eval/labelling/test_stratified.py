from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.eval.labelling.stratified import allocate, draw, draw_order


def test_strata_are_drawn_in_proportion_with_at_least_one_each() -> None:
    assert allocate({("A",): 60, ("B",): 30, ("C",): 10}, 10) == {("A",): 6, ("B",): 3, ("C",): 1}
    assert allocate({("A",): 97, ("B",): 2, ("C",): 1}, 10) == {("A",): 8, ("B",): 1, ("C",): 1}
    assert allocate({("A",): 5, ("B",): 5, ("C",): 5}, 4) == {("A",): 1, ("B",): 1, ("C",): 2}


def test_all_are_drawn_where_there_are_no_more() -> None:
    assert allocate({("A",): 2, ("B",): 1}, 5) == {("A",): 2, ("B",): 1}


def test_more_strata_than_notes_are_refused() -> None:
    with pytest.raises(InputError, match="there are 3 strata, but only 2 notes are drawn at random"):
        allocate({("A",): 2, ("B",): 1, ("C",): 1}, 2)


@given(st.dictionaries(st.tuples(st.text(max_size=2)), st.integers(1, 50), min_size=1, max_size=6), st.integers(6, 80))
def test_an_allocation_always_fits(sizes: dict[tuple[str, ...], int], count: int) -> None:
    allocated = allocate(sizes, count)
    assert sum(allocated.values()) == min(count, sum(sizes.values()))
    assert all(1 <= allocated[stratum] <= size for stratum, size in sizes.items())


STRATA = {f"N{number}": ("GB",) if number % 4 else ("US",) for number in range(40)}


def test_a_draw_says_with_which_probability() -> None:
    drawn = draw(STRATA, 10, seed=7)
    assert Counter(STRATA[one.id] for one in drawn) == {("GB",): 7, ("US",): 3}
    assert {one.probability for one in drawn} == {7 / 30, 3 / 10}


def test_a_draw_follows_from_the_seed_and_not_from_the_order_of_the_notes() -> None:
    drawn = draw(STRATA, 10, seed=7)
    assert draw(dict(reversed(STRATA.items())), 10, seed=7) == drawn
    assert {one.id for one in draw(STRATA, 10, seed=8)} != {one.id for one in drawn}


def test_every_note_is_drawn_as_often_as_its_probability_says() -> None:
    draws = 2000
    counts = Counter(one.id for seed in range(draws) for one in draw(STRATA, 10, seed))
    for identifier, stratum in STRATA.items():
        probability = 7 / 30 if stratum == ("GB",) else 3 / 10
        spread = (draws * probability * (1 - probability)) ** 0.5
        assert abs(counts[identifier] - draws * probability) < 4.5 * spread


def test_weighting_by_the_probabilities_gives_unbiased_figures() -> None:
    """Horvitz and Thompson (1952): the total of a value that differs between strata."""
    value = {name: 1.0 if stratum == ("US",) else 0.1 for name, stratum in STRATA.items()}
    drawn = draw(STRATA, 5, seed=1)
    assert sum(value[one.id] / one.probability for one in drawn) == pytest.approx(sum(value.values()))


def test_an_order_that_looks_random_is_the_same_each_time() -> None:
    order = draw_order(list(STRATA), 7)
    assert sorted(order) == sorted(STRATA)
    assert order == draw_order(sorted(STRATA, reverse=True), 7)
    assert order != sorted(STRATA)
