from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hcplens.inference.briefs import CallBrief, call_briefs
from hcplens.inference.matching import ContentMatcher
from hcplens.inference.runs import Run

Row = Callable[..., dict[str, Any]]

MODULE = {
    "module_id": "M1",
    "brand": "Dermiqo",
    "title": "Payer *paperwork*",
    "text": "What the payer wants.\n  ```Two``` lines, <b>as approved</b>. ",
    "status": "approved",
    "claims": [{"claim_id": "M1-C1", "text": "Most requests are granted", "status": "approved"}],
    "must_use": ["A1"],
    "assets": [{"asset_id": "A1", "status": "approved", "text": "Important safety information."}],
    "approval_id": "MLR-7",
    "approved_at": "2026-01-01",
    "expires_at": "2026-10-31",
    "countries": ["US"],
    "language": "en",
    "channels": ["email", "face_to_face"],
    "audiences": ["cardiology"],
}


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / "modules.jsonl"
    path.write_text(json.dumps(MODULE) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def briefed_run(spoken: Row, published: Callable[..., Run]) -> Run:
    """H1 with a barrier, a driver, off-label talk and events since the last contact; HELD with an adverse event."""
    who = {"specialty": "cardiology", "country": "US", "language": "en"}
    flag = {"flag_id": "f", "brand": "Dermiqo", "date": date(2026, 9, 1), "due_at": date(2026, 9, 2), "masked": False}
    open_flag = flag | {"probability": 0.9, "disposition": "open", "start": 0, "end": 5}

    def event(number: int, day: int, action: str, **fields: Any) -> dict[str, Any]:
        at = datetime(2026, 9, day, 9, tzinfo=UTC)
        shown = {"channel": "email", "content_id": "M1", "brand": "Dermiqo"}
        return {"event_id": f"E{number}", "hcp_id": "H1", "timestamp": at, "action": action} | shown | fields

    return published(
        [
            spoken("2026-03-03", topic="efficacy", polarity="driver", evidence="clears fast"),
            spoken("2026-09-10", evidence="the [red]PA[/red] took *six* weeks <b>"),
            spoken("2026-09-10", hcp_id="HELD", source_id="N-HELD"),
        ],
        hcps=[{"hcp_id": name, **who} for name in ("H1", "HELD", "NEW")],
        events=[
            event(1, 1, "opened"),
            event(2, 12, "sent"),
            event(3, 12, "clicked"),
            event(4, 20, "unsubscribed", channel="messaging", content_id=None, brand=None),
            event(5, 21, "opened", brand="Zelvanta", content_id="Z1"),
        ],
        consents=[
            {"hcp_id": "H1", "channel": name, "status": "opt_in", "captured_at": datetime(2026, 9, day, tzinfo=UTC)}
            for name, day in (("email", 5), ("messaging", 15))
        ],
        flags=[
            open_flag | {"hcp_id": "H1", "note_id": "N-2026-09-10", "kind": "off_label", "evidence": "for his teens"},
            open_flag | {"hcp_id": "HELD", "note_id": "N-HELD", "kind": "adverse_event", "evidence": "she fainted"},
        ],
    )


@pytest.fixture(scope="session")
def brief_of(briefed_run: Run, catalogue: Path, hashing_encoder: Any) -> Callable[[str], CallBrief]:
    matcher = ContentMatcher.load(briefed_run, catalogue, encoder=hashing_encoder)

    def brief(hcp_id: str) -> CallBrief:
        [found] = call_briefs(briefed_run, matcher, hcp_id, brand="Dermiqo")
        return found

    return brief
