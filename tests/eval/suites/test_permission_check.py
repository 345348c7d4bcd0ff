from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from hcplens.eval.suites.permission_check import PermissionCheck
from hcplens.inference.records.catalogue import Module
from hcplens.inference.records.schemas import CONSENTS, CONTENT_EVENTS, HCPS

AS_OF = date(2026, 9, 30)
MODULE: dict[str, Any] = {
    "module_id": "M1",
    "brand": "Zelvanta",
    "title": "Title",
    "text": "Text",
    "status": "approved",
    "claims": [{"claim_id": "C1", "text": "Claim", "status": "approved"}],
    "must_use": ["A1"],
    "assets": [{"asset_id": "A1", "status": "approved"}, {"asset_id": "A2", "status": "draft"}],
    "approved_at": "2026-01-01",
    "expires_at": "2026-12-31",
    "countries": ["GB"],
    "language": "en",
    "channels": ["email", "video"],
    "audiences": ["Internal Medicine"],
}
PHYSICIAN = {"hcp_id": "H1", "specialty": "internal_medicine", "country": "UK", "language": "en-GB"}


def consent(channel: str, status: str, day: str = "2026-01-01") -> dict[str, Any]:
    captured_at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return {"hcp_id": "H1", "channel": channel, "status": status, "captured_at": captured_at}


def unsubscribed(channel: str, day: str) -> dict[str, Any]:
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return {"event_id": "E1", "hcp_id": "H1", "timestamp": moment, "channel": channel, "action": "unsubscribed"}


def problems(
    module: dict[str, Any] | None = None,
    physician: dict[str, Any] | None = None,
    consents: tuple[dict[str, Any], ...] = (consent("email", "opt_in"),),
    events: tuple[dict[str, Any], ...] = (),
    channel: str | None = None,
) -> list[str]:
    tables = {
        "hcps": pa.Table.from_pylist([PHYSICIAN | (physician or {})], schema=HCPS.schema),
        "consents": pa.Table.from_pylist(list(consents), schema=CONSENTS.schema),
        "content_events": pa.Table.from_pylist(list(events), schema=CONTENT_EVENTS.schema),
    }
    check = PermissionCheck.of(tables, AS_OF)
    return check.problems(Module.model_validate(MODULE | (module or {})), "H1", channel)


def test_spelling_alone_blocks_nothing() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("module", "problem"),
    [
        ({"status": "draft"}, "status"),
        ({"approved_at": "2026-10-01"}, "dates"),
        ({"expires_at": "2026-09-29"}, "dates"),
        ({"expires_at": None}, "dates"),
        ({"approved_at": None}, "dates"),
        ({"claims": [{"claim_id": "C1", "text": "Claim", "status": "in_review"}]}, "claim"),
        ({"must_use": ["A2"]}, "asset"),
        ({"must_use": ["A3"]}, "asset"),
        ({"assets": [{"asset_id": "A1", "status": status} for status in ("approved", "expired")]}, "asset"),
        ({"countries": ["US", "DE"]}, "country"),
        ({"countries": []}, "country"),
        ({"language": "de"}, "language"),
        ({"language": None}, "language"),
        ({"audiences": ["oncology"]}, "audience"),
    ],
)
def test_each_field_of_a_module_can_block_it(module: dict[str, Any], problem: str) -> None:
    assert problems(module) == [problem]


@pytest.mark.parametrize("field", ["country", "language", "specialty"])
def test_what_is_unknown_of_a_physician_blocks(field: str) -> None:
    assert problems(physician={field: None}) == ["audience" if field == "specialty" else field]


def test_both_the_first_and_the_last_day_count() -> None:
    assert problems({"approved_at": "2026-09-30", "expires_at": "2026-09-30"}) == []


def test_a_channel_that_the_module_does_not_allow_is_blocked() -> None:
    assert problems(channel="webinar") == ["channel", "consent"]


def test_e_mail_needs_an_opt_in_and_video_only_no_refusal() -> None:
    assert problems(consents=(), channel="email") == ["consent"]
    assert problems(consents=(), channel="video") == []
    assert problems(consents=(consent("video", "never"),), channel="video") == ["consent"]
    assert problems(consents=(consent("email", "pending"),), channel="email") == ["consent"]


def test_without_a_channel_any_that_is_open_will_do() -> None:
    assert problems(consents=()) == []
    assert problems({"channels": ["email"]}, consents=()) == ["consent"]


def test_the_latest_consent_wins_and_leaving_counts_as_an_opt_out() -> None:
    back = (
        consent("email", "opt_in"),
        consent("email", "opt_out", "2026-03-01"),
        consent("email", "opt_in", "2026-04-01"),
    )
    assert problems(consents=back[:2], channel="email") == ["consent"]
    assert problems(consents=back, channel="email") == []
    assert problems(consents=back, events=(unsubscribed("email", "2026-05-01"),), channel="email") == ["consent"]
    assert problems(consents=back, events=(unsubscribed("email", "2026-10-01"),), channel="email") == []
    assert problems(consents=(*back, consent("email", "opt_out", "2026-04-01")), channel="email") == ["consent"]
