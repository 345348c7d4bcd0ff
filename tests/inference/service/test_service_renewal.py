"""Newer files are taken up while requests go on; what cannot be read changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.runs import Run, write_run
from hcplens.inference.service.renewal import Renewal
from hcplens.inference.service.roles import Role
from hcplens.inference.service.snapshot import Snapshot
from hcplens.inference.service.store import ContentEvent, ServiceStore

ASK = {"hcp_id": "H1", "brand": "Dermiqo"}


def test_a_newer_catalogue_is_taken_up_without_a_request_lost(
    make_world: Callable[..., Any], write_catalogue: Callable[..., None]
) -> None:
    with make_world() as world:
        done = threading.Event()

        def ask() -> list[int]:
            client, told = world.client(), list[int]()
            while not (told and done.is_set()):
                told.append(client.post("/v1/match", json=ASK).status_code)
            return told

        with ThreadPoolExecutor(3) as callers, ExitStack() as at_the_end:
            at_the_end.callback(done.set)
            asked = [callers.submit(ask) for _ in range(3)]
            for number in range(4, 8):
                write_catalogue(world.sources.modules, [f"M{place}" for place in range(number)])
                assert world.service.engine.renew()
            last = world.client().post("/v1/match", json=ASK | {"k": 9}).json()
        assert {status for request in asked for status in request.result()} == {200}
    assert len(last["modules"]) == 7


def test_what_is_not_changed_is_not_read_again(shared_world: Any) -> None:
    before = shared_world.service.engine.snapshot
    assert not shared_world.service.engine.renew()
    assert shared_world.service.engine.snapshot is before


def test_a_newer_run_is_taken_up(make_world: Callable[..., Any], tmp_path: Path) -> None:
    with make_world() as world:
        old = Run.open(world.sources.run)
        names = [name.removesuffix(".parquet") for name in old.manifest.files if name.endswith(".parquet")]
        tables = {name: old.table(name) for name in names}
        before = world.client(None).get("/readyz").json()
        tables["hcps"] = tables["hcps"].slice(0, 2)
        write_run(tmp_path / "run", tables, old.taxonomy, old.manifest)
        object.__setattr__(world.sources, "run", tmp_path / "run")
        assert world.service.engine.renew()
        after = world.client(None).get("/readyz").json()
        assert world.client(Role.ANALYST).get("/v1/hcps/H3").status_code == 404
    assert before["run"] != after["run"]
    assert before["catalogue"] == after["catalogue"]


def test_a_catalogue_that_cannot_be_read_changes_nothing_but_readiness_and_the_log(
    make_world: Callable[..., Any], write_catalogue: Callable[..., None]
) -> None:
    with make_world() as world:
        world.sources.modules.write_text("the secret wording is no JSON")
        assert not world.service.engine.renew()
        assert world.client().post("/v1/match", json=ASK).json()["modules"]
        ready = world.client(None).get("/readyz")
        assert (ready.status_code, ready.json()["newer_files"]) == (200, "not readable, standard error says why")
        assert [line["error"] for line in world.lines.all() if line["event"] == "load_failed"] == ["InputError"]
        assert "secret" not in world.lines.getvalue()
        write_catalogue(world.sources.modules, ["M7"])
        assert world.service.engine.renew()
        assert world.client(None).get("/readyz").json()["newer_files"] == "none"
        assert world.client().get("/v1/modules/M7").status_code == 200


def test_assignments_change_with_their_file(make_world: Callable[..., Any]) -> None:
    with make_world() as world:
        rep = world.client(Role.REP)
        assert rep.get("/v1/hcps/H1").status_code == 200
        world.sources.rep_assignments.write_text("rep_id,hcp_id\nR1,H2\n")
        assert world.service.engine.renew()
        assert [rep.get(f"/v1/hcps/{hcp_id}").status_code for hcp_id in ("H1", "H2")] == [403, 200]


def test_events_told_while_a_catalogue_is_read_count_in_what_was_read(
    make_world: Callable[..., Any], write_catalogue: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_world() as world:
        engine, store = world.service.engine, world.service.store
        whole = store.content_events
        event = {"event_id": "E", "hcp_id": "H1", "channel": "email", "action": "unsubscribed"}
        event["timestamp"] = datetime.now(UTC).isoformat()

        def read_and_then_told() -> Any:
            table = whole()
            assert world.client().post("/v1/events", json={"events": [event]}).status_code == 202
            return table

        monkeypatch.setattr(store, "content_events", read_and_then_told)
        write_catalogue(world.sources.modules, ["M8"])
        assert engine.renew()
        answer = world.client().post("/v1/match", json=ASK | {"channel": "email"})
    assert answer.json()["modules"] == []


def test_the_files_are_looked_at_again_whatever_happened(shared_world: Any) -> None:
    class Fails:
        looks = threading.Semaphore(0)

        def renew(self) -> bool:
            self.looks.release()
            raise KeyError("not told")

        def catch_up(self) -> None:
            raise InputError("not told either")

    fails: Any = Fails()
    renewal = Renewal(fails, 0.001, shared_world.service.log)
    renewal.start()
    for _ in range(3):
        assert fails.looks.acquire(timeout=30)
    renewal.stop()
    assert "not told" not in shared_world.lines.getvalue()


def unsubscribed(event_id: str, moment: datetime) -> ContentEvent:
    who = {"hcp_id": "H1", "channel": "email", "action": "unsubscribed", "timestamp": moment}
    return ContentEvent.model_validate(who | {"event_id": event_id})


def modules(world: Any) -> Any:
    return world.client().post("/v1/match", json=ASK).json()["modules"]


def test_what_another_process_was_told_counts_here_too(make_world: Callable[..., Any]) -> None:
    with make_world() as world:
        engine = world.service.engine
        engine.catch_up()
        assert modules(world)
        with ServiceStore.open(world.sources.modules.with_name("service.db")) as other:
            other.add_events([unsubscribed("E", datetime.now(UTC))])
        engine.catch_up()
        assert modules(world) == []


def test_an_unsubscription_by_a_clock_that_runs_ahead_counts_at_once_and_after_a_change(
    make_world: Callable[..., Any], write_catalogue: Callable[..., None]
) -> None:
    with make_world() as world:
        event = unsubscribed("E", datetime.now(UTC) + timedelta(hours=23)).model_dump(mode="json", exclude_none=True)
        assert world.client().post("/v1/events", json={"events": [event]}).status_code == 202
        assert modules(world) == []
        write_catalogue(world.sources.modules, ["M8"])
        assert world.service.engine.renew()
        assert modules(world) == []
        [row] = world.service.store.content_events().to_pylist()
    assert row["timestamp"].isoformat() == event["timestamp"].replace("Z", "+00:00")


def test_what_could_not_be_read_is_tried_again_though_nothing_changed(
    make_world: Callable[..., Any], write_catalogue: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the manifest of a copied folder comes before its tables."""
    with make_world() as world:
        engine = world.service.engine
        write_catalogue(world.sources.modules, ["M8"])
        with monkeypatch.context() as patch:
            patch.setattr(Snapshot, "load", lambda *_: [][0])
            looks = [engine.renew() for _ in range(8)]
            tried = [line["error"] for line in world.lines.all() if line["event"] == "load_failed"]
        assert not any(looks)
        assert tried == ["IndexError"] * 3
        assert any(engine.renew() for _ in range(8))
        assert world.client().get("/v1/modules/M8").status_code == 200
        assert not engine.renew()


def test_events_are_kept_aside_only_while_something_is_read(make_world: Callable[..., Any]) -> None:
    with make_world() as world:
        engine = world.service.engine
        assert engine._told_meanwhile is None
        world.sources.modules.write_text("no catalogue")
        assert not engine.renew()
        assert engine._told_meanwhile is None
