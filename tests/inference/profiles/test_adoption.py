from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hcplens.inference.profiles import ProfileTables

Row = Callable[..., dict[str, Any]]
Build = Callable[..., ProfileTables]


@pytest.mark.parametrize(
    ("drivers", "barriers", "stage"),
    [
        ((), ("knowledge",), "unaware"),
        ((), ("knowledge", "cost"), "aware"),
        ((), ("cost",), "aware"),
        (("efficacy",), ("cost", "coverage"), "aware"),
        (("efficacy",), ("cost",), "trial"),
        (("efficacy",), (), "trial"),
        (("efficacy", "evidence"), (), "adopter"),
        (("efficacy", "evidence", "peers"), (), "advocate"),
    ],
)
def test_the_rule(said: Row, profiled: Build, drivers: tuple[str, ...], barriers: tuple[str, ...], stage: str) -> None:
    rows = [said("2026-09-01", topic=topic, polarity="driver") for topic in drivers]
    rows += [said("2026-09-01", topic=topic) for topic in barriers]
    (row,) = profiled(rows).stages.to_pylist()
    assert row["stage"] == stage
    assert 1 / 6 < row["probability"] < 0.5
    assert len(row["evidence"]) == len(drivers) + len(barriers)


def test_a_driver_taken_back_and_a_barrier_instead_is_lapsed(said: Row, profiled: Build) -> None:
    lost = [said("2026-03-01", polarity="driver"), said("2026-08-01", polarity="driver", status="resolved")]
    (row,) = profiled([*lost, said("2026-09-01", topic="cost")]).stages.to_pylist()
    assert row["stage"] == "lapsed"
    assert row["why"] == "by rule, no model: 0 drivers, 1 barrier (cost) held"


def test_nothing_is_claimed_without_evidence(said: Row, profiled: Build) -> None:
    assert profiled([said("2026-09-01", holder="rep")]).stages.num_rows == 0
    assert profiled([said("2026-09-01", status="resolved")]).stages.num_rows == 0
    assert profiled([said("2026-09-01", brand=None)]).stages.num_rows == 0
