"""Decisions in the store: written in the background, none lost in silence, each once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hcplens.errors import HcplensError
from hcplens.inference.decision_log import LoggedDecision, decision_log, read_decisions
from hcplens.inference.matching import Candidate, Decision, EpsilonGreedy
from hcplens.inference.matching.decisions import Question
from hcplens.inference.service.store import ServiceStore, sqlite_file, writer


def answer(name: str, slots: int = 2, **changes: Any) -> list[Decision]:
    """The decisions of an answer, with two candidates a slot."""
    question = Question(name, "Zelvanta", date(2026, 6, 1), None, EpsilonGreedy(0.1), 3)
    candidates = tuple(Candidate(each, "email", 0.1 + 0.2, 1 / 3, 0.5) for each in ("M1", "M2 „Ü“"))
    chosen = ("M1", "email", 0.5, 0.0, "cardiology", None, "barrier coverage", candidates)
    return [replace(Decision(f"{name}-{slot}", question, slot, *chosen), **changes) for slot in range(1, slots + 1)]


def ids(store: ServiceStore) -> list[str]:
    return [decision.decision_id for decision in store.decisions()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "service.db"


@pytest.fixture
def store(path: Path) -> Iterator[ServiceStore]:
    with ServiceStore.open(path) as opened:
        yield opened


def logged(decisions: list[Decision], folder: Path) -> list[LoggedDecision]:
    """What a log file gives back."""
    with decision_log(folder / "log.jsonl") as add:
        add(decisions)
    return read_decisions(folder / "log.jsonl")


def test_they_come_back_as_from_a_log_file(store: ServiceStore, tmp_path: Path) -> None:
    told = [*answer("H1", 5), *answer("H2", 1, need=None, country="DE", standard_error=np.float64(0.01))]
    store.add_decisions(told[:5])
    store.add_decisions(told[5:])
    store.add_decisions([])
    assert list(store.decisions()) == logged(told, tmp_path)


def test_a_decision_is_stored_once_whichever_answer_brings_it(store: ServiceStore) -> None:
    for told in (answer("H1", 2), answer("H1", 2), answer("H1", 3), answer("H2", 1), answer("H1", 1)):
        store.add_decisions(told)
    assert ids(store) == ["H1-1", "H1-2", "H1-3", "H2-1"]


def test_more_than_a_page_comes_back_in_order(store: ServiceStore) -> None:
    for number in range(450):
        store.add_decisions(answer(f"H{number}", 1))
    assert ids(store) == [f"H{number}-1" for number in range(450)]


def test_what_waits_is_stored_when_the_store_is_closed(path: Path) -> None:
    with ServiceStore.open(path) as store:
        for number in range(100):
            store.add_decisions(answer(f"H{number}", 1))
    with ServiceStore.open(path) as store:
        assert len(ids(store)) == 100


def test_an_answer_of_many_candidates_is_small(store: ServiceStore, path: Path) -> None:
    many = tuple(Candidate(f"MODULE-{number:05d}", "email", 0.5, 0.25, 0.02) for number in range(50))
    for number in range(50):
        store.add_decisions(answer(f"H{number}", 5, candidates=many))
    assert len(ids(store)) == 250
    with closing(sqlite3.connect(path)) as connection:
        [[largest]] = connection.execute("SELECT max(length(decisions)) FROM answers")
    assert largest < 4000


def test_while_the_file_is_held_they_wait_and_are_stored_after(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    with ServiceStore.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.add_decisions(answer("H1"))
        with pytest.raises(HcplensError, match="another process has held the store"):
            ids(store)
        other.execute("COMMIT")
        store.add_decisions(answer("H2"))
    with ServiceStore.open(path) as store:
        assert ids(store) == ["H1-1", "H1-2", "H2-1", "H2-2"]


def test_a_full_queue_is_an_error_and_drops_nothing_that_it_took(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(writer, "MOST_WAITING", 3)
    monkeypatch.setattr(writer, "PATIENCE_SECONDS", 0.01)
    taken = 0

    def fill(store: ServiceStore) -> None:
        nonlocal taken
        while True:
            store.add_decisions(answer(f"H{taken}", 1))
            taken += 1

    with ServiceStore.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HcplensError, match="3 answers wait to be stored, and no more are taken"):
            fill(store)
        other.execute("COMMIT")
    with ServiceStore.open(path) as store:
        assert ids(store) == [f"H{number}-1" for number in range(taken)]


def test_what_cannot_be_stored_in_the_end_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    store = ServiceStore.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.add_decisions(answer("H1"))
        with pytest.raises(HcplensError, match=r"1 answer not stored in .*: another process has held"):
            store.close()
        other.execute("COMMIT")


def test_an_answer_that_cannot_be_written_out_is_told_and_holds_up_no_other(path: Path) -> None:
    store = ServiceStore.open(path)
    store.add_decisions(answer("H1", need=object()))
    store.add_decisions(answer("H2"))
    assert ids(store) == ["H2-1", "H2-2"]
    with pytest.raises(HcplensError, match="1 answer not stored"):
        store.close()


def test_an_answer_that_sqlite_refuses_holds_up_no_other(path: Path) -> None:
    def wrong(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO answers (logged_at, decisions) VALUES (?, ?)", (object(), None))

    store = ServiceStore.open(path)
    store._writer.later(wrong)
    store.add_decisions(answer("H1"))
    with pytest.raises(sqlite3.Error, match="binding"):
        store._writer.do(wrong)
    assert ids(store) == ["H1-1", "H1-2"]
    with pytest.raises(HcplensError, match="1 answer not stored"):
        store.close()


class Held:
    """Tries of the writer, each of which waits for us and then fails or does not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.whole, self.fails = sqlite_file.transaction, True
        self.begun, self.go_on = threading.Semaphore(0), threading.Semaphore(0)
        monkeypatch.setattr(writer, "transaction", self)

    def __call__(self, connection: sqlite3.Connection) -> Any:
        self.begun.release()
        assert self.go_on.acquire(timeout=30)
        if self.fails:
            raise sqlite3.OperationalError("what")
        return self.whole(connection)


def test_what_fails_while_the_store_is_closed_is_tried_once_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    store = ServiceStore.open(path)
    store.add_decisions(answer("H1"))
    assert held.begun.acquire(timeout=30)
    with ThreadPoolExecutor(1) as threads:
        closing_it = threads.submit(store.close)
        with store._writer._changed:
            assert store._writer._changed.wait_for(lambda: store._writer._closing, timeout=30)
        held.go_on.release()
        assert held.begun.acquire(timeout=30)
        held.fails = False
        held.go_on.release()
        closing_it.result()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM answers").fetchone() == (1,)


def test_while_a_second_try_is_under_way_nothing_is_said_to_be_stored(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    held = Held(monkeypatch)
    store = ServiceStore.open(path)
    store.add_decisions(answer("H1"))
    for _ in range(2):
        assert held.begun.acquire(timeout=30)
        held.go_on.release()
    assert held.begun.acquire(timeout=30)
    with pytest.raises(HcplensError, match="did not take it: what"):
        store._writer.flush()
    held.fails = False
    held.go_on.release(9)
    store.close()


def test_where_the_disk_refuses_nobody_waits_for_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 1)
    monkeypatch.setattr(writer, "PATIENCE_SECONDS", 10_000.0)
    held = Held(monkeypatch)
    store = ServiceStore.open(path)
    store.add_decisions(answer("H1"))
    assert held.begun.acquire(timeout=30)
    held.go_on.release()
    with store._writer._changed:
        assert store._writer._changed.wait_for(lambda: store._writer._trouble, timeout=30)
    with pytest.raises(HcplensError, match="no more are taken"):
        store.add_decisions(answer("H2"))
    held.fails = False
    held.go_on.release(9)
    store.close()
