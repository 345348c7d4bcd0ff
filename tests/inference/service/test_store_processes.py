"""Several processes on one store, some of which are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hcplens.inference.service.roles import Role
from hcplens.inference.service.store import ServiceStore

WRITE_EVENTS = """
import sys
from pathlib import Path
from hcplens.inference.service.store import ContentEvent, ServiceStore

name, count = sys.argv[2], int(sys.argv[3])
with ServiceStore.open(Path(sys.argv[1])) as store:
    for number in range(count):
        event = ContentEvent(
            event_id=f"{name}-{number}", hcp_id="H1", timestamp="2026-05-01T09:00:00Z", channel="email", action="opened"
        )
        [outcome] = store.add_events([event])
        sys.stdout.write(f"{event.event_id} {outcome}\\n")
        sys.stdout.flush()
"""
"""Stores NAME-0, NAME-1 … one by one, and says so of each that is acknowledged."""
SEES_REVOCATION = """
import sys
from pathlib import Path
from hcplens.inference.service.store import ServiceStore

with ServiceStore.open(Path(sys.argv[1])) as store:
    assert store.principal(sys.argv[2])
    print("open", flush=True)
    while store.principal(sys.argv[2]):
        pass
    print("closed", flush=True)
"""


@contextmanager
def start(program: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive the block, so that a test that fails does not wait for it."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
            process.wait(60)
        finally:
            process.kill()


def stored(path: Path) -> list[str]:
    with ServiceStore.open(path) as store:
        found: list[str] = store.content_events()["event_id"].to_pylist()
    return found


def test_two_processes_write_to_one_store_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    with start(WRITE_EVENTS, path, "A", 60) as one, start(WRITE_EVENTS, path, "B", 60) as other:
        told = one.communicate(timeout=60)[0] + other.communicate(timeout=60)[0]
    assert sorted(stored(path)) == sorted(f"{name}-{number}" for name in "AB" for number in range(60))
    assert told.count("accepted") == 120


def test_two_processes_tell_the_same_and_each_event_is_accepted_once(tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    with start(WRITE_EVENTS, path, "A", 60) as one, start(WRITE_EVENTS, path, "A", 60) as other:
        told = one.communicate(timeout=60)[0] + other.communicate(timeout=60)[0]
    assert stored(path) == [f"A-{number}" for number in range(60)]
    assert (told.count("accepted"), told.count("duplicate")) == (60, 60)


def test_what_was_acknowledged_before_a_kill_is_there_and_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    acknowledged: list[str] = []
    for stop_after in (1, 40, 170):
        with start(WRITE_EVENTS, path, "A", 1_000_000) as process:
            assert process.stdout is not None
            lines = (line.split() for line in process.stdout)
            new = [next(lines)[0] for _ in range(stop_after)]
            process.send_signal(signal.SIGKILL)
            new += [words[0] for words in lines if len(words) == 2]
        assert process.returncode == -signal.SIGKILL
        acknowledged += [name for name in new if name not in set(acknowledged)]
        there = stored(path)
        assert set(acknowledged) <= set(there)
        assert len(there) == len(set(there))
        assert len(there) <= len(acknowledged) + 1  # the one that was on its way


def test_a_revocation_reaches_the_process_that_serves(tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    with ServiceStore.open(path) as store:
        record, secret = store.add_key(Role.SERVICE, name="CRM")
        with start(SEES_REVOCATION, path, secret) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            store.revoke_key(record.key_id)
            assert process.stdout.readline() == "closed\n"
