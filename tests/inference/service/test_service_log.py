"""The log tells what was asked and how it went, and nothing of what was said of whom."""

from __future__ import annotations

import errno
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hcplens.inference.service.request_log import LibraryLines, ServiceLog
from hcplens.inference.service.roles import Role

ASK = {"hcp_id": "H1", "brand": "Dermiqo"}
SECRETS = ("payer", "Miller", "H1", "Doctor", "coverage", "Dermiqo", "no JSON", "hcpl_")


@pytest.fixture(scope="module")
def world(make_world: Callable[..., Any]) -> Iterator[Any]:
    with make_world() as world:
        yield world


def test_a_line_has_route_status_time_key_and_counts(world: Any) -> None:
    answer = world.client().post("/v1/match/batch", json={"items": [ASK, ASK]})
    told = world.lines.of("request", answer.headers["x-request-id"])
    assert told.pop("at").endswith("+00:00")
    assert told.pop("ms") > 0
    assert told.pop("key_id") in world.keys[Role.SERVICE]
    told.pop("request_id")
    assert told == {"event": "request", "method": "POST", "route": "/v1/match/batch", "status": 200, "items": 2}


def test_a_request_keeps_the_id_that_it_brings_if_it_is_a_plain_word(world: Any) -> None:
    sent = {"x-request-id": "crm-17"}
    assert world.client(None).get("/healthz", headers=sent).headers["x-request-id"] == "crm-17"
    assert world.lines.of("request", "crm-17")["route"] == "/healthz"
    odd = {"x-request-id": 'two words"'}
    assert len(world.client(None).get("/healthz", headers=odd).headers["x-request-id"]) == 32


def test_the_log_holds_no_words_names_ids_or_keys(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst, service = world.client(Role.ANALYST), world.client()
    assert b"Miller" in analyst.get("/v1/hcps/H1").content
    assert b"payer" in service.post("/v1/match", json=ASK).content
    service.post("/v1/match", json=ASK | {"brand": "Miller's payer"})
    service.post("/v1/match", json=ASK | {"k": "Miller"})
    service.post("/v1/match", content=b"Doctor no JSON")
    analyst.get("/v1/hcps/Doctor H1?name=Miller")
    analyst.get("/H1/Miller")
    world.client(key="hcpl_nobody").get("/v1/modules/M1")

    def fails(*_: object, **__: object) -> None:
        raise KeyError("Doctor Miller said payer")

    matcher = world.service.engine.snapshot.matcher
    with monkeypatch.context() as patch:
        patch.setattr(matcher, "match", fails)
        answer = service.post("/v1/match", json=ASK)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    failure = world.lines.of("failed", answer.headers["x-request-id"])
    assert failure["error"] == "KeyError"
    assert failure["where"].startswith("fails:")
    world.lines.of("request", answer.headers["x-request-id"])
    told = world.lines.getvalue()
    assert [secret for secret in SECRETS if secret in told] == []


def test_every_answer_is_safe_to_show_nowhere(world: Any) -> None:
    for answer in (world.client(None).get("/healthz"), world.client(None).get("/v1/modules/M1")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


def test_metrics_count_by_route_and_never_by_path(world: Any) -> None:
    world.client(Role.ANALYST).get("/v1/hcps/H2")
    world.client(None).get("/no/such/place/H2")
    text = world.client().get("/metrics").text
    assert 'hcplens_requests_total{method="GET",route="/v1/hcps/{hcp_id}",status="200"}' in text
    assert 'route="unmatched",status="401"' in text
    assert 'hcplens_requests_refused_total{reason="unauthenticated"}' in text
    assert "H2" not in text


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "no space left")


def test_a_log_that_cannot_be_written_ends_nothing() -> None:
    ServiceLog(Full()).write("request")


def test_what_libraries_say_is_a_line_without_its_words() -> None:
    stream = io.StringIO()
    handler = LibraryLines(ServiceLog(stream), spoken="uvicorn")
    try:
        raise KeyError("Doctor Miller")
    except KeyError as e:
        info = (KeyError, e, None)
    for name, text, arguments in (("asyncio", "of %s", ("Doctor Miller",)), ("uvicorn.error", "100 % done", ())):
        handler.handle(logging.LogRecord(name, logging.ERROR, "file", 1, text, arguments, info))
    library, server = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (library["event"], library["logger"], library["error"]) == ("library", "asyncio", "KeyError")
    assert (server["event"], server["message"]) == ("server", "100 % done")
    assert "Miller" not in stream.getvalue()
