"""What OpenAPI says is true: no request that it allows, or does not, is an error of ours."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hcplens.inference.service.app import create_app, create_routes
from hcplens.inference.service.bodies import BatchRequest, EventsAnswer, EventsRequest, MatchRequest
from hcplens.inference.service.problems import Problem
from hcplens.inference.service.roles import Role

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def described(shared_world: Any) -> dict[str, Any]:
    return create_routes(shared_world.service).openapi()


@pytest.fixture(scope="module")
def schema(shared_world: Any, described: dict[str, Any]) -> Any:
    app = create_app(shared_world.service)
    return schemathesis.openapi.from_dict(described), app


OPERATIONS = [
    ("POST", "/v1/match"),
    ("POST", "/v1/match/batch"),
    ("GET", "/v1/hcps/{hcp_id}"),
    ("GET", "/v1/modules/{module_id}"),
    ("POST", "/v1/events"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nothing_that_is_sent_makes_the_service_fail(shared_world: Any, schema: Any, method: str, path: str) -> None:
    operation = schema[0][path][method]

    @hypothesis.given(case=operation.as_strategy())
    @hypothesis.settings(max_examples=15, database=None, suppress_health_check=list(hypothesis.HealthCheck))
    def ask(case: Any) -> None:
        case.call_and_validate(
            base_url=shared_world.url,
            headers={"Authorization": f"Bearer {shared_world.keys[Role.ADMIN]}"},
            checks=CHECKS,
        )

    ask()


def test_every_operation_is_tried(described: dict[str, Any]) -> None:
    found = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert found == set(OPERATIONS)


def test_the_description_is_open_and_its_examples_are_valid(shared_world: Any, described: dict[str, Any]) -> None:
    assert shared_world.client(None).get("/openapi.json").json()["paths"].keys() == described["paths"].keys()
    schemas = described["components"]["schemas"]
    for model in (MatchRequest, BatchRequest, EventsRequest, EventsAnswer):
        assert model.model_validate(schemas[model.__name__]["example"])
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            for status, answer in operation["responses"].items():
                assert answer["content"], (path, status)


def test_every_problem_has_the_shape_that_is_described(shared_world: Any) -> None:
    for answer in (
        shared_world.client(None).get("/v1/modules/M1"),
        shared_world.client().get("/v1/hcps/H1"),
        shared_world.client().get("/v1/modules/M9"),
        shared_world.client().post("/v1/match", json={}),
    ):
        assert Problem.model_validate(answer.json()).error.code
