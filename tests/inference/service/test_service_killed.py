"""`kill -9` while events are told: what was acknowledged is there afterwards, and nothing twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hcplens import Client
from hcplens.inference.client import Retries, UnavailableError
from hcplens.inference.service.roles import Role
from hcplens.inference.service.store import ContentEvent, EventOutcome, ServiceStore

SENDERS = 4
BEFORE_THE_KILL = 100
"""Events that are acknowledged before: as fast as it goes, which is several hundred a second."""


@pytest.fixture
def folder(run_folder: Path, write_catalogue: Callable[..., None], tmp_path: Path) -> Path:
    """Run, catalogue, store, and a key."""
    shutil.copytree(run_folder, tmp_path / "run")
    write_catalogue(tmp_path / "modules.jsonl", ["M1"])
    with ServiceStore.open(tmp_path / "service.db") as store:
        (tmp_path / "key").write_text(store.add_key(Role.SERVICE, name="CRM")[1])
    return tmp_path


@contextmanager
def serving(folder: Path, encoder: Path) -> Iterator[tuple[subprocess.Popen[str], Callable[[], Client]]]:
    """`hcplens serve` in a process of its own, and clients of it that ask once."""
    command = [sys.executable, "-m", "hcplens", "serve", "run", "--store", "service.db", "--modules", "modules.jsonl"]
    command += ["--port", "0", "--encoder", str(encoder), "--quiet"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[-1]
            yield process, lambda: Client(url, (folder / "key").read_text(), timeout=30, retries=Retries(tries=1))
        finally:
            process.kill()


def event(event_id: str) -> Any:
    moment = {"timestamp": "2026-09-01T09:00:00Z", "channel": "email", "action": "opened"}
    return {"event_id": event_id, "hcp_id": "H1", "content_id": "M1", **moment}


class Senders:
    """Tell events one by one until the service is gone."""

    def __init__(self, client: Callable[[], Client]) -> None:
        self.acknowledged: list[str] = []
        self.told = 0
        self._client = client
        self._changed = threading.Condition()

    def run(self, sender: int) -> None:
        """E0-0, E0-1 … of the first sender, each once."""
        with self._client() as client:
            for number in range(1_000_000):
                with self._changed:
                    self.told += 1
                try:
                    [outcome] = client.send_events([event(f"E{sender}-{number}")])
                except UnavailableError:
                    return
                assert outcome["outcome"] == "accepted"
                with self._changed:
                    self.acknowledged.append(outcome["event_id"])
                    self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        """Until so many were acknowledged."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= count, timeout=60)


def test_every_acknowledged_event_is_there_after_a_kill_and_none_twice(folder: Path, tiny_encoder: Path) -> None:
    with ThreadPoolExecutor(SENDERS) as threads, serving(folder, tiny_encoder) as (process, client):
        senders = Senders(client)
        running = [threads.submit(senders.run, number) for number in range(SENDERS)]
        senders.wait_for(BEFORE_THE_KILL)
        os.kill(process.pid, signal.SIGKILL)
        for each in running:
            each.result()
    assert process.returncode == -signal.SIGKILL

    with ServiceStore.open(folder / "service.db") as store:
        outcomes = store.add_events([ContentEvent.model_validate(event(name)) for name in senders.acknowledged])
        assert set(outcomes) == {EventOutcome.DUPLICATE}
        there = store.content_events()["event_id"].to_pylist()
    assert set(senders.acknowledged) <= set(there)
    assert len(there) == len(set(there))
    assert len(there) <= senders.told
