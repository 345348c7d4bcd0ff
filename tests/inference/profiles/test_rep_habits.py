from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pyarrow as pa
import pytest

from hcplens.inference.profiles.base_rates import HIGHEST, BaseRates
from hcplens.inference.profiles.rep_habits import STRONGEST, RepHabits
from hcplens.inference.profiles.statements import Statement, Subject


def said(rep: str, note: int, topic: str, *, hcp: str = "H1", status: str = "current") -> Statement:
    return Statement(
        subject=Subject(hcp, "Dermiqo", topic, "barrier"),
        date=date(2026, 9, 1),
        source="note",
        source_id=f"N-{rep}-{note}",
        rep_id=rep,
        status=status,
        holder="hcp",
        probability=1.0,
        start=0,
        end=1,
        evidence=None,
    )


def rows(statements: list[Statement]) -> pa.Table:
    """The columns of STATEMENTS that are counted."""
    return pa.Table.from_pylist([asdict(s.subject) | asdict(s) for s in statements])


def notes(rep: str, topics: str, count: int) -> list[Statement]:
    return [said(rep, number, topic) for number in range(count) for topic in topics.split()]


def test_a_topic_that_one_rep_hears_everywhere_is_partly_habit() -> None:
    # "cost" in 100 of 200 notes, all of one rep, where 50 were to be expected; "supply" in all, as expected
    strength = (50**2 + 50**2 + 100**2 + 100**2) / (50**2 + 50**2 - (50 + 50 + 100 + 100))
    habits = RepHabits.of(rows([*notes("R1", "cost supply", 100), *notes("R2", "supply", 100)]))
    assert habits.of_statement(said("R1", 0, "cost")) == pytest.approx(1 - (50 + strength) / (100 + strength))
    assert habits.of_statement(said("R2", 0, "cost")) == 0
    assert habits.of_statement(said("R1", 0, "supply")) == 0


def test_what_says_that_it_is_over_or_comes_from_no_rep_has_no_habit() -> None:
    habits = RepHabits.of(rows([*notes("R1", "cost supply", 100), *notes("R2", "supply", 100)]))
    assert habits.of_statement(said("R1", 0, "cost", status="resolved")) == 0
    assert habits.of_statement(replace(said("R1", 0, "cost"), rep_id=None)) == 0


def test_reps_who_differ_by_chance_are_pooled_most() -> None:
    habits = RepHabits.of(
        rows([*notes("R1", "cost supply", 5), *notes("R2", "supply cost", 4), said("R2", 9, "supply")])
    )
    assert all(share < 1 / STRONGEST for share in habits.shares.values())


def test_a_row_said_twice_counts_once() -> None:
    once = [*notes("R1", "cost supply", 10), *notes("R2", "supply", 10)]
    assert RepHabits.of(rows(once + once)).shares == pytest.approx(RepHabits.of(rows(once)).shares)


def test_a_base_rate_is_the_share_of_ones_like_shrunk_twice() -> None:
    cells = {f"H{n}": ("derm", "US", "new" if n < 20 else "old") for n in range(40)}
    supplied = [said("R1", n, "supply", hcp=f"H{n}") for n in range(40)]
    dear = [said("R1", n, "cost", hcp=f"H{n}") for n in range(6)]
    rates = BaseRates.of(rows([*supplied, *dear]), cells)
    of_all = (6 + 10 * 0.2) / (40 + 10)
    new, old, unlisted = (said("R1", 0, "cost", hcp=hcp).subject for hcp in ("H0", "H30", "H99"))
    assert rates.of_subjects([new, old, unlisted]) == pytest.approx(
        [(6 + 10 * of_all) / (20 + 10), (0 + 10 * of_all) / (20 + 10), of_all]
    )
    everywhere = said("R1", 0, "supply", hcp="H0").subject
    assert BaseRates.of(rows(supplied), {}).of_subjects([everywhere]).tolist() == [HIGHEST]
