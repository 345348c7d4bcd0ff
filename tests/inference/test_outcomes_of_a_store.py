"""Outcomes from the store of the service, with and without a file of events."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.inference.matching import Candidate, Decision, EpsilonGreedy
from hcplens.inference.matching.decisions import Question
from hcplens.inference.outcomes import OutcomeFiles, write_outcomes
from hcplens.inference.progress import QuietReporter
from hcplens.inference.service.store import ContentEvent, ServiceStore

UNTIL = date(2026, 12, 31)


def decided(hcp_id: str) -> Decision:
    question = Question(hcp_id, "Zelvanta", date(2026, 6, 1), None, EpsilonGreedy(1.0), 3)
    slot = (1, "M1", "email", 0.5, 0.0)
    candidates = (Candidate("M1", "email", 0.5, 0.45, 0.5), Candidate("M2", "email", 0.5, 0.45, 0.5))
    return Decision(f"D-{hcp_id}", question, *slot, "cardiology", None, None, candidates)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two decisions, and a click of the first physician."""
    path = tmp_path / "service.db"
    with ServiceStore.open(path) as opened:
        for hcp_id in ("H1", "H2"):
            opened.add_decisions([decided(hcp_id)])
        moment = {"timestamp": "2026-06-05T09:00:00Z", "channel": "email", "action": "clicked", "content_id": "M1"}
        opened.add_events([ContentEvent.model_validate({"event_id": "E1", "hcp_id": "H1", **moment})])
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """The stored click as if of somebody else, and one of the second physician."""
    path = tmp_path / "events.csv"
    rows = [f"{event},H2,2026-06-0{day}T09:00:00Z,email,{action},M1" for event, day, action in TOLD]
    path.write_text("\n".join(["event_id,hcp_id,timestamp,channel,action,content_id", *rows]) + "\n")
    return path


TOLD = (("E1", 5, "clicked"), ("E2", 6, "opened"))


def written(log: Path, events: Path | None) -> dict[str, tuple[str, str]]:
    target = log.with_name("exposures.csv")
    assert write_outcomes(OutcomeFiles(log, events), target, QuietReporter(), until=UNTIL) == 2
    with target.open(newline="") as file:
        return {row["hcp_id"]: (row["opened"], row["clicked"]) for row in csv.DictReader(file)}


def test_the_store_tells_what_came_of_its_decisions(store: Path) -> None:
    assert written(store, None) == {"H1": ("1", "1"), "H2": ("0", "0")}


def test_an_event_of_the_very_day_counts_where_it_names_its_decision(store: Path) -> None:
    moment = {"timestamp": "2026-06-01T09:00:00Z", "channel": "email", "action": "clicked", "content_id": "M1"}
    with ServiceStore.open(store) as opened:
        for number, named in enumerate(({}, {"decision_id": "D-H2"})):
            event = {"event_id": f"N{number}", "hcp_id": "H2", **moment, **named}
            opened.add_events([ContentEvent.model_validate(event)])
            assert written(store, None)["H2"] == (str(number), str(number))


def test_a_file_adds_the_events_that_the_store_does_not_have(store: Path, events: Path) -> None:
    assert written(store, events) == {"H1": ("1", "1"), "H2": ("1", "0")}


def test_a_log_file_needs_events(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("")
    with pytest.raises(InputError, match=r"log\.jsonl holds decisions alone: name the content events with --events"):
        write_outcomes(OutcomeFiles(tmp_path / "log.jsonl"), tmp_path / "out.csv", QuietReporter())
