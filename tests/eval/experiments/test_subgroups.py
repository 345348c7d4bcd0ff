from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy.stats import t

from hcplens.errors import InputError
from hcplens.eval.experiments import ReadoutChoices, read_out

CHOICES = ReadoutChoices("arm", "control", ("visits",), subgroups=("specialty",))


def table(path: Path, rows: Iterable[tuple[object, ...]]) -> Path:
    lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
    path.write_text("arm,specialty,rep,visits\n" + lines)
    return path


def simulated(gain: dict[str, float], count: int = 300, *, seed: int = 6) -> list[tuple[object, ...]]:
    random = np.random.default_rng(seed)
    names = list(gain)
    rows: list[tuple[object, ...]] = []
    for n in range(count):
        treated, name = n % 2, names[n // 2 % len(names)]
        value = random.normal(10 + treated * gain[name])
        rows.append((("control", "email")[treated], name, f"R{n % 50}", round(float(value), 5)))
    return rows


def test_an_effect_in_one_specialty_only_is_told_from_chance(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", simulated({"derma": 2.0, "gp": 0.0}))
    [found] = read_out(path, CHOICES).subgroups
    assert [level.level for level in found.levels] == ["derma", "gp"]
    derma, gp = found.levels
    assert derma.difference.estimate.value == pytest.approx(2.0, abs=0.5)
    assert (derma.p_holm or 1) < 0.001
    assert (gp.p_holm or 0) > 0.05
    assert (found.interaction_p or 1) < 0.001


def test_the_interaction_of_clusters_in_several_levels_is_statsmodels_wald_test(tmp_path: Path) -> None:
    rows = simulated({"a": 1.0, "b": 0.6, "c": 0.2})
    [found] = read_out(table(tmp_path / "t.csv", rows), replace(CHOICES, cluster="rep")).subgroups
    frame = pd.DataFrame(rows, columns=["arm", "specialty", "rep", "y"])
    groups = frame["rep"].astype("category").cat.codes.to_numpy()
    fit = smf.ols("y ~ arm * specialty", frame).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    expected = fit.wald_test("arm[T.email]:specialty[T.b] = 0, arm[T.email]:specialty[T.c] = 0", scalar=True)
    assert found.interaction_p == pytest.approx(float(expected.pvalue))


def test_the_interaction_of_two_levels_of_units_is_a_t_test_of_their_differences(tmp_path: Path) -> None:
    rows = simulated({"a": 1.0, "b": 0.2}, count=60)
    [found] = read_out(table(tmp_path / "t.csv", rows), CHOICES).subgroups
    one, other = (level.difference for level in found.levels)
    errors = [each.standard_error or 0.0 for each in (one, other)]
    freedom = [each.degrees_of_freedom or 0.0 for each in (one, other)]
    error = math.hypot(*errors)
    satterthwaite = error**4 / sum(each**4 / df for each, df in zip(errors, freedom, strict=True))
    gap = (one.estimate.value - other.estimate.value) / error
    assert found.interaction_p == pytest.approx(2 * t.sf(abs(gap), satterthwaite))


def test_six_small_regions_without_any_effect_differ_as_seldom_as_they_should(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    choices = replace(CHOICES, cluster="rep")
    hits = 0
    for _ in range(60):
        rows = [
            (("control", "email")[rep % 2], f"r{rep // 2 % 6}", f"R{rep}", round(level + random.normal(), 4))
            for rep, level in enumerate(random.normal(size=60))
            for _ in range(4)
        ]
        [found] = read_out(table(tmp_path / "t.csv", rows), choices).subgroups
        hits += (found.interaction_p or 1) < 0.05
    assert hits <= 7  # of 60 expected 3; a test that is wrong 16 times in 100 has more in 8 of 10 such trials


def test_levels_and_tests_are_corrected_over_the_whole_readout(tmp_path: Path) -> None:
    rows = simulated({"a": 0.6, "b": 0.3})
    path = tmp_path / "t.csv"
    parity = [(*row, "odd" if n % 4 in (1, 2) else "even") for n, row in enumerate(rows)]
    path.write_text("arm,specialty,rep,visits,turn\n" + "".join(",".join(map(str, row)) + "\n" for row in parity))
    found = read_out(path, replace(CHOICES, subgroups=("specialty", "turn"))).subgroups
    tests = [effects.interaction_p or 0 for effects in found]
    smaller, larger = sorted(tests)
    by_hand = {smaller: min(1.0, 2 * smaller), larger: min(1.0, max(2 * smaller, larger))}
    assert [effects.interaction_p_holm for effects in found] == pytest.approx([by_hand[test] for test in tests])
    levels = [level for effects in found for level in effects.levels]
    least = min(levels, key=lambda level: level.difference.p_value or 0)
    assert len(levels) == 4
    assert least.p_holm == pytest.approx(4 * (least.difference.p_value or 0))
    most = max(levels, key=lambda level: level.difference.p_value or 0)
    assert (most.p_holm or 0) >= (most.difference.p_value or 0)


def test_levels_in_which_nothing_varies_are_left_out_of_the_test_and_named(tmp_path: Path) -> None:
    rows = simulated({"a": 2.0, "b": 0.5})
    still = [(("control", "email")[n % 2], "still", f"R{n}", 0) for n in range(40)]
    found = read_out(table(tmp_path / "t.csv", [*rows, *still]), CHOICES)
    [without] = read_out(table(tmp_path / "t.csv", rows), CHOICES).subgroups
    assert found.subgroups[0].left_out == ("still",)
    assert found.subgroups[0].interaction_p == pytest.approx(without.interaction_p or 0)
    assert any("does not vary within the arms of still, left out" in notice for notice in found.notices)


def test_a_cell_of_four_has_too_few_to_say_and_takes_no_part(tmp_path: Path) -> None:
    rows = simulated({"a": 1.0, "b": 0.5})
    rare = [(("control", "email")[n % 2], "rare", f"R{n}", n) for n in range(8)]
    [with_rare] = read_out(table(tmp_path / "t.csv", [*rows, *rare]), CHOICES).subgroups
    [without] = read_out(table(tmp_path / "t.csv", rows), CHOICES).subgroups
    level = with_rare.levels[2]
    assert level.level == "rare"
    assert level.difference.estimate.caution == "too few to say"
    assert level.p_holm is None
    assert with_rare.interaction_p == pytest.approx(without.interaction_p or 0)


def test_an_empty_cell_is_a_level_of_its_own(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", simulated({"a": 1.0, "": 0.5}))
    [found] = read_out(path, CHOICES).subgroups
    assert [level.level for level in found.levels] == ["(empty)", "a"]


def test_one_level_has_nothing_to_differ_from(tmp_path: Path) -> None:
    [found] = read_out(table(tmp_path / "t.csv", simulated({"a": 1.0})), CHOICES).subgroups
    assert found.interaction_p is None
    assert found.interaction_p_holm is None


def test_a_column_with_too_many_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="subgroup column 'rep' has 50 values; group it"):
        read_out(table(tmp_path / "t.csv", simulated({"a": 1.0})), replace(CHOICES, subgroups=("rep",)))
