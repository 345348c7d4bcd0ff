"""A public e-mail experiment whose answers are known."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hcplens.eval.experiments import Readout, ReadoutChoices, read_out

pytestmark = pytest.mark.skipif(
    "HCPLENS_PUBLIC_DATA" not in os.environ, reason="HCPLENS_PUBLIC_DATA does not say where the public data lie"
)
COVARIATES = ("recency", "history", "mens", "womens", "newbie")


@pytest.fixture(scope="module")
def readout() -> Readout:
    path = Path(os.environ["HCPLENS_PUBLIC_DATA"]) / "hillstrom" / "hillstrom.csv.gz"
    choices = ReadoutChoices("segment", "No E-Mail", ("visit", "spend"), COVARIATES, subgroups=("channel",))
    return read_out(path, choices)


@pytest.mark.parametrize(
    ("arm", "outcome", "value", "half_width", "digits"),
    [
        ("Mens E-Mail", "visit", 0.0766, 0.0066, 4),
        ("Womens E-Mail", "visit", 0.0452, 0.0063, 4),
        ("Mens E-Mail", "spend", 0.770, 0.285, 3),
        ("Womens E-Mail", "spend", 0.424, 0.255, 3),
    ],
)
def test_each_e_mail_raises_visits_and_spend_by_what_is_known(
    readout: Readout, arm: str, outcome: str, value: float, half_width: float, digits: int
) -> None:
    plain = readout.effect(arm, outcome).plain
    assert round(plain.estimate.value, digits) == value
    assert round(plain.half_width or 0, digits) == half_width


def test_earlier_behaviour_narrows_every_interval_a_little(readout: Readout) -> None:
    narrower = {(effect.arm, effect.outcome): effect.narrower or 0 for effect in readout.effects}
    assert all(share > 0 for share in narrower.values())
    assert narrower["Mens E-Mail", "visit"] == pytest.approx(0.012, abs=0.001)
    assert narrower["Mens E-Mail", "spend"] == pytest.approx(0.001, abs=0.001)


def test_the_arms_have_the_sizes_that_equal_shares_give(readout: Readout) -> None:
    assert sum(arm.in_table for arm in readout.arms) == 64_000
    assert readout.sample_ratio.p_value == pytest.approx(0.90, abs=0.01)


def test_only_the_spend_of_womens_e_mail_does_not_hold_at_any_look(readout: Readout) -> None:
    holds = {(effect.arm, effect.outcome): effect.best.holds_at_any_look for effect in readout.effects}
    assert [key for key, at_any_look in holds.items() if not at_any_look] == [("Womens E-Mail", "spend")]
