"""The file of the store: whose it is, what it may be, and what is said when it cannot be written."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from hcplens.errors import HcplensError, InputError
from hcplens.inference.service.roles import Role
from hcplens.inference.service.store import (
    ContentEvent,
    EventOutcome,
    ServiceStore,
    is_sqlite_file,
    plain_words,
    sqlite_file,
)
from hcplens.inference.service.store.schema import APPLICATION_ID, SCHEMA_STEPS


def event(event_id: str = "E1", hcp_id: str = "H1") -> ContentEvent:
    fields = {"hcp_id": hcp_id, "timestamp": "2026-05-01T09:00:00Z", "channel": "email", "action": "opened"}
    return ContentEvent.model_validate({"event_id": event_id, **fields})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "service.db"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def rights(folder: Path) -> dict[str, str]:
    return {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir()}


@pytest.mark.usefixtures("open_umask")
def test_only_the_owner_can_read_it_and_what_lies_beside_it(path: Path) -> None:
    mine = {"service.db": "0o600", "service.db-wal": "0o600", "service.db-shm": "0o600"}
    with ServiceStore.open(path) as store:
        store.add_events([event()])
        assert rights(path.parent) == mine
    assert rights(path.parent) == {"service.db": "0o600"}
    path.chmod(0o644)
    with ServiceStore.open(path) as store:
        store.add_events([event()])
        assert rights(path.parent) == mine


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with ServiceStore.open(tmp_path / "a" / "b" / "strange name #?%.db") as store:
        assert store.add_events([event()]) == [EventOutcome.ACCEPTED]
    assert is_sqlite_file(tmp_path / "a" / "b" / "strange name #?%.db")


def test_every_commit_is_synchronised(path: Path) -> None:
    with ServiceStore.open(path) as store:
        connection = store._writer._connection
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_of_many_that_make_it_at_once_all_open_the_same(path: Path) -> None:
    def first(number: int) -> EventOutcome:
        with ServiceStore.open(path) as store:
            return store.add_events([event()])[0]

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(first, range(16)))
    assert outcomes.count(EventOutcome.ACCEPTED) == 1
    assert os.listdir(path.parent) == ["service.db"]


def written(text: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(text)


def database(*statements: str) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)

    return make


NEWER = len(SCHEMA_STEPS) + 1


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (written(b""), "is no store"),
        (written(b"event_id,hcp_id\n"), "is no store"),
        (Path.mkdir, "is no store"),
        (written(b"SQLite format 3\x00" + b"?" * 5000), "is damaged"),
        (database("CREATE TABLE t (x)"), "is a database, but no store"),
        (database(f"PRAGMA application_id={APPLICATION_ID}", f"PRAGMA user_version={NEWER}"), "newer hcplens"),
    ],
)
def test_what_is_no_store_of_ours_is_refused_and_left_as_it_was(
    path: Path, make: Callable[[Path], object], told: str
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(InputError, match=told):
        ServiceStore.open(path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_where_a_file_stands_in_the_way_it_is_said(path: Path) -> None:
    path.write_text("")
    with pytest.raises((InputError, OSError)):
        ServiceStore.open(path / "service.db")


def test_a_store_that_is_not_there_is_not_made_where_it_must_be_there(path: Path) -> None:
    with pytest.raises(InputError, match="there is no store"):
        ServiceStore.open(path, create=False)
    assert not path.exists()


def test_a_full_disk_stores_nothing_of_it_and_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ServiceStore.open(path).close()
    pages = path.stat().st_size // 4096 + 4
    monkeypatch.setattr(sqlite_file, "PRAGMAS", (*sqlite_file.PRAGMAS, f"PRAGMA max_page_count = {pages}"))
    with ServiceStore.open(path) as store:
        assert store.add_events([event()]) == [EventOutcome.ACCEPTED]
        with pytest.raises(HcplensError, match=r"no room left on the disk of the store .*service\.db"):
            store.add_events([event(f"E{number}", "H" * 200) for number in range(500)])
        assert store.content_events()["event_id"].to_pylist() == ["E1"]
        assert store.add_events([event()]) == [EventOutcome.DUPLICATE]


def test_a_file_that_another_process_holds_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    with ServiceStore.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HcplensError, match="another process has held the store"):
            store.add_key(Role.ADMIN, name="x")
        assert store.content_events().num_rows == 0
        other.execute("COMMIT")
        assert store.add_events([event()]) == [EventOutcome.ACCEPTED]


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is root's to write")
def test_a_file_that_is_not_ours_to_write_is_said(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(InputError, match="cannot write"):
            ServiceStore.open(path)
    finally:
        path.parent.chmod(0o700)


def test_errors_of_sqlite_are_plain_words(path: Path) -> None:
    for code, kind, told in (
        (sqlite3.SQLITE_READONLY, InputError, "yours to write"),
        (sqlite3.SQLITE_CORRUPT, InputError, "is damaged"),
        (sqlite3.SQLITE_IOERR_FSYNC, HcplensError, "did not take it: what"),
    ):
        error = sqlite3.OperationalError("what")
        error.sqlite_errorcode = code
        found = plain_words.in_plain_words(path, error)
        assert (type(found), told in str(found)) == (kind, True)


def test_a_closed_store_takes_nothing_and_closes_again(path: Path) -> None:
    store = ServiceStore.open(path)
    store.close()
    store.close()
    with pytest.raises(HcplensError, match="is closed"):
        store.add_events([event()])


OPENS_AND_CLOSES = """
import sys
from pathlib import Path
from hcplens.inference.service.store import ServiceStore

ServiceStore.open(Path(sys.argv[1])).close()
"""


def test_a_second_look_in_one_process_leaves_the_locks_of_the_first(path: Path) -> None:
    """Else another process would take itself for the last one, and remove what we have just written."""
    with ServiceStore.open(path) as store:
        ServiceStore.open(path).close()
        subprocess.run([sys.executable, "-c", OPENS_AND_CLOSES, str(path)], check=True, timeout=60)
        assert path.with_name("service.db-wal").exists()
        store.add_events([event()])
