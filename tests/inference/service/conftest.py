"""A small world, and services over it that really listen."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hcplens.embeddings import Encoder
from hcplens.inference.matching import EpsilonGreedy, MatchSettings
from hcplens.inference.progress import QuietReporter
from hcplens.inference.runs import Run
from hcplens.inference.service.context import ServiceContext
from hcplens.inference.service.engine import Engine
from hcplens.inference.service.metrics import Metrics
from hcplens.inference.service.request_log import ServiceLog
from hcplens.inference.service.roles import Role
from hcplens.inference.service.server import Address, make_server
from hcplens.inference.service.settings import ServiceSettings
from hcplens.inference.service.snapshot import Sources
from hcplens.inference.service.store import ServiceStore

QUOTE = "the payer said no to Mrs Miller again"
PEOPLE = ("H1", "H2", "H3")


def _write_catalogue(path: Path, module_ids: Sequence[str]) -> None:
    """Approved modules of Dermiqo; the file appears whole."""
    module = {
        "brand": "Dermiqo",
        "title": "Prior authorisation and payer coverage",
        "text": "How coverage is approved.",
        "status": "approved",
        "claims": [{"claim_id": "C1", "text": "Most requests are granted", "status": "approved"}],
        "approved_at": "2026-01-01",
        "expires_at": "2099-01-01",
        "countries": ["US"],
        "language": "en",
        "channels": ["email"],
        "audiences": ["cardiology"],
    }
    partial = path.with_suffix(".partial")
    partial.write_text("".join(json.dumps(module | {"module_id": name}) + "\n" for name in module_ids))
    partial.replace(path)


@pytest.fixture(scope="session")
def write_catalogue() -> Callable[[Path, Sequence[str]], None]:
    """Approved modules of Dermiqo; the file appears whole."""
    return _write_catalogue


@pytest.fixture(scope="session")
def run_folder(spoken: Callable[..., Any], published: Callable[..., Run]) -> Path:
    """A run in which H1 and H2 have a coverage barrier and an e-mail; of H3 nothing is known but the listing."""
    who = {"specialty": "cardiology", "country": "US", "language": "en"}
    consented = datetime(2026, 1, 1, tzinfo=UTC)
    mailed = {"channel": "email", "action": "delivered", "timestamp": datetime(2026, 8, 1, tzinfo=UTC)}
    return published(
        [spoken("2026-09-01", hcp_id=name, source_id=f"N-{name}", evidence=QUOTE) for name in PEOPLE[:2]],
        events=[{"event_id": f"mail to {name}", "hcp_id": name, **mailed} for name in PEOPLE[:2]],
        hcps=[{"hcp_id": name, "name": f"Doctor {name}", **who} for name in PEOPLE],
        consents=[
            {"hcp_id": name, "channel": "email", "status": "opt_in", "captured_at": consented} for name in PEOPLE
        ],
    ).folder


class Lines(io.StringIO):
    """A log that can be waited for: a line is written when its answer has long been sent."""

    def __init__(self) -> None:
        super().__init__()
        self._written = threading.Condition()

    def write(self, text: str) -> int:
        with self._written:
            count = super().write(text)
            self._written.notify_all()
        return count

    def all(self) -> list[dict[str, Any]]:
        """Every line."""
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def of(self, event: str, request_id: str) -> dict[str, Any]:
        """The line on that event of a request, as soon as there is one."""
        wanted = {"event": event, "request_id": request_id}
        with self._written:
            self._written.wait_for(lambda: any(wanted.items() <= line.items() for line in self.all()), timeout=30)
        return next(line for line in self.all() if wanted.items() <= line.items())


@dataclass
class World:
    """A service, what it stands on, and a key for each role; the representative R1 sees H1 and an unknown H9."""

    service: ServiceContext
    sources: Sources
    lines: Lines
    keys: dict[Role, str]
    url: str = ""
    _clients: list[httpx2.Client] = field(default_factory=list)

    def client(self, role: Role | None = Role.SERVICE, key: str | None = None) -> httpx2.Client:
        """A client with the role's key, with the key named, or without one."""
        secret = key or (self.keys[role] if role else None)
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._clients.append(
            httpx2.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False, verify=False)
        )
        return self._clients[-1]

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()


MakeWorld = Callable[..., AbstractContextManager[World]]


@pytest.fixture(scope="session")
def make_world(run_folder: Path, hashing_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> MakeWorld:
    """A world of its own, with settings of its own, that listens until the block ends."""

    @contextmanager
    def make(settings: ServiceSettings | None = None, policy: Any = None) -> Iterator[World]:
        folder = tmp_path_factory.mktemp("service")
        _write_catalogue(folder / "modules.jsonl", ["M1", "M2", "M3"])
        (folder / "reps.csv").write_text("rep_id,hcp_id\nR1,H1\nR1,H9\nR2,H2\n")
        sources = Sources(run_folder, folder / "modules.jsonl", folder / "reps.csv")
        lines, metrics = Lines(), Metrics()
        with ServiceStore.open(folder / "service.db") as store:
            keys = {
                role: store.add_key(role, name=f"the {role}", rep_id="R1" if role is Role.REP else None)[1]
                for role in Role
            }
            log, matching = ServiceLog(lines), MatchSettings(policy=policy or EpsilonGreedy())
            engine = Engine(sources, lambda: hashing_encoder, matching, store, log, metrics, QuietReporter())
            service = ServiceContext(settings or ServiceSettings(), engine, store, metrics, log)
            world = World(service, sources, lines, keys)
            with listening(world):
                yield world
            service.close()

    return make


@contextmanager
def listening(world: World) -> Iterator[None]:
    """The world's service answers at its url until the block ends, and to the end of what is in flight then."""
    server = make_server(world.service, Address("127.0.0.1", 0))
    bound = server.config.bind_socket()
    bound.listen()  # who connects before the server is up waits for it
    world.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    try:
        yield
    finally:
        world.close()
        server.should_exit = True
        thread.join()
        bound.close()


@pytest.fixture(scope="session")
def shared_world(make_world: MakeWorld) -> Iterator[World]:
    """One that tests share which change nothing but what they name themselves."""
    with make_world() as world:
        yield world
