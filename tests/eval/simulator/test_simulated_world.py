from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from hcplens import InputError
from hcplens.eval.simulator import Noise, SimulationOptions, World, simulate
from hcplens.inference.profiles.channel_rules import ChannelRules
from hcplens.inference.profiles.engagement import read_engagement
from hcplens.inference.records import TABLES
from hcplens.inference.records.derived import CHANNEL_STATEMENTS, STATEMENTS

TABLE_NAMES = ("hcps", "rep_assignments", "notes", "surveys", "content_events", "consents")
OF_PHYSICIANS = (*TABLE_NAMES, "statements", "channel_statements")


def of(table: pa.Table, hcp_ids: set[str]) -> list[dict[str, Any]]:
    chosen = table.filter(pc.is_in(table["hcp_id"], pa.array(sorted(hcp_ids), pa.string())))
    return sorted(chosen.to_pylist(), key=repr)


def held(row: dict[str, Any], day: Any) -> bool:
    began = row["opened_at"] <= day
    ended = row["resolved_at"] is not None and row["resolved_at"] <= day
    return began and (not ended or (row["reopened_at"] is not None and row["reopened_at"] <= day))


def test_tables_have_the_shape_of_those_that_come_in(world: World) -> None:
    for name in TABLE_NAMES:
        assert getattr(world, name).schema == TABLES[name].schema
    assert world.statements.schema == STATEMENTS
    assert world.channel_statements.schema == CHANNEL_STATEMENTS


def test_the_same_options_give_the_same_world_and_another_seed_another() -> None:
    one, same, other = (simulate(SimulationOptions(physicians=20, seed=seed)) for seed in (3, 3, 4))
    for name in OF_PHYSICIANS:
        assert getattr(one, name).equals(getattr(same, name))
    assert one.truth.topics.equals(same.truth.topics)
    assert not one.truth.topics.equals(other.truth.topics)
    assert not one.notes.equals(other.notes)


@pytest.mark.parametrize(("fewer", "more"), [(19, 20), (20, 61)])
def test_one_more_physician_changes_nothing_of_the_others(fewer: int, more: int) -> None:
    small, large = (simulate(SimulationOptions(physicians=n)) for n in (fewer, more))
    known = set(small.hcps["hcp_id"].to_pylist())
    for name in OF_PHYSICIANS:
        assert of(getattr(large, name), known) == of(getattr(small, name), known)
    for name in ("topics", "channels", "prescribing"):
        assert of(getattr(large.truth, name), known) == of(getattr(small.truth, name), known)
    assert large.truth.reps.to_pylist()[: len(small.truth.reps)] == small.truth.reps.to_pylist()


def test_it_makes_no_difference_how_many_physicians_are_simulated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    options = SimulationOptions(physicians=30)
    at_once = simulate(options)
    monkeypatch.setattr("hcplens.eval.simulator.world._BLOCK", 7)
    in_blocks = simulate(options)
    everyone = set(at_once.hcps["hcp_id"].to_pylist())
    for name in OF_PHYSICIANS:
        assert of(getattr(at_once, name), everyone) == of(getattr(in_blocks, name), everyone)


def test_histories_open_resolve_and_reopen_in_that_order(world: World) -> None:
    last = world.options.as_of
    states: Counter[str] = Counter()
    for row in world.truth.topics.to_pylist():
        days = [day for day in (row["opened_at"], row["resolved_at"], row["reopened_at"]) if day is not None]
        assert days == sorted(set(days))
        assert days[-1] <= last
        assert row["reopened_at"] is None or row["resolved_at"] is not None
        assert held(row, last) == (row["state"] != "resolved")
        states[row["state"]] += 1
    assert set(states) == {"open", "resolved", "reopened"}


def test_all_records_lie_in_the_simulated_time(world: World) -> None:
    options = world.options
    assert options.first_day == options.as_of - timedelta(days=269)
    for name, column in (("notes", "date"), ("surveys", "date"), ("content_events", "timestamp")):
        days = getattr(world, name)[column].cast(pa.date32())
        assert pc.min(days).as_py() >= options.first_day, name
        assert pc.max(days).as_py() <= options.as_of, name


def test_evidence_is_the_words_it_points_at_and_never_said_twice_of_one_matter(world: World) -> None:
    texts = dict(zip(*(world.notes[name].to_pylist() for name in ("note_id", "text")), strict=True))
    seen: set[tuple[Any, ...]] = set()
    for table in (world.statements, world.channel_statements):
        for row in table.to_pylist():
            if row["source"] == "note":
                assert texts[row["source_id"]][row["start"] : row["end"]] == row["evidence"]
                voice = (row["hcp_id"], row.get("brand"), row["evidence"])
                assert voice not in seen
                seen.add(voice)


def test_without_noise_physicians_say_what_is_true_that_day(clear_world: World) -> None:
    truth = {(r["hcp_id"], r["brand"], r["topic"], r["polarity"]): r for r in clear_world.truth.topics.to_pylist()}
    statuses: Counter[str] = Counter()
    for row in clear_world.statements.to_pylist():
        known = truth.get((row["hcp_id"], row["brand"], row["topic"], row["polarity"]))
        statuses[row["status"]] += 1
        assert row["holder"] == "hcp"
        if row["source"] == "note":
            assert known is not None
        assert (known is not None and held(known, row["date"])) == (row["status"] == "current")
    assert set(statuses) == {"current", "resolved"}


def test_what_was_said_is_counted(clear_world: World) -> None:
    key = ("hcp_id", "brand", "topic", "polarity")
    notes = [row for row in clear_world.statements.to_pylist() if row["source"] == "note"]
    said = Counter(tuple(row[name] for name in key) for row in notes)
    counted = {tuple(row[name] for name in key): row["times_said"] for row in clear_world.truth.topics.to_pylist()}
    assert {subject: times for subject, times in counted.items() if times} == said


def test_statements_are_read_as_often_right_as_their_probability_says(world: World) -> None:
    truth = world.truth.statements.to_pylist()
    for low, high in ((0.4, 0.7), (0.7, 0.95), (0.95, 1.01)):
        rows = [row for row in truth if low <= row["probability"] < high]
        right = np.mean([row["read"] == row["topic"] for row in rows])
        error = 0.5 / np.sqrt(len(rows))
        assert abs(right - np.mean([row["probability"] for row in rows])) < 3 * error


def test_the_truth_of_statements_stands_row_by_row_beside_them(world: World) -> None:
    read = world.statements.slice(0, len(world.truth.statements))
    assert read["topic"].to_pylist() == world.truth.statements["read"].to_pylist()
    assert read["source_id"].to_pylist() == world.truth.statements["note_id"].to_pylist()


def test_only_reps_with_the_habit_over_report_and_only_their_topic(world: World) -> None:
    habit = dict(zip(*(world.truth.reps[name].to_pylist() for name in ("rep_id", "over_reports")), strict=True))
    rep = dict(zip(*(world.notes[name].to_pylist() for name in ("note_id", "rep_id")), strict=True))
    over_reported = [row for row in world.truth.statements.to_pylist() if row["origin"] == "over_reported"]
    assert over_reported
    assert all(habit[rep[row["note_id"]]] == row["topic"] for row in over_reported)
    assert any(topic is None for topic in habit.values())


def test_reps_visit_the_physicians_they_are_assigned(world: World) -> None:
    assigned = set(zip(*(world.rep_assignments[name].to_pylist() for name in ("rep_id", "hcp_id")), strict=True))
    visited = set(zip(*(world.notes[name].to_pylist() for name in ("rep_id", "hcp_id")), strict=True))
    assert visited <= assigned
    assert len(assigned) == 2 * world.options.physicians


def test_who_did_not_opt_in_or_has_left_is_neither_written_to_nor_called(world: World) -> None:
    answers: dict[tuple[str, str], list[tuple[Any, str]]] = defaultdict(list)
    for row in world.consents.to_pylist():
        answers[row["hcp_id"], row["channel"]].append((row["captured_at"], row["status"]))
    reached = [row for row in world.content_events.to_pylist() if row["action"] in ("sent", "attended", "declined")]
    checked = 0
    for row in reached:
        if row["channel"] in ("email", "messaging", "phone"):
            known = [
                answer for answer in sorted(answers[row["hcp_id"], row["channel"]]) if answer[0] <= row["timestamp"]
            ]
            assert known[-1][1] == "opt_in"
            checked += 1
    assert checked > 1000
    assert any(status == "opt_out" for known in answers.values() for _, status in known)


def test_people_respond_as_often_as_the_hidden_probability_says(clear_world: World) -> None:
    hidden = {(r["hcp_id"], r["channel"]): r["p_engage"] for r in clear_world.truth.channels.to_pylist()}
    engagement = read_engagement(clear_world.content_events, clear_world.options.as_of)
    for channel in sorted({channel for _, channel in hidden}):
        pairs = [(found, hidden[pair]) for pair, found in engagement.items() if pair[1] == channel]
        responses = [exposure.response - p for found, p in pairs for exposure in found.exposures]
        assert abs(np.mean(responses)) < 4 * 0.5 / np.sqrt(len(responses)), channel
        assert len(responses) > 150


def test_scanners_open_within_a_second_and_only_where_noise_has_them(world: World, clear_world: World) -> None:
    def machines(of_world: World) -> int:
        return sum(
            len(found.machine) for found in read_engagement(of_world.content_events, of_world.options.as_of).values()
        )

    assert ChannelRules.default().machine_seconds >= 1
    assert machines(world) > 50
    assert machines(clear_world) == 0


def test_noise_repeats_and_displaces_events_and_changes_none(world: World, clear_world: World) -> None:
    def is_machine(row: dict[str, Any]) -> bool:
        return bool(row["seconds"] == 0.0)

    noisy, clear = (of_world.content_events.to_pylist() for of_world in (world, clear_world))
    identity = ("hcp_id", "timestamp", "channel", "action", "content_id", "brand", "seconds")
    distinct = {tuple(row[name] for name in identity) for row in noisy if not is_machine(row)}
    assert distinct == {tuple(row[name] for name in identity) for row in clear}
    assert len(noisy) > len({row["event_id"] for row in noisy}) > len({tuple(row.values())[1:] for row in noisy})
    assert len(clear) == len({row["event_id"] for row in clear})
    times = {name: [row["timestamp"] for row in rows] for name, rows in (("noisy", noisy), ("clear", clear))}
    assert times["clear"] == sorted(times["clear"])
    assert times["noisy"] != sorted(times["noisy"])


@pytest.mark.parametrize(
    "fields", [{"physicians": 0}, {"months": 0}, {"months": 61}, {"seed": -1}], ids=lambda fields: str(fields)
)
def test_what_cannot_be_simulated_is_refused(fields: dict[str, int]) -> None:
    with pytest.raises(InputError):
        SimulationOptions(**fields)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="scanners"):
        Noise(scanners=1.5)
