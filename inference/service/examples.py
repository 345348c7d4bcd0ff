"""Examples of answers, as OpenAPI shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

_QUOTE = {
    "source": "note",
    "id": "DT006",
    "date": "2026-09-23",
    "start": 71,
    "end": 118,
    "text": "Harrow Mutual moved Zelvanta to non-preferred",
}
MATCH_ANSWER: dict[str, Any] = {
    "hcp_id": "T001",
    "brand": "Zelvanta",
    "as_of": "2026-10-01",
    "channel": None,
    "suppressed": None,
    "modules": [
        {
            "module_id": "ZEL-M03",
            "channel": "email",
            "score": 0.448955,
            "propensity": 0.9625,
            "title": "Getting Zelvanta approved",
            "text": "Most first-pass denials for Zelvanta name one of three gaps …",
            "claims": [{"claim_id": "ZEL-M03-C1", "text": "Documentation plans ask for", "status": "approved"}],
            "assets": [{"asset_id": "ZEL-A01", "status": "approved", "kind": "isi", "text": "Important safety …"}],
            "approval": {
                "id": "MLR-118",
                "status": "approved",
                "approved_at": "2026-01-19",
                "expires_at": "2027-01-18",
            },
            "addresses": [{"topic": "coverage", "polarity": "barrier", "weight": 0.193398, "evidence": [_QUOTE]}],
            "why": "Answers the open barrier “coverage” with claim ZEL-M03-C1",
            "decision_id": "f5e7d722fc7323e112a2addcf29771ab",
        }
    ],
    "refused": [{"topic": "coverage", "matched": 4, "reasons": {"expired": 3, "country": 1}}],
    "blocked": {"country": 12, "expired": 4},
}
BATCH_LINES = (
    MATCH_ANSWER | {"modules": [], "refused": [], "blocked": {}, "suppressed": "adverse event in note DT009 is open"},
    {"error": {"code": "unknown_physician", "message": "hcp_id 'T999' is not known here", "field": "items.1.hcp_id"}},
)
PHYSICIAN = [
    {
        "hcp_id": "T001",
        "brand": "Zelvanta",
        "as_of": "2026-09-30",
        "barriers": [
            {
                "topic": "coverage",
                "state": "reopened",
                "probability": 0.86,
                "low": 0.71,
                "high": 0.94,
                "trend": "rising",
                "first_seen": "2026-01-14",
                "last_seen": "2026-09-23",
                "evidence": [_QUOTE],
            }
        ],
        "drivers": [],
        "channels": [
            {
                "channel": "email",
                "p_engage": 0.41,
                "low": 0.3,
                "high": 0.53,
                "rank": 1,
                "exposures": 31,
                "stated": "prefers",
                "consented": True,
                "why": "12 of 31 answered",
            }
        ],
        "adoption_stage": {"stage": "trial", "probability": 0.7},
        "conflicts": [],
        "open_flags": [{"kind": "adverse_event", "note_id": "DT009"}],
    }
]
MODULE: dict[str, Any] = {
    "module_id": "ZEL-M03",
    "brand": "Zelvanta",
    "title": "Getting Zelvanta approved",
    "text": "Most first-pass denials for Zelvanta name one of three gaps …",
    "status": "approved",
    "claims": [{"claim_id": "ZEL-M03-C1", "text": "Documentation plans ask for", "status": "approved"}],
    "must_use": ["ZEL-A01"],
    "assets": [{"asset_id": "ZEL-A01", "status": "approved", "kind": "isi", "text": "Important safety …"}],
    "approved_at": "2026-01-19",
    "expires_at": "2027-01-18",
    "countries": ["US"],
    "language": "en",
    "channels": ["email", "video"],
    "audiences": ["cardiology"],
}
READY: dict[str, Any] = {
    "status": "ready",
    "store": "writable",
    "run": "53aa51172d14",
    "catalogue": "78c0197b6159",
    "as_of": "2026-09-30",
    "modules": 49,
    "loaded_at": "2026-10-01T06:00:00+00:00",
    "newer_files": "none",
}
NOT_READY: dict[str, Any] = READY | {"status": "not ready", "store": "not writable"}


def json_content(description: str, example: object) -> dict[str, Any]:
    """An answer of JSON, shown by an example; a list's or an object's schema is told by it."""
    schema = {"type": "array" if isinstance(example, list) else "object"}
    return {"description": description, "content": {"application/json": {"schema": schema, "example": example}}}


def ndjson_content(description: str, lines: Sequence[object]) -> dict[str, Any]:
    """An answer of JSON lines."""
    example = "".join(orjson.dumps(line).decode() + "\n" for line in lines)
    return {
        "description": description,
        "content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": example}},
    }
