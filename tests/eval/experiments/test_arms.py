from __future__ import annotations

from fractions import Fraction

import pytest

from hcplens.errors import InputError
from hcplens.eval.experiments import HOLD_OUT, parse_arms
from hcplens.eval.experiments.arms import with_hold_out


def test_arms_without_shares_share_alike() -> None:
    arms = parse_arms(["control", "e-mail", "visit"])
    assert [arm.name for arm in arms] == ["control", "e-mail", "visit"]
    assert {arm.share for arm in arms} == {Fraction(1, 3)}


def test_arms_can_be_given_in_one_text_with_shares() -> None:
    arms = parse_arms(["control=0.8,treatment=0.2"])
    assert {arm.name: arm.share for arm in arms} == {"control": Fraction(4, 5), "treatment": Fraction(1, 5)}


def test_rounded_thirds_are_thirds() -> None:
    assert sum(arm.share for arm in parse_arms(["a=0.3333", "b=0.3333", "c=0.3333"])) == 1


def test_the_hold_out_takes_from_all_arms_alike() -> None:
    arms = with_hold_out(parse_arms(["control=0.75", "treatment=0.25"]), 0.2)
    shares = {arm.name: arm.share for arm in arms}
    assert shares == {"control": Fraction(3, 5), "treatment": Fraction(1, 5), HOLD_OUT: Fraction(1, 5)}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["control"], "at least two arms"),
        (["a", "a"], "'a' is named 2 times"),
        (["a=0.5", "b"], "every arm a share"),
        (["a=0.5", "b=0.3"], "add up to 0.8, not 1"),
        (["a=half", "b=0.5"], "share 'half' is no number"),
        (["a=1.5", "b=-0.5"], "is not between 0 and 1"),
        (["a", ""], "an arm without a name"),
        (["a", "hold_out"], "kept for units that get nothing"),
    ],
)
def test_arms_that_make_no_experiment_are_refused(texts: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_arms(texts)
