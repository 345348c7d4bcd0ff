"""What the client sends and what it gives back, against a server that answers as told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

import hcplens
from hcplens.errors import HcplensError, InputError
from hcplens.inference.client import (
    BatchAnswer,
    Client,
    ClientError,
    ConflictError,
    InvalidRequestError,
    MatchItem,
    NotAuthorizedError,
    NotFoundError,
    UnavailableError,
)

Asking = Callable[..., Any]
ANSWER: Any = {"hcp_id": "H1", "brand": "Dermiqo", "modules": []}
ITEMS = [MatchItem(hcp_id=f"H{number}", brand="Dermiqo") for number in range(5)]


def problem(code: str, **more: str) -> dict[str, dict[str, str]]:
    return {"error": {"code": code, "message": "what is wrong", **more}}


def ndjson(*lines: object) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def test_it_is_a_name_of_the_package() -> None:
    assert hcplens.Client is Client


def test_a_match_is_asked_with_the_key_and_only_what_was_said(asking: Asking, reply: Any, key: str) -> None:
    with asking(reply(body=ANSWER)) as (client, server):
        assert client.match("H1", "Dermiqo") == ANSWER
        client.match("H1", "Dermiqo", channel="email", as_of=date(2026, 10, 1), k=3, indication="I1")
    first, second = server.asked
    assert (first.method, first.path, first.body) == ("POST", "/v1/match", {"hcp_id": "H1", "brand": "Dermiqo"})
    assert (first.headers["Authorization"], first.headers["Content-Type"]) == (f"Bearer {key}", "application/json")
    assert second.body == first.body | {"channel": "email", "as_of": "2026-10-01", "k": 3, "indication": "I1"}


@pytest.mark.parametrize(("method", "path"), [("hcp", "/v1/hcps/"), ("module", "/v1/modules/")])
def test_ids_of_any_characters_are_one_part_of_the_path(asking: Asking, reply: Any, method: str, path: str) -> None:
    with asking(reply(body=[1])) as (client, server):
        assert getattr(client, method)("A/../b ü?#%") == [1]
    assert server.asked[0].path == path + "A%2F..%2Fb%20%C3%BC%3F%23%25"


def test_the_service_may_lie_below_a_path(asking: Asking, reply: Any, key: str) -> None:
    with asking(reply(body=ANSWER)) as (_, server), Client(f"{server.url}/crm/hcplens/", key) as client:
        client.match("H1", "Dermiqo")
    assert server.asked[0].path == "/crm/hcplens/v1/match"


def test_a_batch_gives_an_answer_or_an_error_an_item(asking: Asking, reply: Any) -> None:
    lines = ndjson(ANSWER, problem("unknown_physician", field="items.1.hcp_id"), ANSWER)
    with asking(reply(body=lines)) as (client, server):
        first, second, third = client.match_batch(iter(ITEMS[:3]))
    assert (first, third) == (BatchAnswer(ITEMS[0], ANSWER, None), BatchAnswer(ITEMS[2], ANSWER, None))
    assert (second.item, second.answer) == (ITEMS[1], None)
    assert (second.error.code, second.error.field, second.error.status) == ("unknown_physician", "items.1.hcp_id", None)
    assert server.asked[0].body == {"items": ITEMS[:3]}


def test_a_line_of_a_batch_may_hold_a_line_separator(asking: Asking, reply: Any) -> None:
    told = {**ANSWER, "text": "One tablet.\u2028A day.\u0085"}
    lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in (told, ANSWER)).encode()
    with asking(reply(body=lines)) as (client, _):
        assert [each.answer for each in client.match_batch(ITEMS[:2])] == [told, ANSWER]


def test_nothing_is_asked_for_nothing(asking: Asking, reply: Any) -> None:
    with asking(reply()) as (client, server):
        assert (list(client.match_batch([])), client.send_events([])) == ([], [])
        assert not server.asked


def test_each_request_of_a_long_batch_has_its_part(asking: Asking, reply: Any) -> None:
    replies = [
        reply(body=ndjson({"n": 1}, {"n": 2})),
        reply(body=ndjson({"n": 3}, {"n": 4})),
        reply(body=ndjson({"n": 5})),
    ]
    with asking(*replies, batch_size=2) as (client, server):
        assert [each.answer["n"] for each in client.match_batch(ITEMS)] == [1, 2, 3, 4, 5]
    assert [asked.body["items"] for asked in server.asked] == [ITEMS[:2], ITEMS[2:4], ITEMS[4:]]


def test_events_are_told_with_moments_and_come_back_with_outcomes(asking: Asking, reply: Any) -> None:
    event: Any = {"event_id": "E1", "hcp_id": "H1", "channel": "email", "action": "opened", "brand": None}
    event["timestamp"] = datetime(2026, 5, 1, 9, tzinfo=UTC)
    outcome = {"event_id": "E1", "outcome": "accepted"}
    with asking(reply(202, {"events": [outcome]})) as (client, server):
        assert client.send_events([event]) == [outcome]
    [sent] = server.asked[0].body["events"]
    assert (sent["timestamp"], "brand" in sent) == ("2026-05-01T09:00:00+00:00", False)


def test_a_conflict_is_raised_after_all_was_sent(asking: Asking, reply: Any) -> None:
    told = [{"event_id": f"E{number}", "outcome": what} for number, what in enumerate(("conflict", "accepted"))]
    replies = [reply(409, problem("conflict") | {"events": told[:1]}), reply(202, {"events": told[1:]})]
    with asking(*replies, batch_size=1) as (client, server):
        with pytest.raises(ConflictError) as raised:
            client.send_events([{"event_id": "E0"}, {"event_id": "E1"}])
        assert len(server.asked) == 2
    assert (raised.value.outcomes, raised.value.status) == (told, 409)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequestError),
        (401, NotAuthorizedError),
        (403, NotAuthorizedError),
        (404, NotFoundError),
        (409, ConflictError),
        (413, InvalidRequestError),
        (422, InvalidRequestError),
        (500, ClientError),
    ],
)
def test_a_refusal_is_an_error_of_its_kind_and_not_asked_again(
    asking: Asking, reply: Any, status: int, kind: type[ClientError]
) -> None:
    calls: list[Callable[[Client], object]] = [
        lambda client: client.match("H1", "Dermiqo"),
        lambda client: list(client.match_batch(ITEMS)),
        lambda client: client.hcp("H1"),
        lambda client: client.module("M1"),
        lambda client: client.send_events([{"event_id": "E1"}]),  # type: ignore[typeddict-item]
    ]
    with asking(reply(status, problem("some_code", field="brand"))) as (client, server):
        for call in calls:
            with pytest.raises(HcplensError) as raised:
                call(client)
            assert type(raised.value) is kind
            error = vars(raised.value)
            assert [error[name] for name in ("status", "code", "message", "field")] == [
                *(status, "some_code", "what is wrong", "brand")
            ]
            assert str(raised.value) == "what is wrong (some_code)"
        assert len(server.asked) == len(calls)


@pytest.mark.parametrize("body", [b"<html>", {"error": "no"}, ["x"], {"detail": "x"}])
def test_an_answer_of_something_else_is_still_a_clear_error(asking: Asking, reply: Any, body: object) -> None:
    with asking(reply(404, body)) as (client, _), pytest.raises(NotFoundError, match="status 404 without a reason"):
        client.hcp("H1")


def test_a_page_of_something_else_is_no_answer(asking: Asking, reply: Any) -> None:
    with asking(reply(200, b"<html>")) as (client, _), pytest.raises(ClientError, match="the address of the service"):
        client.hcp("H1")


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
def test_ready_asks_once(asking: Asking, reply: Any, status: int, ready: bool, waits: list[float]) -> None:
    with asking(reply(status, {})) as (client, server):
        assert client.ready() is ready
        assert [asked.path for asked in server.asked] == ["/readyz"]
    assert not waits


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("localhost:8000", "hcpl_x"),
        ("ftp://x", "hcpl_x"),
        ("http://", "hcpl_x"),
        ("http://x:port", "hcpl_x"),
        ("http://x", ""),
        ("http://x", "a b"),
        ("http://x", "é"),
        ("http://x", "a\n"),
    ],
)
def test_an_address_or_a_key_that_cannot_be_is_said_at_once(url: str, key: str) -> None:
    with pytest.raises(InputError, match=r"base_url|api_key"):
        Client(url, key)


def test_the_key_is_not_shown(asking: Asking, reply: Any, key: str) -> None:
    with asking(reply(401, problem("unauthenticated"))) as (client, _):
        assert key not in repr(client)
        with pytest.raises(NotAuthorizedError) as raised:
            client.hcp("H1")
    assert key not in str(raised.value)
    assert isinstance(UnavailableError(None, "a", "b"), HcplensError)
