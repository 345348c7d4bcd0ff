"""The client that ships, against the service itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from hcplens import Client
from hcplens.inference.client import (
    ConflictError,
    InvalidRequestError,
    MatchItem,
    NotAuthorizedError,
    NotFoundError,
    Retries,
    UnavailableError,
)
from hcplens.inference.client.shapes import MatchAnswer, MatchedModule, PhysicianProfile
from hcplens.inference.service.roles import Role
from hcplens.inference.service.settings import ServiceSettings

EVENT: Any = {"hcp_id": "H2", "channel": "website", "action": "viewed"}


@pytest.fixture
def client(shared_world: Any) -> Iterator[Client]:
    with Client(shared_world.url, shared_world.keys[Role.ADMIN], timeout=30) as opened:
        yield opened


def test_answers_have_the_fields_that_the_types_name(client: Client) -> None:
    assert client.ready()
    answer = client.match("H1", "Dermiqo", channel="email", k=2)
    assert answer.keys() == MatchAnswer.__annotations__.keys()
    assert len(answer["modules"]) == 2
    for module in answer["modules"]:
        assert module.keys() == MatchedModule.__annotations__.keys()
    [profile] = client.hcp("H1")
    assert profile.keys() == PhysicianProfile.__annotations__.keys()
    assert client.module("M1")["module_id"] == "M1"


def test_a_batch_is_answered_in_its_order_with_errors_in_their_place(client: Client) -> None:
    items = [MatchItem(hcp_id=name, brand="Dermiqo", k=1) for name in ("H1", "nobody", "H2")]
    first, second, third = client.match_batch(items)
    assert first.answer == client.match("H1", "Dermiqo", k=1)
    assert third.answer
    assert third.answer["hcp_id"] == "H2"
    assert second.error
    assert (second.error.code, second.error.field) == ("unknown_physician", "items.1.hcp_id")


def test_events_are_taken_once_and_a_conflict_names_what_became_of_all(client: Client) -> None:
    event = EVENT | {"event_id": "client-1", "timestamp": datetime(2026, 9, 1, 9, tzinfo=UTC)}
    assert client.send_events([event]) == [{"event_id": "client-1", "outcome": "accepted"}]
    assert client.send_events([event]) == [{"event_id": "client-1", "outcome": "duplicate"}]
    with pytest.raises(ConflictError, match="client-1") as raised:
        client.send_events([event | {"action": "clicked"}, event | {"event_id": "client-2"}])
    assert [told["outcome"] for told in raised.value.outcomes] == ["conflict", "accepted"]


def test_refusals_are_errors_of_their_kind(client: Client, shared_world: Any) -> None:
    with pytest.raises(NotFoundError, match="nobody") as unknown:
        client.hcp("nobody")
    assert (unknown.value.status, unknown.value.field) == (404, "hcp_id")
    with pytest.raises(InvalidRequestError, match="carrier pigeon") as wrong:
        client.match("H1", "Dermiqo", channel="carrier pigeon")
    assert (wrong.value.status, wrong.value.field) == (422, "channel")
    with Client(shared_world.url, "hcpl_unknown") as stranger, pytest.raises(NotAuthorizedError):
        stranger.match("H1", "Dermiqo")
    with (
        Client(shared_world.url, shared_world.keys[Role.REP]) as rep,
        pytest.raises(NotAuthorizedError, match="may not"),
    ):
        rep.send_events([EVENT | {"event_id": "rep-1", "timestamp": "2026-09-01T09:00:00Z"}])


def test_too_many_requests_are_waited_for_as_long_as_the_service_says(make_world: Callable[..., Any]) -> None:
    waits: list[float] = []
    retries = Retries(tries=2, sleep=waits.append)

    def ask_on(client: Client) -> None:
        while True:
            client.module("M1")

    with make_world(ServiceSettings(burst=1, requests_per_second=0.1)) as world:
        key = world.keys[Role.SERVICE]
        with Client(world.url, key, retries=retries) as client, pytest.raises(UnavailableError, match="too often"):
            ask_on(client)
    assert waits[0] >= 1
