from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.profiles.base_rates import USUAL
from hcplens.inference.profiles.belief import Outlook, believe, interval, trend
from hcplens.inference.profiles.echoes import without_echoes
from hcplens.inference.profiles.said import Said
from hcplens.inference.profiles.silences import Silences
from hcplens.inference.records.derived import STATEMENTS

DAY = date(2026, 9, 1)
TODAY = (DAY - date(1970, 1, 1)).days
Row = dict[str, Any]


def own(days: int = 0, *, rep: str = "R1", words: str | None = None, probability: float = 1.0) -> Row:
    return {
        "date": DAY + timedelta(days=days),
        "source": "note",
        "rep_id": rep,
        "status": "current",
        "holder": "hcp",
        "probability": probability,
        "evidence": words,
    }


def said(*rows: Row, subject: Sequence[int] | None = None, habit: float = 0.0) -> Said:
    """Statements of one subject, or of those given."""
    numbers = np.array(subject or [0] * len(rows), dtype=np.int64)
    return Said.of(pa.Table.from_pylist(list(rows), schema=STATEMENTS), numbers, np.full(len(rows), habit))


def belief(
    *rows: Row, after: int = 0, base_rate: float = USUAL, habit: float = 0.0, silences: Sequence[int] = ()
) -> float:
    outlook = Outlook(
        half_life=np.array([100.0]),
        base_rate=np.array([base_rate]),
        silences=Silences(TODAY + np.array(silences, dtype=np.int64)),
    )
    found = believe(said(*rows, habit=habit), outlook, resolved=np.array([False]), today=TODAY + after)
    return float(found[0])


@pytest.mark.parametrize("probability", [0.3, 0.5, 0.7, 0.95])
def test_a_fresh_own_statement_is_believed_as_surely_as_it_was_read(probability: float) -> None:
    assert belief(own(probability=probability)) == pytest.approx(probability)
    assert belief(own(probability=probability), base_rate=0.05) == pytest.approx(probability)


def test_belief_falls_back_to_the_base_rate_by_half_in_four_half_lives() -> None:
    assert belief(own(probability=0.7), after=400) == pytest.approx(0.2 + 0.5 / 2)
    assert belief(own(probability=0.7), after=800, base_rate=0.1) == pytest.approx(0.1 + 0.6 / 4)


def test_what_is_said_again_adds_up_in_log_odds() -> None:
    # odds 7/3 against 1/4 at the base rate: 9.33 times as likely, twice
    assert belief(own(probability=0.7), own(rep="R2", probability=0.7)) == pytest.approx(1 / (1 + 4 / (28 / 3) ** 2))


def test_each_record_that_is_silent_takes_a_tenth_of_the_odds() -> None:
    silences = [-1, 200, 300]
    heard = belief(own(probability=0.7), after=250)
    odds = heard / (1 - heard) * 0.9
    assert belief(own(probability=0.7), after=250, silences=silences) == pytest.approx(odds / (1 + odds))


def test_a_report_is_as_sure_as_the_reps_habit_leaves_it() -> None:
    assert belief(own(probability=0.9), habit=0.5) == pytest.approx(0.45)


def test_nothing_said_is_the_base_rate() -> None:
    assert belief() == pytest.approx(0.2)


@given(p=st.floats(0.01, 0.99), evidence=st.floats(0.0, 50.0), more=st.floats(0.1, 50.0))
def test_the_interval_holds_the_belief_and_narrows_with_evidence(p: float, evidence: float, more: float) -> None:
    low, high = interval(np.array([p, p]), np.array([evidence, evidence + more]))
    assert np.all((low >= 0) & (low <= p) & (p <= high) & (high <= 1))
    assert high[1] - low[1] < high[0] - low[0]


def test_a_trend_needs_a_step_of_more_than_a_tenth() -> None:
    assert trend(np.array([0.65, 0.58, 0.35]), np.full(3, 0.50)) == ["rising", "steady", "falling"]


def test_the_same_voice_within_a_fortnight_counts_once() -> None:
    counted = without_echoes(said(own(0), own(7), own(14), own(15), own(20)))
    assert counted.day.tolist() == [TODAY, TODAY + 15]
    assert len(without_echoes(said(own(0), own(7, rep="R2")))) == 2


def test_a_voice_is_heard_of_each_subject_apart() -> None:
    counted = without_echoes(said(own(0), own(7), own(3), own(20), subject=[0, 0, 1, 1]))
    assert list(zip(counted.subject, counted.day - TODAY, strict=True)) == [(0, 0), (1, 3), (1, 20)]


def test_copied_words_count_once_however_late_and_whoever_copies() -> None:
    copied = said(own(0, words="PA takes weeks"), own(90, rep="R2", words="pa  takes WEEKS"))
    assert without_echoes(copied).day.tolist() == [TODAY]


def test_an_echo_is_as_sure_as_its_surest_reading() -> None:
    kept = without_echoes(said(own(0, probability=0.6), own(3, probability=0.9)))
    assert (kept.day.tolist(), kept.probability.tolist()) == ([TODAY], [0.9])


def test_a_record_that_mentions_a_barrier_on_any_day_is_not_silent_on_it() -> None:
    """Of one physician and brand the records 0 and 2 mention barrier 5, the record 1 does not."""
    pair, record, day, barrier = np.array(
        [[0, 0, 10, 5], [0, 1, 20, -1], [0, 1, 20, -1], [0, 2, 30, 5], [0, 2, 40, -1], [1, 3, 20, 6]]
    ).T
    silences = Silences.of(pair, record, day, barrier)
    five, six = np.array([5]), np.array([6])
    assert silences.between(five, np.array([0]), np.array([99])).tolist() == [1]
    assert silences.between(five, np.array([20]), np.array([99])).tolist() == [0]  # since is left out
    assert silences.between(five, np.array([0]), np.array([20])).tolist() == [1]  # until is not
    assert silences.between(six, np.array([0]), np.array([99])).tolist() == [0]
