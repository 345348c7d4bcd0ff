"""Matches over HTTP are those of the library, and what was chosen is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from hcplens.inference.matching import EpsilonGreedy
from hcplens.inference.service.bodies import BatchRequest
from hcplens.inference.service.roles import Role
from hcplens.inference.service.settings import ServiceSettings

ASK = {"hcp_id": "H1", "brand": "Dermiqo"}


def matched(world: Any, **changes: object) -> dict[str, Any]:
    answer = world.client().post("/v1/match", json=ASK | changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_answer_is_that_of_the_library(shared_world: Any) -> None:
    matcher = shared_world.service.engine.snapshot.matcher
    today = datetime.now(UTC).date()
    assert matched(shared_world, k=2) == matcher.match("H1", "Dermiqo", k=2, as_of=today).to_json()
    asked = {"channel": "email", "as_of": "2026-10-01", "indication": "psoriasis"}
    expected = matcher.match("H1", "Dermiqo", channel="email", as_of=date(2026, 10, 1), indication="psoriasis")
    assert matched(shared_world, **asked) == expected.to_json()
    answering = matcher.match("H3", "Dermiqo", as_of=today, only_answering=True)
    assert answering.modules == () != matcher.match("H3", "Dermiqo", as_of=today).modules
    assert matched(shared_world, hcp_id="H3", only_answering=True) == answering.to_json()


def test_every_choice_is_kept_with_its_propensity_and_candidates(make_world: Callable[..., Any]) -> None:
    with make_world(policy=EpsilonGreedy(0.5)) as world:
        told = [module for hcp_id in ("H1", "H2") for module in matched(world, hcp_id=hcp_id)["modules"]]
        kept = {decision.decision_id: decision for decision in world.service.store.decisions()}
        assert len(told) == 6
        for module in told:
            decision = kept[module["decision_id"]]
            assert (decision.module_id, decision.channel) == (module["module_id"], module["channel"])
            assert decision.propensity == pytest.approx(module["propensity"], abs=1e-6)
            assert module["module_id"] in {candidate.module_id for candidate in decision.candidates}
        assert {decision.policy for decision in kept.values()} == {"epsilon-greedy"}


def test_a_batch_has_a_line_an_item_in_their_order(shared_world: Any) -> None:
    items = [
        ASK,
        {"hcp_id": "NOBODY", "brand": "Dermiqo"},
        {"hcp_id": "H2", "brand": "Nothing"},
        {"hcp_id": "H2", "brand": "dermiqo", "k": 1},
        ASK | {"k": 51},
    ]
    answer = shared_world.client().post("/v1/match/batch", json={"items": items})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.content.splitlines()]
    assert lines[0] == matched(shared_world)
    assert lines[1]["error"]["code"] == "unknown_physician"
    assert lines[1]["error"]["field"] == "items.1.hcp_id"
    assert lines[2]["error"] == {
        "code": "unknown_brand",
        "message": "brand 'Nothing' is not known here",
        "field": "items.2.brand",
    }
    assert (lines[3]["hcp_id"], len(lines[3]["modules"])) == ("H2", 1)
    assert lines[4]["error"]["field"] == "items.4.k"


def test_what_fails_in_one_item_leaves_the_others(shared_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = shared_world.service.engine.snapshot.matcher
    whole = matcher.match

    def fails_for_h2(hcp_id: str, *rest: Any, **options: Any) -> Any:
        if hcp_id == "H2":
            raise KeyError("a quote of somebody")
        return whole(hcp_id, *rest, **options)

    monkeypatch.setattr(matcher, "match", fails_for_h2)
    items = [ASK | {"hcp_id": hcp_id} for hcp_id in ("H2", "H1")]
    lines = shared_world.client().post("/v1/match/batch", json={"items": items}).content.splitlines()
    assert json.loads(lines[0])["error"]["code"] == "internal"
    assert json.loads(lines[1])["hcp_id"] == "H1"
    assert "somebody" not in shared_world.lines.getvalue()


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"hcp_id": "NOBODY"}, 404, "hcp_id"),
        ({"brand": "Nothing"}, 404, "brand"),
        ({"channel": "pigeon"}, 422, "channel"),
        ({"k": 0}, 422, "k"),
        ({"k": 51}, 422, "k"),
        ({"k": "3"}, 422, "k"),
        ({"as_of": "yesterday"}, 422, "as_of"),
        ({"as_of": "9999-12-31"}, 422, "as_of"),
        ({"as_of": 1_789_084_800}, 422, "as_of"),
        ({"as_of": "1789084800"}, 422, "as_of"),
        ({"hcp_id": ""}, 422, "hcp_id"),
        ({"hcp_id": None}, 422, "hcp_id"),
        ({"collour": "red"}, 422, "collour"),
        ({"indication": "two words"}, 422, None),
    ],
)
def test_a_wrong_field_is_named_with_its_value(
    shared_world: Any, asked: dict[str, Any], status: int, field: str | None
) -> None:
    answer = shared_world.client().post("/v1/match", json=ASK | asked)
    error = answer.json()["error"]
    assert (answer.status_code, error.get("field")) == (status, field)
    [value] = asked.values()
    assert repr(value) in error["message"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[1e999]" * 3, b'{"hcp_id": "\\ud800", "brand": "Dermiqo"}', b""])
def test_a_body_that_is_no_json_is_said_to_be_so(shared_world: Any, body: bytes) -> None:
    answer = shared_world.client().post("/v1/match", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert set(answer.json()["error"]) <= {"code", "message", "field"}


def test_an_unknown_route_and_a_wrong_method_have_the_same_shape(shared_world: Any) -> None:
    assert shared_world.client().get("/v2/match").json()["error"]["code"] == "not_found"
    assert shared_world.client().get("/v1/match").json()["error"]["code"] == "method_not_allowed"


def test_a_module_is_the_one_of_the_catalogue(shared_world: Any) -> None:
    module = shared_world.client().get("/v1/modules/M2").json()
    assert (module["module_id"], module["text"]) == ("M2", "How coverage is approved.")
    assert shared_world.client().get("/v1/modules/M9").status_code == 404


def test_a_physician_is_what_inspect_says(shared_world: Any) -> None:
    from hcplens.inference.inspecting import inspect_run
    from hcplens.inference.runs import Run

    run = Run.open(shared_world.sources.run)
    for hcp_id in ("H1", "H2"):
        answer = shared_world.client(Role.ANALYST).get(f"/v1/hcps/{hcp_id}")
        assert answer.json() == json.loads(json.dumps(inspect_run(run, hcp_id=hcp_id)))
    [expected] = shared_world.client(Role.ANALYST).get("/v1/hcps/H3").json()
    assert (expected["known"], expected["like_physicians"]) == ("segment", 0)
    assert "nor of 5 like physicians" in expected["why"]
    assert [entry["topic"] for entry in expected["barriers"]] == ["coverage"]
    assert shared_world.client(Role.ANALYST).get("/v1/hcps/NOBODY").json()["error"]["code"] == "unknown_physician"


def test_settings_have_no_bound_of_nothing() -> None:
    from hcplens.errors import InputError

    with pytest.raises(InputError, match="burst is 0"):
        ServiceSettings(burst=0)


@pytest.mark.parametrize(
    "body", [{"items": [0] * 5000}, {"items": [{str(number): 0 for number in range(5000)}]}, dict.fromkeys("abc" * 99)]
)
def test_of_thousands_of_mistakes_only_the_first_is_looked_for(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as told:
        BatchRequest.model_validate(body)
    assert told.value.error_count() <= 4


@pytest.mark.parametrize("path", ["/v1/match", "/v1/match/batch", "/v1/events"])
@pytest.mark.parametrize("body", [b"[" * 500_000, b'{"k":' * 50_000, b'{"k":' + b"9" * 5000 + b"}", b'{"\\ud800":0}'])
def test_no_json_however_odd_is_an_error_of_ours(shared_world: Any, path: str, body: bytes) -> None:
    answer = shared_world.client().post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
