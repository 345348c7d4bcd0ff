"""The service under load from another process: how much it answers, how soon, and what it does with too much."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...inference.matching import MatchTables
from ...inference.records.derived import CONFLICTS, STAGES, TRANSITIONS
from ...inference.records.schemas import NOTES, SURVEYS
from ...inference.runs import Manifest, write_run
from ...inference.service.roles import Role
from ...inference.service.store import ServiceStore
from ...prompts import Taxonomy
from .market import AS_OF, BRAND, modules, physicians

MODULES = 5000
PHYSICIANS = 2000

STEADY, DEMANDED, TOO_MUCH = 200, 300, 1000
"""Requests a second: at which times are bounded, that one worker must sustain, and twice what it can bear or more."""

_SECONDS = 20
_PAUSE = 5


@dataclass(frozen=True)
class ServiceLoad:
    """What came of each rate, as `service_load` reports it; `after` is the steady one again, after too much."""

    steady: dict[str, Any]
    demanded: dict[str, Any]
    too_much: dict[str, Any]
    after: dict[str, Any]


def measure_service(folder: Path) -> ServiceLoad:
    """Start `hcplens serve` over a market by chance and send load, open loop, from a second process."""
    taxonomy = Taxonomy.default()
    _publish(folder / "run", physicians(PHYSICIANS, MODULES, taxonomy), taxonomy)
    catalogue = "".join(module.model_dump_json() + "\n" for module in modules(MODULES).modules)
    (folder / "modules.jsonl").write_text(catalogue, encoding="utf-8")
    items = "".join(json.dumps({"hcp_id": f"H{number:06}", "brand": BRAND}) + "\n" for number in range(PHYSICIANS))
    (folder / "items.jsonl").write_text(items, encoding="utf-8")
    with ServiceStore.open(folder / "store.db") as store:
        (folder / "key").write_text(store.add_key(Role.SERVICE, name="bench")[1], encoding="utf-8")
    with _serving(folder) as url:
        _load(folder, url, STEADY, _PAUSE)  # the first requests find nothing in the processor's caches
        rates = (STEADY, DEMANDED, TOO_MUCH, STEADY)
        return ServiceLoad(*[_load(folder, url, rate, _SECONDS) for rate in rates])


def _publish(target: Path, market: MatchTables, taxonomy: Taxonomy) -> None:
    moment = datetime.now(UTC)
    empty = {
        "raw_notes": NOTES.schema,
        "surveys": SURVEYS.schema,
        "transitions": TRANSITIONS,
        "conflicts": CONFLICTS,
        "stages": STAGES,
    }
    tables = {each.name: getattr(market, each.name) for each in fields(market)}
    manifest = Manifest(
        hcplens="bench",
        as_of=AS_OF,
        started_at=moment,
        finished_at=moment,
        inputs=(),
        configuration={},
        model={},
        taxonomy_digest=taxonomy.digest,
        counts={},
        unread={},
        notices=(),
        files={},
    )
    write_run(target, tables | {name: schema.empty_table() for name, schema in empty.items()}, taxonomy, manifest)


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "hcplens", "serve", "run", "--modules", "modules.jsonl", "--store", "store.db"]
    command += ["--port", "0", "--rate", "100000", "--burst", "100000", "--quiet"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process.stdout.readline().split()[-1] if process.stdout else ""
        finally:
            process.terminate()


def _load(folder: Path, url: str, rate: float, seconds: float) -> dict[str, Any]:
    script = Path(__file__).with_name("service_load.py")
    command = [sys.executable, str(script), url, "key", "items.jsonl", "--rate", str(rate), "--seconds", str(seconds)]
    sent = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True, text=True)
    report: dict[str, Any] = json.loads(sent.stdout)
    return report
