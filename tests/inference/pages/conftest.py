from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.inference.inspecting import inspect_run
from hcplens.inference.pages import PhysicianPage, physician_pages
from hcplens.inference.runs import Run

WHO = {"specialty": "cardiology", "country": "US", "segment": "grower"}
Row = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def told_run(spoken: Row, published: Callable[..., Run]) -> Run:
    """H1 with stories, a flag, a conflict and a wish; H2 of the same kind; NEW and BARE of whom nothing is known."""
    statements = [
        spoken("2026-03-03"),
        spoken("2026-06-12", status="resolved"),
        spoken("2026-08-20", evidence="the [red]PA[/red] took <b>six</b> weeks"),
        spoken("2026-08-10", status="resolved", rep_id="R2"),
        spoken("2026-02-01", topic="cost", status="resolved"),
        spoken("2026-02-02", topic="supply", holder="rep", evidence="I think stock worries her"),
        spoken("2026-09-01", topic="efficacy", polarity="driver"),
        spoken("2026-09-02", hcp_id="H2"),
        spoken("2026-09-03", hcp_id="H2", topic="dosing", polarity="driver"),
    ]
    wish = {"source": "note", "source_id": "N-2026-08-20", "hcp_id": "H1", "date": date(2026, 8, 20)}
    use = {"source": "note", "source_id": "N-2026-03-03", "hcp_id": "H1", "brand": "Dermiqo", "masked": False}
    flag = {"flag_id": "f", "note_id": "N-2026-08-20", "hcp_id": "H1", "brand": "Dermiqo", "kind": "adverse_event"}
    return published(
        statements,
        wishes=[wish | {"channel": "phone", "stance": "prefers", "probability": 1.0, "evidence": "call me"}],
        uses=[
            use
            | {"date": date(2026, 3, 3), "use": "trial", "shares": [0.0, 0.0, 0.9, 0.1, 0.0, 0.0]}
            | {"start": 0, "end": 5, "evidence": "two patients on it", "annotator": "file"}
        ],
        hcps=[{"hcp_id": name, **WHO} for name in ("H1", "H2", "NEW")] + [{"hcp_id": "BARE"}],
        flags=[
            flag
            | {"date": date(2026, 8, 20), "due_at": date(2026, 8, 21), "probability": 0.9, "disposition": "open"}
            | {"evidence": "she fainted", "masked": False}
        ],
        unread={"note N-2026-06-12": "language: de"},
    )


@pytest.fixture(scope="session")
def page_of(told_run: Run) -> Callable[[str], PhysicianPage]:
    def page(hcp_id: str) -> PhysicianPage:
        [found] = physician_pages(told_run, inspect_run(told_run, hcp_id=hcp_id))
        return found

    return page
