from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from math import comb
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from hcplens.errors import InputError
from hcplens.eval.experiments import (
    DesignChoices,
    PublishedPlan,
    Readout,
    ReadoutChoices,
    TwoGroups,
    design_experiment,
    difference_in_means,
    parse_arms,
    read_out,
)

CHOICES = ReadoutChoices("arm", "control", ("visits",))


def written(path: Path, header: str, rows: Iterable[tuple[object, ...]]) -> Path:
    path.write_text(header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return path


def trial_rows(count: int = 60, *, arms: tuple[str, ...] = ("control", "email")) -> list[tuple[object, ...]]:
    random = np.random.default_rng(1)
    return [
        (f"H{n:03}", arms[n % len(arms)], round(float(random.normal(10 + 3 * (n % len(arms)))), 4))
        for n in range(count)
    ]


@pytest.fixture
def plan(tmp_path: Path) -> PublishedPlan:
    """Sixty physicians of twenty reps, assigned one by one, six of them held out."""
    units = written(tmp_path / "units.csv", "hcp_id,rep_id", ((f"H{n:03}", f"R{n % 20:02}") for n in range(60)))
    arms = parse_arms(["control", "email", "visit"])
    return design_experiment(units, DesignChoices(arms=arms, hold_out=0.1, standard_deviation=1.0))


def planned_rows(plan: PublishedPlan) -> list[tuple[str, str, float]]:
    random = np.random.default_rng(2)
    gain = {"control": 0.0, "email": 2.0, "visit": 4.0, "hold_out": 0.0}
    pairs = zip(plan.assignment.units, plan.assignment.arms, strict=True)
    return [(unit, arm, round(float(random.normal(10 + gain[arm])), 4)) for unit, arm in pairs]


def read_planned(path: Path, plan: PublishedPlan, rows: Iterable[tuple[object, ...]]) -> Readout:
    return read_out(written(path / "t.csv", "hcp_id,arm,visits", rows), CHOICES, plan)


def test_arms_are_compared_with_the_control_and_corrected(tmp_path: Path) -> None:
    rows = trial_rows(90, arms=("control", "email", "visit"))
    found = read_out(written(tmp_path / "t.csv", "hcp_id,arm,visits", rows), CHOICES)
    assert [effect.arm for effect in found.effects] == ["email", "visit"]
    means = {arm: np.mean([float(str(row[2])) for row in rows if row[1] == arm]) for arm in ("control", "visit")}
    assert found.effect("visit", "visits").plain.estimate.value == pytest.approx(means["visit"] - means["control"])
    corrected = multipletests([effect.plain.p_value for effect in found.effects], method="holm")[1]
    assert [effect.p_holm for effect in found.effects] == pytest.approx(corrected.tolist())
    assert found.verdicts[0].startswith("email raises visits (+")
    assert found.sample_ratio.p_value == 1.0
    assert "equal shares (assumed" in found.sample_ratio.against


def test_a_readout_is_json_without_what_json_lacks(tmp_path: Path) -> None:
    rows = [*trial_rows(20), ("H900", "rare", "")]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits", rows)
    arms = parse_arms(["control=0.48", "email=0.48", "rare=0.04"])
    record = json.loads(json.dumps(read_out(path, replace(CHOICES, arms=arms)).to_json(), allow_nan=False))
    assert record["hcplens"] == 1
    assert record["effects"][1]["plain"]["estimate"]["value"] is None
    assert record["sample_ratio_mismatch"] is False
    assert "rare on visits: too few to say" in record["verdicts"]


def test_arms_of_other_sizes_than_planned_forbid_any_claim(tmp_path: Path, plan: PublishedPlan) -> None:
    rows = planned_rows(plan)
    lost = [row for row in rows if row[1] != "control"] + [row for row in rows if row[1] == "control"][:1]
    found = read_planned(tmp_path, plan, lost)
    assert found.sample_ratio.observed == {"control": 1, "email": 18, "visit": 18}
    assert found.sample_ratio.mismatch
    assert found.effects == ()
    assert found.verdicts[0].startswith("SAMPLE RATIO MISMATCH (p = 0.00")
    assert not any("raises" in verdict for verdict in found.verdicts)


def test_shares_given_are_those_expected(tmp_path: Path) -> None:
    rows = [row for n, row in enumerate(trial_rows(300)) if row[1] == "control" or n % 4 == 1]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits", rows)
    loud = read_out(path, CHOICES)
    assert loud.effects == ()
    assert loud.subgroups == ()
    assert loud.verdicts[0].startswith("SAMPLE RATIO MISMATCH")
    fine = read_out(path, replace(CHOICES, arms=parse_arms(["control=0.6667", "email=0.3333"])))
    assert fine.effects
    assert fine.sample_ratio.against == "the shares given"


def test_an_arm_that_never_ran_is_said_and_not_estimated(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits", trial_rows())
    found = read_out(path, replace(CHOICES, arms=parse_arms(["control", "email", "visit"])))
    assert found.verdicts[0] == "arm visit never ran: no row of the table is in it; no estimate"
    assert [effect.arm for effect in found.effects] == ["email"]
    assert not found.sample_ratio.mismatch
    assert [(arm.arm, arm.ran) for arm in found.arms] == [("control", True), ("email", True), ("visit", False)]


def test_a_planned_arm_that_never_ran_is_said_with_its_units(tmp_path: Path, plan: PublishedPlan) -> None:
    found = read_planned(tmp_path, plan, (row for row in planned_rows(plan) if row[1] != "visit"))
    assert found.verdicts[0] == (
        "arm visit never ran: no row of the table is in it (18 units were assigned to it); no estimate"
    )
    assert [effect.arm for effect in found.effects] == ["email"]


def test_an_arm_that_was_not_planned_is_named_with_its_row(tmp_path: Path, plan: PublishedPlan) -> None:
    rows = planned_rows(plan)
    rows[3] = (rows[3][0], "emial", rows[3][2])
    with pytest.raises(InputError, match=r"row 5: arm is 'emial', an arm that was not planned \(did you mean 'email'"):
        read_planned(tmp_path, plan, rows)


def test_a_unit_that_was_never_assigned_is_named_with_its_row(tmp_path: Path, plan: PublishedPlan) -> None:
    with pytest.raises(InputError, match=r"row 62: hcp_id 'H999' is not in the plan"):
        read_planned(tmp_path, plan, [*planned_rows(plan), ("H999", "email", 1.0)])


def test_everyone_counts_where_they_were_assigned(tmp_path: Path, plan: PublishedPlan) -> None:
    rows = planned_rows(plan)
    given = [(unit, "control" if arm == "email" and n % 2 else arm, value) for n, (unit, arm, value) in enumerate(rows)]
    moved = sum(before != after for before, after in zip(rows, given, strict=True))
    found = read_planned(tmp_path, plan, given)
    as_planned = read_planned(tmp_path, plan, rows)
    assert found.effects == as_planned.effects
    assert f"{moved} units stand in the table under another arm" in " ".join(found.notices)


def test_held_out_units_are_compared_only_when_they_are_the_control(tmp_path: Path, plan: PublishedPlan) -> None:
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits", planned_rows(plan))
    found = read_out(path, CHOICES, plan)
    assert [effect.arm for effect in found.effects] == ["email", "visit"]
    assert any("6 units were held out" in notice for notice in found.notices)
    against = read_out(path, replace(CHOICES, control="hold_out"), plan)
    assert [effect.arm for effect in against.effects] == ["control", "email", "visit"]


def test_units_without_a_row_or_an_outcome_are_counted_per_arm(tmp_path: Path, plan: PublishedPlan) -> None:
    rows: list[tuple[object, ...]] = list(planned_rows(plan))
    in_control = [n for n, row in enumerate(rows) if row[1] == "control"]
    rows[in_control[0]] = (*rows[in_control[0]][:2], "")
    del rows[in_control[1]]
    found = read_planned(tmp_path, plan, rows)
    control = found.missing[0]
    assert (control.arm, control.assigned, control.no_row, control.missing) == ("control", 18, 1, 2)
    assert control.share == pytest.approx(2 / 18)
    assert found.effect("email", "visits").plain.estimate.items == 34
    assert any("1 of 60 units in the plan have no row" in notice for notice in found.notices)
    assert not any(one.differs(0.05) for one in found.missing)


def test_outcomes_missing_more_in_one_arm_are_said_loudly(tmp_path: Path) -> None:
    rows = [(*row[:2], "" if row[1] == "email" and n % 3 == 0 else row[2]) for n, row in enumerate(trial_rows(120))]
    found = read_out(written(tmp_path / "t.csv", "hcp_id,arm,visits", rows), CHOICES)
    email = found.missing[1]
    assert email.difference == pytest.approx(email.share)
    assert email.differs(0.05)
    [verdict] = found.verdicts  # no claim beside it
    assert verdict.startswith("DIFFERENTIAL ATTRITION: visits is missing for 33.3% of email, +33.3% against")
    assert verdict.endswith("so none is claimed")


def test_an_outcome_missing_for_all_of_one_arm_is_said_loudly(tmp_path: Path) -> None:
    rows = [(*row[:2], "" if row[1] == "email" else row[2]) for row in trial_rows(40)]
    found = read_out(written(tmp_path / "t.csv", "hcp_id,arm,visits", rows), CHOICES)
    assert found.verdicts[0].startswith("DIFFERENTIAL ATTRITION: visits is missing for 100.0% of email")
    assert found.missing[1].p_value == pytest.approx(2 / comb(40, 20))


def test_all_yes_against_all_no_is_claimed(tmp_path: Path) -> None:
    rows = [(unit, arm, "Yes" if arm == "email" else "no", n) for n, (unit, arm, _) in enumerate(trial_rows())]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits,before", rows)
    [verdict] = read_out(path, replace(CHOICES, covariates=("before",))).verdicts
    assert verdict.startswith("email raises visits (+1, interval 0.8")


def test_one_row_in_the_wrong_arm_does_not_make_units_of_physicians_count(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    sizes = random.geometric(0.05, 60)
    physician = np.repeat(np.arange(60), sizes)
    rows = [(("control", "email")[n % 2], 1.0 * n % 3, f"H{n}") for n in physician.tolist()]
    rows[0] = ("email", *rows[0][1:])
    path = written(tmp_path / "t.csv", "arm,visits,hcp", rows)
    found = read_out(path, replace(CHOICES, cluster="hcp"))
    assert found.sample_ratio.counted == "hcp clusters"
    assert found.sample_ratio.observed == {"control": 30, "email": 30}
    assert any(notice.startswith("1 rows are in another arm than most of their hcp") for notice in found.notices)


def test_any_look_claims_share_the_error_over_arms_and_outcomes(tmp_path: Path) -> None:
    rows = [(*row, row[2]) for row in trial_rows(90, arms=("control", "email", "visit"))]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits,calls", rows)
    found = read_out(path, replace(CHOICES, outcomes=("visits", "calls"))).effect("visit", "visits").plain
    chosen = [(row[1], float(str(row[2]))) for row in rows if row[1] != "email"]
    groups = TwoGroups(np.asarray([value for _, value in chosen]), np.asarray([arm == "visit" for arm, _ in chosen]))
    assert found.sequential_low == pytest.approx(difference_in_means(groups, planned=100, family=4).sequential_low)


def test_clusters_of_the_plan_are_those_of_the_readout(tmp_path: Path) -> None:
    units = written(tmp_path / "u.csv", "hcp_id,rep_id", ((f"H{n:03}", f"R{n % 40:02}") for n in range(200)))
    plan = design_experiment(units, DesignChoices(cluster="rep_id", intraclass_correlation=0.1))
    random = np.random.default_rng(3)
    pairs = zip(plan.assignment.units, plan.assignment.arms, strict=True)
    rows = [(unit, arm, round(float(random.normal()), 3)) for unit, arm in pairs]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits", rows)
    choices = ReadoutChoices("arm", "control", ("visits",))
    found = read_out(path, choices, plan)
    estimate = found.effect("treatment", "visits").plain.estimate
    assert (found.cluster, estimate.items, estimate.clusters) == ("rep_id", 200, 40)
    assert found.sample_ratio.counted == "rep_id clusters"
    assert found.sample_ratio.observed == {"control": 20, "treatment": 20}
    assert found.sequential_tuned_at == {"treatment": 40}
    with pytest.raises(InputError, match="the plan assigned whole rep_id"):
        read_out(path, replace(choices, cluster="territory"), plan)


def test_a_cluster_column_serves_without_a_plan_and_with_one_that_has_none(tmp_path: Path, plan: PublishedPlan) -> None:
    rows = [(*row, f"R{n % 15}") for n, row in enumerate(planned_rows(plan))]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits,rep_id", rows)
    choices = replace(CHOICES, cluster="rep_id", unit="hcp_id")
    arms = parse_arms(["control=0.3", "email=0.3", "visit=0.3", "other=0.1"])
    with pytest.raises(InputError, match="'hold_out', an arm that was not planned"):
        read_out(path, replace(choices, arms=arms))
    found = read_out(path, choices, plan)
    assert found.sample_ratio.counted == "units"
    effect = found.effect("email", "visits").plain
    assert effect.estimate.clusters == 15
    assert any(f"({effect.smaller_arm} in the smaller arm)" in notice for notice in found.notices)
    assert found.sequential_tuned_at == {"email": 100, "visit": 100}
    early = read_out(written(tmp_path / "e.csv", "hcp_id,arm,visits,rep_id", rows[:40]), choices, plan)
    assert early.sequential_tuned_at == found.sequential_tuned_at


def test_covariates_narrow_the_interval_and_gaps_are_said(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    rows = []
    for n in range(400):
        before = random.normal()
        after = round(float(before + 0.5 * random.normal() + n % 2), 4)
        rows.append((("control", "email")[n % 2], after, "" if n < 3 else round(float(before), 4), 1))
    path = written(tmp_path / "t.csv", "arm,visits,before,constant", rows)
    found = read_out(path, replace(CHOICES, covariates=("before", "constant")))
    [effect] = found.effects
    assert effect.adjusted is not None
    assert effect.narrower is not None
    assert 0.45 < effect.narrower < 0.6
    assert effect.best is effect.adjusted
    notices = " ".join(found.notices)
    assert "covariate before: 3 gaps filled with the mean" in notices
    assert "covariate constant says nothing" in notices
    assert "every row counts as one" in notices


def test_the_readout_with_a_plan_is_tuned_at_its_size_at_every_look(tmp_path: Path, plan: PublishedPlan) -> None:
    rows = planned_rows(plan)
    early = read_planned(tmp_path, plan, [(u, a, "" if n % 2 else v) for n, (u, a, v) in enumerate(rows)])
    late = read_planned(tmp_path, plan, rows)
    assert early.sequential_tuned_at == late.sequential_tuned_at == {"email": 36, "visit": 36}


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (replace(CHOICES, control="placebo"), r"--control 'placebo' is no arm; there are control, email"),
        (replace(CHOICES, outcomes=()), "at least one --outcome"),
        (replace(CHOICES, outcomes=("arm",)), "row 2: arm is 'control', which is no number"),
        (replace(CHOICES, outcomes=("visit",)), r"no column 'visit' \(did you mean 'visits'\?\)"),
        (replace(CHOICES, outcomes=("visits", "visits")), "asked for 2 times"),
        (replace(CHOICES, covariates=("visits",)), "measured after the treatment adjusts nothing"),
        (replace(CHOICES, subgroups=("arm",)), "'arm' is the arm"),
        (replace(CHOICES, arms=parse_arms(["control", "fax"])), "row 3: arm is 'email', an arm that was not planned"),
        (replace(CHOICES, unit="npi"), "no column 'npi'"),
    ],
)
def test_questions_that_the_table_cannot_answer_are_refused(
    tmp_path: Path, choices: ReadoutChoices, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_out(written(tmp_path / "t.csv", "hcp_id,arm,visits", trial_rows()), choices)


def test_a_row_without_an_arm_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 62: 'arm' is empty"):
        read_out(written(tmp_path / "t.csv", "hcp_id,arm,visits", [*trial_rows(), ("H9", "", 1)]), CHOICES)


def test_a_table_without_the_control_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits", trial_rows(arms=("email", "visit")))
    with pytest.raises(InputError, match="no row is in the control 'control'"):
        read_out(path, replace(CHOICES, arms=parse_arms(["control", "email", "visit"])))


def test_a_table_of_one_arm_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="every row is in 'control', so there is nothing to compare"):
        read_out(written(tmp_path / "t.csv", "hcp_id,arm,visits", trial_rows(arms=("control",))), CHOICES)


def test_more_covariates_than_units_can_bear_leave_the_plain_difference(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    names = tuple(f"x{n}" for n in range(12))
    rows = [(*row, *random.normal(size=12).round(3)) for row in trial_rows(16)]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits," + ",".join(names), rows)
    [effect] = read_out(path, replace(CHOICES, covariates=names)).effects
    assert effect.adjusted is None
    assert effect.best is effect.plain


def test_an_outcome_that_never_varies_claims_nothing(tmp_path: Path) -> None:
    rows = [(unit, arm, 0.1, n) for n, (unit, arm, _) in enumerate(trial_rows())]
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits,before", rows)
    assert read_out(path, replace(CHOICES, covariates=("before",))).verdicts == ("email on visits: does not vary",)


def test_a_covariate_without_values_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "hcp_id,arm,visits,before", ((*row, "") for row in trial_rows()))
    with pytest.raises(InputError, match="covariate 'before' has no value in any row"):
        read_out(path, replace(CHOICES, covariates=("before",)))


def test_the_power_of_a_plan_is_how_often_its_readout_finds_the_effect(tmp_path: Path) -> None:
    """Synthetic physicians of 60 reps: what the design promises, the readout keeps."""
    random = np.random.default_rng(31)
    rep_of = [rep for rep in range(60) for _ in range(2 + rep % 7)]
    units = written(tmp_path / "u.csv", "hcp_id,rep_id", ((f"H{n:03}", f"R{rep}") for n, rep in enumerate(rep_of)))
    choices = DesignChoices(cluster="rep_id", intraclass_correlation=0.2, standard_deviation=1.0, effect=0.38)
    plan = design_experiment(units, choices)
    stated = plan.plan.powers[0].power
    treated = np.asarray(plan.assignment.arms) == "treatment"
    rep = np.asarray([int(cluster[1:]) for cluster in plan.assignment.clusters])
    p_values = []
    for _ in range(1000):
        noise = random.normal(0, np.sqrt(0.2), 60)[rep] + random.normal(0, np.sqrt(0.8), len(rep))
        outcome = noise + 0.38 * treated
        p_values.append(difference_in_means(TwoGroups(outcome, treated, rep), planned=60).p_value or 0.0)
    rows = zip(plan.assignment.units, plan.assignment.arms, outcome, strict=True)
    assert read_planned(tmp_path, plan, rows).effects[0].p_holm == pytest.approx(p_values[-1])
    assert stated is not None
    assert 0.6 < stated < 0.95
    assert np.mean(np.asarray(p_values) < 0.05) == pytest.approx(stated, abs=3 * np.sqrt(stated * (1 - stated) / 1000))
