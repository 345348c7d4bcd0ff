from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.eval.experiments import Arm, Assignment, assign, parse_arms
from hcplens.eval.experiments.arms import with_hold_out

shares = st.lists(st.integers(1, 9), min_size=2, max_size=4).map(
    lambda weights: [Arm(f"arm{n}", Fraction(weight, sum(weights))) for n, weight in enumerate(weights)]
)
strata = st.lists(st.sampled_from(["DE", "FR", "IT"]), min_size=1, max_size=60)


def arm_by_unit(assignment: Assignment) -> dict[str, str]:
    return dict(zip(assignment.units, assignment.arms, strict=True))


@given(strata, shares, st.integers(0, 1000))
def test_every_arm_gets_its_share_of_every_stratum_within_one(strata: list[str], arms: list[Arm], seed: int) -> None:
    units = [f"H{n}" for n in range(len(strata))]
    found = assign(units, None, strata, arms, seed=seed)
    counts = Counter(zip(found.strata, found.arms, strict=True))
    for stratum, size in Counter(strata).items():
        assert all(abs(counts[stratum, arm.name] - size * arm.share) < 1 for arm in arms)


@given(strata, shares, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(strata: list[str], arms: list[Arm], chance: random.Random) -> None:
    rows = [(f"H{n}", stratum) for n, stratum in enumerate(strata)]
    shuffled = chance.sample(rows, len(rows))
    first, second = (
        assign([unit for unit, _ in order], None, [stratum for _, stratum in order], arms, seed=3)
        for order in (rows, shuffled)
    )
    assert first == second


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60), st.integers(0, 1000))
def test_a_cluster_is_never_torn_and_arms_get_as_many(of_unit: list[int], seed: int) -> None:
    units, clusters = [f"H{n}" for n in range(len(of_unit))], [f"R{rep}" for rep in of_unit]
    found = assign(units, clusters, ["all"] * len(units), parse_arms(["control", "treatment"]), seed=seed)
    arms = dict(zip(found.clusters, found.arms, strict=True))
    assert set(zip(found.clusters, found.arms, strict=True)) == set(arms.items())
    counts = Counter(arms.values())
    assert abs(counts["control"] - counts["treatment"]) <= 1


def test_many_small_strata_together_still_meet_the_shares() -> None:
    units = [f"H{n:03}" for n in range(300)]
    arms = parse_arms(["control=0.75", "treatment=0.25"])
    found = assign(units, None, [f"territory {unit}" for unit in units], arms, seed=1)
    assert Counter(found.arms) == {"control": 225, "treatment": 75}


def test_another_seed_gives_another_assignment_and_the_same_seed_the_same() -> None:
    units = [f"H{n}" for n in range(40)]
    arms = parse_arms(["control", "treatment"])
    first, again, other = (assign(units, None, ["all"] * 40, arms, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert arm_by_unit(first) != arm_by_unit(other)


def test_another_experiment_of_the_same_units_and_seed_gets_another_assignment() -> None:
    units, arms = [f"H{n}" for n in range(40)], parse_arms(["control", "treatment"])
    first, again, other = (
        assign(units, None, ["all"] * 40, arms, seed=1, name=name) for name in ("spring", "spring", "autumn")
    )
    assert first == again
    both = Counter(zip(first.arms, other.arms, strict=True))
    assert min(both[arm, another] for arm in ("control", "treatment") for another in ("control", "treatment")) >= 4


def test_over_many_seeds_every_unit_is_treated_as_often_as_its_share_says() -> None:
    units = [f"H{n}" for n in range(7)]
    arms = with_hold_out(parse_arms(["control", "treatment"]), 0.2)
    treated = Counter(
        unit
        for seed in range(1000)
        for unit, arm in arm_by_unit(assign(units, None, list("aaaabbb"), arms, seed=seed)).items()
        if arm == "treatment"
    )
    assert all(abs(treated[unit] / 1000 - 0.4) < 0.08 for unit in units)


def test_a_cluster_in_two_strata_is_refused() -> None:
    with pytest.raises(InputError, match="cluster 'R1' has units in two strata"):
        assign(["H1", "H2"], ["R1", "R1"], ["DE", "FR"], parse_arms(["a", "b"]), seed=1)
