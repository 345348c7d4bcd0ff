"""Decisions joined to what came of them, by hand and into off-policy evaluation."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets.bandit_log import read_bandit_log
from hcplens.eval.off_policy import evaluate_policy, uniform_policy
from hcplens.inference.decision_log import LoggedDecision, decision_log, read_decisions
from hcplens.inference.exposures import join_outcomes, write_exposures
from hcplens.inference.matching import Candidate, Decision, EpsilonGreedy
from hcplens.inference.matching.decisions import Question
from hcplens.inference.outcomes import taken_up
from hcplens.inference.records.schemas import CONTENT_EVENTS

DAY = date(2026, 6, 1)
UNTIL = date(2026, 12, 31)


def decided(
    identifier: str = "D1", day: date = DAY, hcp_id: str = "H1", module_id: str = "M1", likely: float = 0.5
) -> LoggedDecision:
    """A slot that could have held M1 or M2."""
    question = Question(hcp_id, "Zelvanta", day, None, EpsilonGreedy(1.0), 3)
    candidates = tuple(
        Candidate(name, "email", 0.5, 0.45, likely if name == module_id else 1 - likely) for name in ("M1", "M2")
    )
    slot = (1, module_id, "email", likely, 0.0)
    decision = Decision(identifier, question, *slot, "cardiology", None, "barrier coverage", candidates)
    return LoggedDecision.model_validate(decision.to_json())


def happened(*rows: tuple[str, str, str], hcp_id: str = "H1", channel: str = "email") -> pa.Table:
    """Events from (day or moment, action, module)."""
    events = [
        {
            "event_id": f"{hcp_id}-{number}",
            "hcp_id": hcp_id,
            "timestamp": datetime.fromisoformat(at).replace(tzinfo=UTC),
            "channel": channel,
            "action": action,
            "content_id": module_id,
        }
        for number, (at, action, module_id) in enumerate(rows)
    ]
    return pa.Table.from_pylist(events, CONTENT_EVENTS.schema)


def joined(decisions: list[Any], events: pa.Table, **options: Any) -> list[dict[str, Any]]:
    return list(join_outcomes(decisions, events, **{"until": UNTIL} | options).rows)


def test_an_open_and_a_click_after_the_decision_are_its_outcome() -> None:
    events = happened(
        ("2026-06-02", "delivered", "M1"), ("2026-06-03T09:00", "opened", "M1"), ("2026-06-03T09:05", "clicked", "M1")
    )
    [row] = joined([decided()], events)
    assert {name: row[name] for name in ("exposed", "opened", "clicked", "response", "reward", "accepted")} == {
        **{"exposed": 1, "opened": 1, "clicked": 1, "response": 1.0, "reward": 1.0, "accepted": None}
    }
    assert (row["position"], row["propensity"], row["candidates"]) == (1, 0.5, "M1|M2")
    assert (row["user_feature_country"], row["user_feature_need"]) == ("", "barrier coverage")


@pytest.mark.parametrize(
    ("at", "channel", "hcp_id", "module_id", "counts"),
    [
        ("2026-06-02", "email", "H1", "M1", True),
        ("2026-07-01", "email", "H1", "M1", True),
        ("2026-07-02", "email", "H1", "M1", False),
        ("2026-06-01T23:59", "email", "H1", "M1", False),
        ("2026-06-02", "messaging", "H1", "M1", False),
        ("2026-06-02", "email", "H2", "M1", False),
        ("2026-06-02", "email", "H1", "M2", False),
    ],
)
def test_it_counts_within_the_window_for_this_physician_module_and_channel(
    at: str, channel: str, hcp_id: str, module_id: str, counts: bool
) -> None:
    [row] = joined([decided()], happened((at, "clicked", module_id), hcp_id=hcp_id, channel=channel))
    assert (row["reward"], row["exposed"]) == (int(counts), int(counts))


def test_an_event_belongs_to_the_latest_decision_before_it() -> None:
    later = DAY + timedelta(days=7)
    rows = joined([decided("D1"), decided("D2", later)], happened(("2026-06-09", "clicked", "M1")))
    assert {row["decision_id"]: row["clicked"] for row in rows} == {"D1": 0, "D2": 1}


@pytest.mark.parametrize(
    ("at", "module_id", "named", "clicked"),
    [
        ("2026-06-09", "M1", "D1", {"D1": 1, "D2": 0}),
        ("2026-06-01", "M1", "D1", {"D1": 1, "D2": 0}),
        ("2026-06-08", "M1", "D2", {"D1": 0, "D2": 1}),
        ("2026-06-05", "M1", "D2", {"D1": 1, "D2": 0}),
        ("2026-06-09", "M1", "D9", {"D1": 0, "D2": 1}),
        ("2026-06-09", "M2", "D1", {"D1": 0, "D2": 0}),
        ("2026-07-05", "M1", "D1", {"D1": 0, "D2": 0}),
    ],
)
def test_an_event_that_names_its_decision_belongs_to_it_if_it_can(
    at: str, module_id: str, named: str, clicked: dict[str, int]
) -> None:
    decisions = [decided("D1"), decided("D2", DAY + timedelta(days=7))]
    rows = joined(decisions, happened((at, "clicked", module_id)), named={"H1-0": named})
    assert {row["decision_id"]: row["clicked"] for row in rows} == clicked


def test_what_a_mail_gateway_opened_does_not_count() -> None:
    events = happened(("2026-06-02T09:00:00", "delivered", "M1"), ("2026-06-02T09:00:02", "opened", "M1"))
    [row] = joined([decided()], events)
    assert (row["exposed"], row["opened"], row["reward"]) == (1, 0, 0)


def test_repeats_and_decisions_whose_window_is_not_over_are_left_out_and_counted() -> None:
    events = happened(("2026-06-30", "clicked", "M1"))
    log = join_outcomes([decided(), decided(), decided("D2", date(2026, 5, 31))], events, window_days=30)
    assert [row["decision_id"] for row in log.rows] == ["D2"]
    assert log.left_out == {"with a window that reaches beyond 2026-06-30": 2}
    log = join_outcomes([decided(), decided()], events, until=UNTIL)
    assert (len(log.rows), log.left_out) == (1, {"logged before": 1})


def test_feedback_is_joined_by_the_decisions_id_and_the_last_one_holds() -> None:
    said = [("D1", "dismissed", 1), ("D1", "executed", 2), ("D2", "dismissed", 1), ("ELSEWHERE", "executed", 1)]
    feedback = pa.Table.from_pylist(
        [{"decision_id": name, "outcome": what, "at": datetime(2026, 6, day, tzinfo=UTC)} for name, what, day in said]
    )
    decisions = [decided("D1"), decided("D2", hcp_id="H2"), decided("D3", hcp_id="H3")]
    rows = joined(decisions, happened(), feedback=taken_up(feedback), reward="accepted")
    assert [(row["accepted"], row["reward"]) for row in rows] == [(1, 1), (0, 0), (None, 0)]


def test_nothing_tells_until_when_outcomes_are_known_without_events() -> None:
    with pytest.raises(InputError, match="--as-of"):
        join_outcomes([decided()], happened())


@pytest.mark.parametrize("name", ["log.jsonl", "log.parquet"])
def test_a_log_is_read_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    question = Question("H1", "Zelvanta", DAY, "email", EpsilonGreedy(0.25), 7)
    decision = Decision(
        *("D1", question, 2, "M1", "email", 0.625, 0.0, None, "US", None),
        candidates=(Candidate("M1", "email", 0.5, 0.45, 0.625), Candidate("M2", "email", 0.4, 0.36, 0.375)),
    )
    with decision_log(tmp_path / name) as keep:
        keep([decision])
        keep([])
    [found] = read_decisions(tmp_path / name)
    told = found.model_dump(mode="json")
    told["parameters"] = {key: value for key, value in told["parameters"].items() if value is not None}
    assert told == decision.to_json()


def test_a_log_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), decision_log(tmp_path / "log.jsonl"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match=r"\.jsonl or \.parquet"), decision_log(tmp_path / "log.csv"):
        pass


def test_a_line_that_is_no_decision_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"decision_id": "D1"}\n')
    with pytest.raises(InputError, match=r"log\.jsonl row 1, hcp_id"):
        read_decisions(path)
    path.write_text("no JSON\n")
    with pytest.raises(InputError, match=r"log\.jsonl row 1 is no JSON"):
        read_decisions(path)
    with pytest.raises(InputError, match="cannot read"):
        read_decisions(tmp_path / "none.jsonl")


def test_exposures_are_read_by_off_policy_evaluation_as_they_are(tmp_path: Path) -> None:
    """M1 is clicked by half of the physicians, M2 by a tenth; the log tries M2 one time in four."""
    chance = random.Random(4)
    decisions, clicks = [], []
    for number in range(1500):
        hcp_id = f"H{number}"
        module_id = "M1" if chance.random() < 0.75 else "M2"
        likely = 0.75 if module_id == "M1" else 0.25
        decisions.append(decided(f"D{number}", hcp_id=hcp_id, module_id=module_id, likely=likely))
        if chance.random() < (0.5 if module_id == "M1" else 0.1):
            clicks.append(happened(("2026-06-05", "clicked", module_id), hcp_id=hcp_id))
    write_exposures(tmp_path / "exposures.csv", joined(decisions, pa.concat_tables(clicks)))
    log = read_bandit_log(tmp_path / "exposures.csv")
    assert (len(log), log.action_names, log.position_names) == (1500, ("M1", "M2"), ("1",))
    found = evaluate_policy(log, uniform_policy(log))
    value = {name: rows[:, 0].sum() / rows[:, 1].sum() for name, rows in found.statistics.items()}
    assert value["IPS value"] == pytest.approx(0.3, abs=0.04)
    assert value["doubly robust value"] == pytest.approx(0.3, abs=0.04)
    with pytest.raises(InputError, match=r"\.csv"):
        write_exposures(tmp_path / "exposures.parquet", [])
