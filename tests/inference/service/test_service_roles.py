"""Every role at every route, written out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from hcplens.errors import HcplensError
from hcplens.inference.service.app import create_routes
from hcplens.inference.service.assignments import Assignments
from hcplens.inference.service.problems import ServiceError
from hcplens.inference.service.roles import Principal, Role

MATCH = ("POST", "/v1/match", {"hcp_id": "H1", "brand": "Dermiqo"})
BATCH = ("POST", "/v1/match/batch", {"items": [{"hcp_id": "H1", "brand": "Dermiqo"}]})
HCP = ("GET", "/v1/hcps/H1", None)
MODULE = ("GET", "/v1/modules/M1", None)
EVENT = {"event_id": "E-roles", "hcp_id": "H1", "timestamp": "2026-10-01T09:00:00Z", "channel": "website"}
EVENTS = ("POST", "/v1/events", {"events": [EVENT | {"action": "viewed"}]})
METRICS = ("GET", "/metrics", None)
HEALTH = ("GET", "/healthz", None)
READY = ("GET", "/readyz", None)

# route: nobody, service, analyst, rep, admin
MATRIX = {
    MATCH[:2]: (401, 200, 200, 200, 200),
    BATCH[:2]: (401, 200, 200, 403, 200),
    HCP[:2]: (401, 403, 200, 200, 200),
    MODULE[:2]: (401, 200, 200, 200, 200),
    EVENTS[:2]: (401, 202, 403, 403, 202),
    METRICS[:2]: (401, 200, 403, 403, 200),
    HEALTH[:2]: (200, 200, 200, 200, 200),
    READY[:2]: (200, 200, 200, 200, 200),
}
ROUTES = (MATCH, BATCH, HCP, MODULE, EVENTS, METRICS, HEALTH, READY)
WHO = (None, Role.SERVICE, Role.ANALYST, Role.REP, Role.ADMIN)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route[1])
@pytest.mark.parametrize("role", WHO, ids=lambda role: role or "nobody")
def test_each_role_reaches_what_its_work_needs(shared_world: Any, role: Role | None, route: Any) -> None:
    method, path, body = route
    answer = shared_world.client(role).request(method, path, json=body)
    assert answer.status_code == MATRIX[method, path][WHO.index(role)]
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["error"]["code"] == "unauthenticated"
    if answer.status_code == 403:
        assert answer.json()["error"]["code"] == "forbidden"


def test_the_matrix_has_every_route(shared_world: Any) -> None:
    described = {
        (method.upper(), path.replace("{hcp_id}", "H1").replace("{module_id}", "M1"))
        for path, methods in create_routes(shared_world.service).openapi()["paths"].items()
        for method in methods
    }
    assert described == set(MATRIX)
    assert len(WHO) == 1 + len(Role)


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "bearer \u00e9"])
def test_what_is_no_key_opens_nothing(shared_world: Any, sent: str) -> None:
    headers = {"Authorization": sent.encode()}
    answer = shared_world.client(None).get("/v1/modules/M1", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


def test_a_revoked_key_opens_nothing_from_the_next_request_on(shared_world: Any) -> None:
    record, secret = shared_world.service.store.add_key(Role.ANALYST, name="leaves soon")
    client = shared_world.client(key=secret)
    assert client.get("/v1/modules/M1").status_code == 200
    shared_world.service.store.revoke_key(record.key_id)
    assert client.get("/v1/modules/M1").status_code == 401


def test_without_a_key_not_even_the_body_is_looked_at(shared_world: Any) -> None:
    answer = shared_world.client(None).post("/v1/match", content=b"no JSON")
    assert answer.status_code == 401


@pytest.mark.parametrize("hcp_id", ["H2", "H3", "NOBODY"])
def test_a_rep_learns_nothing_of_physicians_of_others_not_even_whether_they_exist(
    shared_world: Any, hcp_id: str
) -> None:
    client = shared_world.client(Role.REP)
    answers = [
        client.get(f"/v1/hcps/{hcp_id}"),
        client.post("/v1/match", json={"hcp_id": hcp_id, "brand": "Dermiqo"}),
        client.post("/v1/match", json={"hcp_id": hcp_id, "brand": "Nothing of that name"}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert {answer.content for answer in answers} == {
        b'{"error":{"code":"not_assigned","message":"no such physician is assigned to this representative",'
        b'"field":"hcp_id"}}'
    }


def test_a_rep_is_told_that_an_assigned_physician_is_not_known(shared_world: Any) -> None:
    assert shared_world.client(Role.REP).get("/v1/hcps/H9").status_code == 404


def test_a_rep_without_assignments_sees_nobody(shared_world: Any) -> None:
    _, secret = shared_world.service.store.add_key(Role.REP, name="new here", rep_id="R3")
    assert shared_world.client(key=secret).get("/v1/hcps/H1").status_code == 403


def test_a_rep_of_whom_no_id_is_known_sees_nobody() -> None:
    with pytest.raises(ServiceError, match="no such physician"):
        Assignments({"": frozenset(), "R1": frozenset({"H1"})}).require(Principal("K", Role.REP), "H1")
    Assignments().require(Principal("K", Role.ANALYST), "H1")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "/v1/hcps/H2"),
        ("OPTIONS", "/v1/hcps/H2"),
        ("GET", "/v1/hcps/%48%32"),
        ("GET", "/v1/hcps/H1%2F..%2FH2"),
        ("GET", "//v1/hcps/H2"),
        ("GET", "/V1/hcps/H2"),
        ("GET", "/v1/hcps/H2%0A"),
        ("GET", "/v1/hcps/H2/"),
        ("GET", "/healthz%2F..%2Fmetrics"),
        ("GET", "/metrics%0A"),
        ("GET", "/metrics/"),
        ("HEAD", "/metrics"),
    ],
)
def test_no_spelling_of_a_path_opens_what_is_closed(shared_world: Any, method: str, path: str) -> None:
    headers = {"X-HTTP-Method-Override": "GET", "X-Original-URL": "/v1/hcps/H1"}
    answer = shared_world.client(Role.REP).request(method, path, headers=headers)
    assert answer.status_code in (403, 404, 405)
    assert shared_world.client(None).request(method, path).status_code == 401


def test_where_keys_cannot_be_looked_up_it_is_said_to_come_again(
    shared_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: str) -> None:
        raise HcplensError("another process has held the store")

    with monkeypatch.context() as patch:
        patch.setattr(shared_world.service.store, "principal", refuses)
        answer = shared_world.client().get("/v1/modules/M1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"
