"""The service as a process: it starts, says where, and ends in order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hcplens.cli import main
from hcplens.inference.service.roles import Role
from hcplens.inference.service.server import Address, _stop_in_order, make_server
from hcplens.inference.service.store import ServiceStore

ASK = {"hcp_id": "H1", "brand": "Dermiqo"}


def test_what_is_in_flight_is_answered_when_the_server_stops(
    make_world: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_world() as world:
        server = make_server(world.service, Address("127.0.0.1", 0))
        bound = server.config.bind_socket()
        bound.listen()
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        matcher = world.service.engine.snapshot.matcher
        whole, begun, go_on = matcher.match, threading.Event(), threading.Event()

        def waits(*arguments: Any, **options: Any) -> Any:
            begun.set()
            assert go_on.wait(30)
            return whole(*arguments, **options)

        monkeypatch.setattr(matcher, "match", waits)
        headers = {"Authorization": f"Bearer {world.keys[Role.SERVICE]}"}
        with httpx2.Client(base_url=f"http://127.0.0.1:{bound.getsockname()[1]}", headers=headers) as client:
            with ThreadPoolExecutor(1) as sender:
                asked = sender.submit(client.post, "/v1/match", json=ASK)
                assert begun.wait(30)
                server.should_exit = True
                go_on.set()
                assert asked.result().json()["hcp_id"] == "H1"
            thread.join()
            bound.close()
            with pytest.raises(httpx2.ConnectError):
                client.get("/healthz")


@pytest.fixture
def tiny(run_folder: Path, write_catalogue: Callable[..., None], tmp_path: Path) -> Path:
    """A folder with run, catalogue and store, and a key in the store."""
    shutil.copytree(run_folder, tmp_path / "run")
    write_catalogue(tmp_path / "modules.jsonl", ["M1"])
    with ServiceStore.open(tmp_path / "service.db") as store:
        (tmp_path / "key").write_text(store.add_key(Role.SERVICE, name="CRM")[1])
    return tmp_path


def test_the_command_answers_until_it_is_told_to_stop(tiny: Path, tiny_encoder: Path) -> None:
    command = [sys.executable, "-m", "hcplens", "serve", "run", "--store", "service.db", "--modules", "modules.jsonl"]
    command += ["--port", "0", "--encoder", str(tiny_encoder), "--quiet"]
    with subprocess.Popen(command, cwd=tiny, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = process.stdout.readline()
        assert told.startswith("hcplens answers at http://127.0.0.1:"), process.communicate()
        key = {"Authorization": f"Bearer {(tiny / 'key').read_text()}"}
        with httpx2.Client(base_url=told.split()[-1], headers=key) as client:
            assert client.get("/readyz").json()["modules"] == 1
            [module] = client.post("/v1/match", json=ASK).json()["modules"]
            os.kill(process.pid, signal.SIGTERM)
            _, log = process.communicate()
    assert process.returncode == 0
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert events == ["loaded", "started", "request", "request", "stopped"]
    with ServiceStore.open(tiny / "service.db") as store:
        [decision] = store.decisions()
    assert (decision.decision_id, decision.policy) == (module["decision_id"], "epsilon-greedy")
    assert decision.parameters["epsilon"] == 0.05


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["hcplens", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def test_without_a_key_it_does_not_start_and_says_how_to_make_one(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tiny / "empty.db"
    assert called(monkeypatch, "serve", tiny / "run", "--store", empty) == 2
    told = capsys.readouterr().err
    assert f"hcplens keys add --store {empty} --role service --name NAME" in told


def test_what_cannot_be_served_is_said_at_once(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tiny / "service.db"
    assert called(monkeypatch, "serve", tiny / "nothing", "--store", store) == 2
    assert called(monkeypatch, "serve", tiny / "run", "--store", store) == 2
    assert called(monkeypatch, "serve", tiny / "run", "--store", store, "--rate", "0") == 2
    told = capsys.readouterr().err
    assert "is not an hcplens run" in told
    assert "name the catalogue with --modules" in told
    assert "requests_per_second is 0" in told


def test_a_signal_before_the_server_minds_them_is_not_lost(shared_world: Any) -> None:
    server = make_server(shared_world.service, Address("127.0.0.1", 0))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _stop_in_order(server)
        signal.raise_signal(signal.SIGTERM)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert server.should_exit
