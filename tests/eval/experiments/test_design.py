from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.errors import InputError
from hcplens.eval.experiments import (
    DesignChoices,
    TwoArms,
    design_experiment,
    intraclass_correlation,
    parse_arms,
    read_plan,
    write_plan,
)
from hcplens.eval.experiments.clusters import bearing_clusters

Units = Callable[..., Path]


@pytest.fixture
def units(tmp_path: Path) -> Units:
    """A file of 200 physicians of 40 reps in two countries, with prescriptions that reps' physicians share."""

    def write(*, reverse: bool = False) -> Path:
        random = np.random.default_rng(3)
        lines = []
        for rep in range(40):
            level = random.normal(10, 1)
            for physician in range(3 + rep % 5):
                country = "DE" if rep % 4 else "FR"
                lines.append(f"H{rep:02}{physician},R{rep:02},{country},{level + random.normal(0, 2):.3f}")
        path = tmp_path / "units.csv"
        path.write_text("hcp_id,rep_id,country,scripts\n" + "\n".join(lines[::-1] if reverse else lines) + "\n")
        return path

    return write


BY_REP = DesignChoices(cluster="rep_id", strata=("country",), outcome="scripts", effect=1.0, seed=5)


def test_a_design_by_rep_states_its_power_from_the_baseline(units: Units) -> None:
    plan = design_experiment(units(), BY_REP).plan
    control, treated = plan.arms
    effect = plan.design_effect
    assert effect is not None
    assert (effect.clusters, effect.mean_size) == (40, 5)
    assert effect.value == pytest.approx(1 + ((1 + 2 / 25) * 5 - 1) * effect.intraclass_correlation)
    assert plan.baseline.source == "column scripts"
    assignment = design_experiment(units(), BY_REP).assignment
    bearing = [
        bearing_clusters(
            [rep for rep, name in zip(assignment.clusters, assignment.arms, strict=True) if name == arm.arm],
            effect.intraclass_correlation,
        )
        for arm in (control, treated)
    ]
    assert all(10 < count < 20 for count in bearing)
    two = TwoArms(control.units, treated.units, 40, effect.value, plan.baseline, 0.05, (bearing[0], bearing[1]))
    [power] = plan.powers
    assert power.power == two.power(1.0)
    assert power.minimum_detectable_effect == two.minimum_detectable_effect(0.8)
    assert power.clusters_needed == two.needed(1.0, 0.8)
    assert power.units_needed == round(5 * (power.clusters_needed or 0))
    assert plan.correlation_source == "estimated from column scripts"


def test_the_correlation_is_estimated_from_the_outcome(units: Units) -> None:
    path = units()
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    expected = intraclass_correlation(np.asarray([float(row[3]) for row in rows]), [row[1] for row in rows])
    effect = design_experiment(path, BY_REP).plan.design_effect
    assert effect is not None
    assert effect.intraclass_correlation == pytest.approx(expected)


def test_reps_stay_whole_and_arms_are_balanced_in_each_country(units: Units) -> None:
    assignment = design_experiment(units(), BY_REP).assignment
    rows = set(zip(assignment.clusters, assignment.strata, assignment.arms, strict=True))
    assert len(rows) == 40
    counts = Counter((stratum, arm) for _, stratum, arm in rows)
    assert counts == {
        ("country=DE", "control"): 15,
        ("country=DE", "treatment"): 15,
        ("country=FR", "control"): 5,
        ("country=FR", "treatment"): 5,
    }


def test_the_order_of_the_file_changes_no_assignment(units: Units) -> None:
    first = design_experiment(units(), BY_REP)
    second = design_experiment(units(reverse=True), BY_REP)
    assert first.assignment == second.assignment
    assert first.plan.units_sha256 != second.plan.units_sha256


def test_a_tenth_is_held_out_and_takes_no_part_in_power(units: Units) -> None:
    plan = design_experiment(units(), DesignChoices(hold_out=0.1, standard_deviation=2.0, effect=1.0)).plan
    assert {arm.arm: arm.units for arm in plan.arms} == {"control": 90, "treatment": 90, "hold_out": 20}
    assert [power.arm for power in plan.powers] == ["treatment"]
    assert plan.powers[0].power == TwoArms(90, 90, 180, 1.0, plan.baseline, 0.05).power(1.0)


def test_two_treatments_share_the_level(units: Units) -> None:
    arms = parse_arms(["control", "e-mail", "visit"])
    plan = design_experiment(units(), DesignChoices(arms=arms, baseline_rate=0.2, effect=0.1)).plan
    assert plan.alpha_each == 0.025
    assert [power.arm for power in plan.powers] == ["e-mail", "visit"]


def test_without_a_baseline_effects_are_in_standard_deviations(units: Units) -> None:
    plan = design_experiment(units(), DesignChoices()).plan
    assert plan.baseline.scale == "standard deviations"
    assert plan.powers[0].power is None
    assert plan.powers[0].minimum_detectable_effect == pytest.approx(0.398, abs=0.001)
    assert any("no baseline" in notice for notice in plan.notices)


def test_few_clusters_and_tiny_strata_are_said(units: Units) -> None:
    few = DesignChoices(cluster="country", intraclass_correlation=0.1)
    [notice] = [notice for notice in design_experiment(units(), few).plan.notices if "too few" in notice]
    assert notice.startswith("treatment against control: 1 country clusters in the smaller arm are too few")
    tiny = DesignChoices(strata=("hcp_id",))
    assert any("200 of 200 strata" in notice for notice in design_experiment(units(), tiny).plan.notices)


def test_every_comparison_of_few_reps_says_so(units: Units) -> None:
    arms = parse_arms(["control=0.8", "email=0.1", "visit=0.1"])
    notices = design_experiment(units(), replace(BY_REP, arms=arms, strata=())).plan.notices
    few = [notice for notice in notices if "few" in notice]
    assert [notice[:56] for notice in few] == [
        "email against control: 4 rep_id clusters in the smaller ",
        "visit against control: 4 rep_id clusters in the smaller ",
    ]


def test_only_the_formulas_of_the_design_are_listed(units: Units) -> None:
    by_rep, by_unit = design_experiment(units(), BY_REP).plan, design_experiment(units(), DesignChoices()).plan
    for plan in (by_rep, by_unit):
        assert len(set(plan.formulas)) == len(plan.formulas)
        assert sum(formula.startswith("assignment:") for formula in plan.formulas) == 1
    assert not any("one by one" in formula or "Bonferroni" in formula for formula in by_rep.formulas)
    assert any("Donner & Koval" in formula for formula in by_rep.formulas)
    assert not any("cluster" in formula for formula in by_unit.formulas)


def test_a_gap_in_the_outcome_is_assigned_and_said(tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    path.write_text("hcp_id,seen\n" + "".join(f"H{n},{n % 2 if n else ''}\n" for n in range(20)))
    designed = design_experiment(path, DesignChoices(outcome="seen"))
    assert len(designed.assignment.units) == 20
    assert designed.plan.baseline.scale == "rate"
    assert designed.plan.baseline.mean == pytest.approx(10 / 19)
    assert "1 units have no seen" in designed.plan.notices[0]


def test_the_worst_correlation_is_taken_where_it_cannot_be_told(tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    path.write_text("hcp_id,rep_id,y\n" + "".join(f"H{n},R{n},{n}\n" for n in range(20)))
    plan = design_experiment(path, DesignChoices(cluster="rep_id", outcome="y")).plan
    assert plan.design_effect is not None
    assert plan.design_effect.intraclass_correlation == 1.0
    assert "the worst, 1, is taken" in plan.notices[0]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (DesignChoices(cluster="rep_id"), "by --icc, or name a baseline --outcome"),
        (DesignChoices(intraclass_correlation=0.1), "--icc is about clusters"),
        (DesignChoices(cluster="rep_id", intraclass_correlation=1.1), "--icc 1.1 is not between 0 and 1"),
        (DesignChoices(baseline_rate=0.1, standard_deviation=1.0), "not both"),
        (DesignChoices(baseline_rate=1.0), "--baseline-rate 1 is not between 0 and 1"),
        (DesignChoices(mean=4.0), "--mean 4 needs --sd too"),
        (DesignChoices(standard_deviation=0.0), "--sd 0 is not above 0"),
        (DesignChoices(hold_out=1.0), "--hold-out 1 is not a share"),
        (DesignChoices(alpha=0.9), "0 < alpha < power < 1"),
        (DesignChoices(effect=0.0), "--effect 0 cannot be found"),
        (DesignChoices(effect=float("nan")), "--effect nan cannot be found"),
        (DesignChoices(standard_deviation=1.0, mean=float("nan")), "--mean nan is no number"),
        (DesignChoices(baseline_rate=0.5, effect=0.6), "gives 1.1, no rate"),
        (DesignChoices(unit="npi"), "no column 'npi'"),
        (DesignChoices(cluster="rep_id", strata=("hcp_id",), intraclass_correlation=0.1), "units in two strata"),
    ],
)
def test_choices_that_cannot_be_are_refused(units: Units, choices: DesignChoices, message: str) -> None:
    with pytest.raises(InputError, match=message):
        design_experiment(units(), choices)


def test_a_plan_is_read_back_as_it_was_written(units: Units, tmp_path: Path) -> None:
    designed = design_experiment(units(), BY_REP)
    write_plan(designed.plan, designed.assignment, tmp_path / "plan")
    assert read_plan(tmp_path / "plan") == designed
    before = {path.name: path.read_bytes() for path in (tmp_path / "plan").iterdir()}
    write_plan(designed.plan, designed.assignment, tmp_path / "plan")
    assert {path.name: path.read_bytes() for path in (tmp_path / "plan").iterdir()} == before
    assert json.loads(before["plan.json"])["hcplens"] == 1
    assert before["assignment.csv"].startswith(b"unit,cluster,stratum,arm\nH000,R00,country=FR,")


def test_an_assignment_changed_by_hand_is_refused(units: Units, tmp_path: Path) -> None:
    designed = design_experiment(units(), BY_REP)
    write_plan(designed.plan, designed.assignment, tmp_path / "plan")
    file = tmp_path / "plan" / "assignment.csv"
    file.write_text(file.read_text().replace("control", "treatment", 1))
    with pytest.raises(InputError, match="is not what was planned"):
        read_plan(tmp_path / "plan")


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no plan\.json"):
        read_plan(tmp_path)
    (tmp_path / "plan.json").write_text('{"hcplens": 1}')
    with pytest.raises(InputError, match="is damaged"):
        read_plan(tmp_path)
    (tmp_path / "plan.json").write_text("[]")
    with pytest.raises(InputError, match="no plan of format 1"):
        read_plan(tmp_path)
