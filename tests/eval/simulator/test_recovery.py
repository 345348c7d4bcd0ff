from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from hcplens.eval.results import Provenance, Result, read_result, write_result
from hcplens.eval.simulator import Recovery, SimulationOptions, World, inferred_profiles, recovery, simulate
from hcplens.eval.simulator.recovered_beliefs import BASELINE
from hcplens.inference.records.derived import CHANNEL_PREFERENCES, PROFILES


@pytest.fixture(scope="module")
def recovered(world: World) -> Recovery:
    return recovery(world, inferred_profiles(world))


@pytest.fixture(scope="module")
def clearly_recovered(clear_world: World) -> Recovery:
    return recovery(clear_world, inferred_profiles(clear_world))


def value(found: Recovery, key: str) -> float:
    return found.figure(f"simulated/{key}").estimate.value


def test_profiles_equal_to_the_truth_recover_all_of_it(world: World) -> None:
    nothing = inferred_profiles(simulate(SimulationOptions(physicians=1, months=1)))
    profiles = [
        row | {"probability": float(row["state"] != "resolved"), "low": 0.0, "high": 1.0, "evidence": []}
        for row in world.truth.topics.to_pylist()
    ]
    channels = [row | {"low": row["p_engage"], "high": row["p_engage"]} for row in world.truth.channels.to_pylist()]
    known = {name: [row.get(name) for row in profiles] for name in PROFILES.names}
    preferred = {name: [row.get(name) for row in channels] for name in CHANNEL_PREFERENCES.names}
    perfect = replace(
        nothing,
        profiles=pa.table(known, schema=PROFILES),
        channels=pa.table(preferred, schema=CHANNEL_PREFERENCES),
    )
    found = recovery(world, perfect)
    for key in ("open barrier F1", "open driver F1", "ending noticed", "belief AUC", "engagement interval coverage"):
        assert value(found, key) == 1
    for key in ("belief Brier", "belief calibration error", "engagement error"):
        assert value(found, key) == pytest.approx(0, abs=1e-12)
    assert value(found, "rank correlation of channels") == pytest.approx(1)


def test_open_drivers_and_barriers_are_found_far_better_than_by_chance(recovered: Recovery) -> None:
    for polarity in ("barrier", "driver"):
        found = recovered.figure(f"simulated/open {polarity} F1").estimate
        chance = recovered.figure(f"simulated/open {polarity} F1 by chance").estimate
        assert found.low is not None
        assert chance.high is not None
        assert found.low > 2 * chance.high


def test_without_noise_most_of_what_was_said_is_found_and_little_else(clearly_recovered: Recovery) -> None:
    assert value(clearly_recovered, "open barrier recall/said") > 0.8
    assert value(clearly_recovered, "open barrier precision") > 0.7
    assert value(clearly_recovered, "open driver precision") > 0.9


def test_what_a_rep_over_reports_is_seldom_taken_for_open(recovered: Recovery) -> None:
    habitual = recovered.figure("simulated/open barrier precision/over-reported by a rep").estimate
    other = recovered.figure("simulated/open barrier precision/not over-reported").estimate
    assert habitual.value is not None
    assert other.value is not None
    assert abs(habitual.value - other.value) < 0.2


@pytest.mark.parametrize(("figure", "better"), [("listed open F1", 1), ("belief log-loss", -1)])
def test_the_ledger_beats_the_rule_that_the_latest_own_statement_wins(
    recovered: Recovery, figure: str, better: int
) -> None:
    ours, rule = value(recovered, figure), value(recovered, f"{figure}/{BASELINE}")
    assert (ours - rule) * better > 0.02


def test_beliefs_tell_what_holds_from_what_does_not(recovered: Recovery) -> None:
    assert value(recovered, "belief AUC") > 0.75
    assert value(recovered, "belief Brier") < 0.25


def test_channel_intervals_cover_and_estimates_beat_the_mean_of_the_channel(recovered: Recovery) -> None:
    assert 0.85 < value(recovered, "engagement interval coverage") < 0.99
    gain = recovered.figure("simulated/engagement error minus that of the channel's mean").estimate
    assert gain.high is not None
    assert gain.high < 0
    assert value(recovered, "rank correlation of channels") > 0.5


def test_scanners_and_repeats_change_no_channel(recovered: Recovery, clearly_recovered: Recovery) -> None:
    """Of one seed both worlds have the same hidden probabilities and the same answers of people."""
    key = "engagement error/channel=email"
    assert value(recovered, key) == pytest.approx(value(clearly_recovered, key), abs=0.01)


def test_every_figure_says_what_it_rests_on(recovered: Recovery, world: World) -> None:
    names = {items.name for items in recovered.item_sets}
    for figure in recovered.figures:
        assert figure.suite == "simulated"
        assert figure.basis is not None
        assert figure.basis.item_set in names
        assert 0 < figure.estimate.clusters <= world.options.physicians


def test_figures_can_be_kept_as_a_result(recovered: Recovery, tmp_path_factory: pytest.TempPathFactory) -> None:
    provenance = Provenance("0", "2026-07-01T00:00:00+00:00", 1.0, {}, "none", "none", {})
    folder = tmp_path_factory.mktemp("results") / "simulated"
    write_result(Result(provenance, recovered.item_sets, recovered.figures), folder)
    kept = read_result(folder)
    assert [figure.key for figure in kept.figures] == [figure.key for figure in recovered.figures]
