from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.assist.candidates import clauses_of, clauses_touched, uncertain, width_for
from hcplens.inference.insights.read_texts import ReadTexts

ReadAs = Callable[..., ReadTexts]
TEXT = "The price is too high for them. The data look good to her."
PRICE, DATA = (0, 30), (32, 57)
HALF = np.asarray([0.5, 0.5])
GERMAN = "Die Patientin kann sich das Medikament leider nicht leisten, sagt die Ärztin beim Besuch."


def places(read: ReadTexts, width: float) -> list[tuple[int, int]]:
    return [(each.row, each.column) for each in uncertain(read, HALF, width)]


def test_the_least_sure_comes_first_and_the_sure_not_at_all(read_as: ReadAs) -> None:
    read = read_as([TEXT, TEXT], [[0.6, 0.99], [0.01, 0.45]], [[PRICE, DATA]] * 2)
    assert places(read, 1.0) == [(1, 1), (0, 0)]
    assert [each.distance for each in uncertain(read, HALF, 1.0)] == pytest.approx([log(55 / 45), log(6 / 4)])


def test_it_is_near_the_threshold_that_a_model_is_unsure(read_as: ReadAs) -> None:
    read = read_as([TEXT], [[0.2, 0.5]], [[PRICE, DATA]])
    found = uncertain(read, np.asarray([0.2, 0.9]), 1.0)
    assert [(each.column, each.distance) for each in found] == [(0, 0.0)]


def test_labels_that_nobody_wants_are_not_asked_about(read_as: ReadAs) -> None:
    read = read_as([TEXT], [[0.5, 1.0]], [[PRICE, DATA]])
    assert [each.column for each in uncertain(read, np.asarray([0.5, np.inf]), 100.0)] == [0]


def test_texts_that_were_not_read_are_not_asked_about(read_as: ReadAs) -> None:
    read = read_as([GERMAN, " ", TEXT], [[0.5, 0.5]] * 3, [[(0, 1), (0, 1)]] * 3)
    assert read.triaged[0].unread
    assert places(read, 1.0) == [(2, 0), (2, 1)]


def test_a_clause_is_sent_where_a_candidate_rests_on_it(read_as: ReadAs) -> None:
    read = read_as([TEXT], [[0.5, 0.99]], [[PRICE, DATA]])
    assert clauses_of(read) == 2
    assert clauses_touched(read, uncertain(read, HALF, 1.0)) == 1
    assert clauses_touched(read, uncertain(read, HALF, 9.0)) == 2


@pytest.mark.parametrize(("share", "width"), [(0.0, 0.0), (0.5, log(6 / 4)), (0.51, log(99)), (1.0, log(99))])
def test_the_band_is_as_narrow_as_the_share_allows(share: float, width: float, read_as: ReadAs) -> None:
    read = read_as([TEXT], [[0.6, 0.99]], [[PRICE, DATA]])
    assert width_for(read, HALF, share) == pytest.approx(width)


@given(
    probabilities=st.lists(st.tuples(*[st.floats(0, 1)] * 2), min_size=1, max_size=6),
    widths=st.tuples(st.floats(0, 9), st.floats(0, 9)),
)
def test_a_wider_band_holds_a_narrower_one(
    probabilities: list[tuple[float, float]], widths: tuple[float, float], read_as: ReadAs
) -> None:
    read = read_as([TEXT] * len(probabilities), probabilities, [[PRICE, DATA]] * len(probabilities))
    narrow, wide = (uncertain(read, HALF, width) for width in sorted(widths))
    assert wide[: len(narrow)] == narrow


def test_some_of_the_texts_keep_what_was_read(read_as: ReadAs) -> None:
    read = read_as([TEXT, GERMAN, "x"], [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [[PRICE, DATA]] * 3)
    some = read.at([2, 0])
    assert some.readings.statements.tolist() == [[0.5, 0.6], [0.1, 0.2]]
    assert [note.readable for note in some.triaged] == ["x", TEXT]
