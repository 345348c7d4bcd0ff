from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.profiles.belief import Outlook, believe, interval, trend
from hcplens.inference.profiles.echoes import without_echoes
from hcplens.inference.profiles.statements import Statement, Subject

DAY = date(2026, 9, 1)
SUBJECT = Subject("H1", "Dermiqo", "coverage", "barrier")


def own(days: int = 0, *, rep: str = "R1", words: str | None = None, probability: float = 1.0) -> Statement:
    return Statement(
        subject=SUBJECT,
        date=DAY + timedelta(days=days),
        source="note",
        source_id=f"N{days}{rep}",
        rep_id=rep,
        status="current",
        holder="hcp",
        probability=probability,
        start=0,
        end=1,
        evidence=words,
    )


def belief(*statements: Statement, after: int = 0, **outlook: Any) -> float:
    return believe(statements, Outlook(half_life=100.0, **outlook), resolved=False, today=DAY + timedelta(days=after))


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
    silences = [DAY - timedelta(days=1), DAY + timedelta(days=200), DAY + timedelta(days=300)]
    heard = belief(own(probability=0.7), after=250)
    odds = heard / (1 - heard) * 0.9
    assert belief(own(probability=0.7), after=250, silences=silences) == pytest.approx(odds / (1 + odds))


def test_a_report_is_as_sure_as_the_reps_habit_leaves_it() -> None:
    assert belief(own(probability=0.9), habit=lambda _: 0.5) == pytest.approx(0.45)


def test_nothing_said_is_the_base_rate() -> None:
    assert belief() == pytest.approx(0.2)


@given(p=st.floats(0.01, 0.99), evidence=st.floats(0.0, 50.0), more=st.floats(0.1, 50.0))
def test_the_interval_holds_the_belief_and_narrows_with_evidence(p: float, evidence: float, more: float) -> None:
    low, high = interval(np.array([p, p]), np.array([evidence, evidence + more]))
    assert np.all((low >= 0) & (low <= p) & (p <= high) & (high <= 1))
    assert high[1] - low[1] < high[0] - low[0]


def test_a_trend_needs_a_step_of_more_than_a_tenth() -> None:
    assert [trend(0.65, 0.50), trend(0.58, 0.50), trend(0.35, 0.50)] == ["rising", "steady", "falling"]


def test_the_same_voice_within_a_fortnight_counts_once() -> None:
    assert [s.date for s in without_echoes([own(0), own(7), own(14), own(15), own(20)])] == [
        DAY,
        DAY + timedelta(days=15),
    ]
    assert len(without_echoes([own(0), own(7, rep="R2")])) == 2


def test_copied_words_count_once_however_late_and_whoever_copies() -> None:
    copied = [own(0, words="PA takes weeks"), own(90, rep="R2", words="pa  takes WEEKS")]
    assert without_echoes(copied) == copied[:1]


def test_an_echo_is_as_sure_as_its_surest_reading() -> None:
    (kept,) = without_echoes([own(0, probability=0.6), own(3, probability=0.9)])
    assert (kept.date, kept.probability) == (DAY, 0.9)
