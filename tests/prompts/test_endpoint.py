"""An endpoint that answers well, badly, late, by halves or not at all: every request has its outcome, and once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from threading import Barrier, Lock
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.prompts import ChoiceRequest, Completion, Failure, PromptId, Request, ScoringNotSupportedError, Usage
from hcplens.prompts.answer_cache import AnswerCache
from hcplens.prompts.asking import ask_all
from hcplens.prompts.budget import Budget
from hcplens.prompts.endpoint import Endpoint
from hcplens.prompts.endpoint_connection import EndpointRefusedError
from hcplens.retries import Retries

Asked = Callable[..., Request]
Serving = Callable[..., Any]
Body = dict[str, Any]
YES = '{"says": "yes"}'


def endpoint(url: str, tries: int = 3, **options: Any) -> Endpoint:
    """One that never sleeps."""
    return Endpoint(url, "mini", retries=Retries(tries=tries, sleep=lambda _: None), **options)


def results(model: Endpoint, requests: list[Request]) -> list[Completion | Failure]:
    outcomes = list(model.complete(requests))
    found = {outcome.place: outcome.result for outcome in outcomes}
    assert sorted(outcome.place for outcome in outcomes) == list(range(len(requests)))
    return [found[place] for place in range(len(requests))]


def only_result(model: Endpoint, request: Request) -> Completion | Failure:
    [result] = results(model, [request])
    return result


def test_a_request_is_sent_as_the_chat_shape_has_it(serving: Serving, completion: Any, asked: Asked) -> None:
    with serving(lambda body, time: completion(YES)) as server, endpoint(server.url, api_key="sk-1") as model:
        found = only_result(model, asked("Well?", system="Say.", max_tokens=9, temperature=0.5, seed=3))
    assert found == Completion(YES, Usage(10, 5))
    [body] = server.bodies
    assert body["messages"] == [{"role": "system", "content": "Say."}, {"role": "user", "content": "Well?"}]
    assert (body["model"], body["max_tokens"], body["temperature"], body["seed"]) == ("mini", 9, 0.5, 3)
    shape = body["response_format"]
    assert (shape["type"], shape["json_schema"]["strict"]) == ("json_schema", True)
    assert shape["json_schema"]["schema"] == json.loads(asked().schema)
    assert server.paths == ["/v1/chat/completions"]
    assert server.heads[0]["Authorization"] == "Bearer sk-1"


def test_fields_may_be_added_and_taken_away(serving: Serving, completion: Any, asked: Asked) -> None:
    parameters = {"seed": None, "max_tokens": None, "max_completion_tokens": 7}
    with serving(lambda body, time: completion(YES)) as server, endpoint(server.url, parameters=parameters) as model:
        only_result(model, asked())
    assert "seed" not in server.bodies[0]
    assert "max_tokens" not in server.bodies[0]
    assert server.bodies[0]["max_completion_tokens"] == 7


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{YES}\n```",
        f"<think>\nyes or no?\n</think>\n\n{YES}",
        f"\n {YES} ",
        f"<think></think>```\n{YES}\n```",
    ],
)
def test_thoughts_and_fences_around_an_answer_are_taken_off(
    serving: Serving, completion: Any, asked: Asked, text: str
) -> None:
    with serving(lambda body, time: completion(text)) as server, endpoint(server.url) as model:
        assert only_result(model, asked()) == Completion(YES, Usage(10, 5))


def test_a_server_that_knows_no_schemas_is_told_them_and_is_not_tried_again(
    serving: Serving, reply: Any, completion: Any, asked: Asked
) -> None:
    def script(body: Body, time: int) -> Any:
        return reply(400, {"error": "response_format?"}) if "response_format" in body else completion(YES)

    with serving(script) as server, endpoint(server.url, at_once=1) as model:
        found = results(model, [asked("One?"), asked("Two?")])
    assert [type(result) for result in found] == [Completion] * 2
    assert ["response_format" in body for body in server.bodies] == [True, False, False]
    assert asked().schema in server.bodies[1]["messages"][0]["content"]


def test_a_server_that_takes_no_notice_of_schemas_is_told_them(serving: Serving, completion: Any, asked: Asked) -> None:
    def script(body: Body, time: int) -> Any:
        return completion(YES if asked().schema in body["messages"][0]["content"] else "Yes, why not?")

    with serving(script) as server, endpoint(server.url, at_once=1) as model:
        found = results(model, [asked("One?"), asked("Two?")])
    assert [type(result) for result in found] == [Completion] * 2
    assert len(server.bodies) == 3


def test_an_answer_that_does_not_match_is_asked_for_again_with_what_is_wrong(
    serving: Serving, completion: Any, asked: Asked
) -> None:
    tries = ['{"says": "perhaps"}', "Yes!", YES]
    with serving(lambda body, time: completion(tries[time])) as server, endpoint(server.url) as model:
        assert only_result(model, asked()) == Completion(YES, Usage(30, 15))
    *_, wrong, told = server.bodies[1]["messages"]
    assert wrong == {"role": "assistant", "content": tries[0]}
    assert "says: the value is not one of" in told["content"]


@pytest.mark.parametrize(
    "text", ['{"says": "perhaps"}', '{"says": "yes", "more": 1}', "{", "", '{"says": "\\ud800"}', "[" * 9**5]
)
def test_an_answer_that_never_matches_is_a_failure_after_so_many_times(
    serving: Serving, completion: Any, asked: Asked, text: str
) -> None:
    with serving(lambda body, time: completion(text)) as server, endpoint(server.url, re_asks=1) as model:
        found = only_result(model, asked())
    assert isinstance(found, Failure)
    assert "no answer matched the schema, asked 2 times" in found.reason
    assert len(server.bodies) == 2


def test_a_schema_that_is_none_fails_its_request_alone(serving: Serving, completion: Any, asked: Asked) -> None:
    with serving(lambda body, time: completion(YES)) as server, endpoint(server.url) as model:
        failed, answered = results(model, [asked("One?", schema='{"type": "text"}'), asked("Two?")])
    assert isinstance(failed, Failure)
    assert "no JSON schema" in failed.reason
    assert isinstance(answered, Completion)


def test_an_answer_that_was_cut_short_is_not_asked_for_again(serving: Serving, completion: Any, asked: Asked) -> None:
    with serving(lambda body, time: completion('{"sa', finish="length")) as server, endpoint(server.url) as model:
        assert only_result(model, asked()) == Failure("the answer was not finished after max_tokens")
    assert len(server.bodies) == 1


def test_prose_without_end_is_asked_again_once_with_the_schema(serving: Serving, completion: Any, asked: Asked) -> None:
    def script(body: Body, time: int) -> Any:
        told = asked().schema in body["messages"][0]["content"]
        return completion(YES) if told and "One" in str(body) else completion("Yes, since the note", finish="length")

    with serving(script) as server, endpoint(server.url, at_once=1) as model:
        found = results(model, [asked("One?"), asked("Two?")])
    assert found == [Completion(YES, Usage(20, 10)), Failure("the answer was not finished after max_tokens")]
    assert [len(body["messages"]) for body in server.bodies] == [2, 4, 2]


FAULTS: dict[str, dict[str, Any]] = {
    "busy": {"status": 429, "headers": {"Retry-After": "1"}, "body": {"error": "slow down"}},
    "broken": {"status": 500, "body": b"oops"},
    "overloaded": {"status": 503, "body": {}},
    "unreachable behind a proxy": {"status": 522, "body": b""},
    "reset": {"fault": "reset"},
    "half": {"body": {"choices": [{"message": {"content": YES}}]}, "fault": "cut"},
    "garbage": {"body": b"<html>not today</html>"},
    "empty": {"body": b""},
    "other shape": {"body": {"choices": []}},
    "half of an object": {"body": b'{"choices": [{"mess'},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_may_go_better_is_asked_again(
    serving: Serving, reply: Any, completion: Any, asked: Asked, fault: str
) -> None:
    def script(body: Body, time: int) -> Any:
        return reply(**FAULTS[fault]) if time < 2 else completion(YES)

    with serving(script) as server, endpoint(server.url) as model:
        assert only_result(model, asked()) == Completion(YES, Usage(10, 5))
    assert len(server.bodies) == 3


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_not_asked_for_ever(serving: Serving, reply: Any, asked: Asked, fault: str) -> None:
    with serving(lambda body, time: reply(**FAULTS[fault])) as server, endpoint(server.url) as model:
        found = only_result(model, asked())
    assert isinstance(found, Failure)
    assert "tried 3 times" in found.reason
    assert len(server.bodies) == 3


@pytest.mark.parametrize("fault", ["stall", "endless"])
def test_an_answer_that_does_not_end_is_not_waited_for(
    serving: Serving, reply: Any, completion: Any, asked: Asked, fault: str
) -> None:
    def script(body: Body, time: int) -> Any:
        return reply(fault=fault, body=b"") if "late" in str(body["messages"]) else completion(YES)

    with serving(script) as server, endpoint(server.url, tries=2, timeout=0.2) as model:
        late, soon = results(model, [asked("late"), asked("soon")])
    assert isinstance(late, Failure)
    assert "no answer" in late.reason
    assert isinstance(soon, Completion)


def test_where_nobody_listens_every_request_says_so(serving: Serving, completion: Any, asked: Asked) -> None:
    with serving(lambda body, time: completion(YES)) as server:
        url = server.url
    with endpoint(url) as model:
        assert [type(result) for result in results(model, [asked("One?"), asked("Two?")])] == [Failure] * 2


@pytest.mark.parametrize("status", [400, 403, 413, 422])
def test_a_refusal_of_one_request_fails_that_one_alone(
    serving: Serving, reply: Any, completion: Any, asked: Asked, status: int
) -> None:
    def script(body: Body, time: int) -> Any:
        return reply(status, {"error": "too long"}) if "long" in str(body["messages"]) else completion(YES)

    with serving(script) as server, endpoint(server.url) as model:
        refused, answered = results(model, [asked("long"), asked("short")])
    assert isinstance(refused, Failure)
    assert f"status {status}" in refused.reason
    assert isinstance(answered, Completion)
    assert {"response_format" in body for body in server.bodies if "short" in str(body["messages"])} == {True}


@pytest.mark.parametrize("status", [401, 404])
def test_where_nobody_is_answered_the_run_stops(serving: Serving, reply: Any, asked: Asked, status: int) -> None:
    with (
        serving(lambda body, time: reply(status, {"error": "who?"})) as server,
        endpoint(server.url, at_once=1) as model,
        pytest.raises(EndpointRefusedError, match=f"status {status}.*who"),
    ):
        list(model.complete([asked(str(number)) for number in range(50)]))
    assert len(server.bodies) < 50


def test_no_redirect_is_followed(serving: Serving, reply: Any, completion: Any, asked: Asked) -> None:
    with serving(lambda body, time: completion(YES)) as elsewhere:
        moved = reply(307, {}, {"Location": f"{elsewhere.url}/chat/completions"})
        with serving(lambda body, time: moved) as server, endpoint(server.url) as model:
            assert isinstance(only_result(model, asked()), Failure)
    assert elsewhere.bodies == []


PLANS = st.lists(st.lists(st.sampled_from(sorted(FAULTS)), max_size=4), min_size=1, max_size=12)


@settings(max_examples=15)
@given(plans=PLANS)
def test_whatever_fails_each_request_has_one_outcome_and_is_answered_at_most_once(
    serving: Serving, reply: Any, completion: Any, asked: Asked, plans: list[list[str]]
) -> None:
    answered: Counter[str] = Counter()

    def script(body: Body, time: int) -> Any:
        user = body["messages"][1]["content"]
        plan = plans[int(user)]
        if time < len(plan):
            return reply(**FAULTS[plan[time]])
        answered[user] += 1
        return completion(YES)

    with serving(script) as server, endpoint(server.url, at_once=3) as model:
        found = results(model, [asked(str(number)) for number in range(len(plans))])
    assert [isinstance(result, Completion) for result in found] == [len(plan) < 3 for plan in plans]
    assert answered == Counter(str(number) for number, plan in enumerate(plans) if len(plan) < 3)


def test_just_as_many_requests_are_under_way_as_allowed(serving: Serving, completion: Any, asked: Asked) -> None:
    together, lock, under_way, seen = Barrier(2, timeout=60), Lock(), set[str](), set[int]()

    def script(body: Body, time: int) -> Any:
        user = body["messages"][1]["content"]
        with lock:
            under_way.add(user)
            seen.add(len(under_way))
        together.wait()
        with lock:
            under_way.remove(user)
        return completion(YES)

    with serving(script) as server, endpoint(server.url, at_once=2) as model:
        results(model, [asked(str(number)) for number in range(20)])
    assert max(seen) == 2


def test_a_spent_budget_fails_what_is_left_and_a_new_one_goes_on(
    serving: Serving, completion: Any, asked: Asked, answers: AnswerCache
) -> None:
    requests = [asked(f"{number:03}", max_tokens=50) for number in range(10)]
    with serving(lambda body, time: completion(YES, tokens=(60, 40))) as server:
        budget = Budget(tokens=600)
        with endpoint(server.url, budget=budget, at_once=1) as model:
            first = ask_all(model, requests, answers)
        done = [answer for answer in first if answer.failure is None]
        assert budget.spent.prompt_tokens + budget.spent.answer_tokens == 100 * len(done) <= 600
        assert len(server.bodies) == len(done) >= 2
        assert "the budget of 600 tokens" in (first[-1].failure or "")
        with endpoint(server.url) as model:
            again = ask_all(model, requests, answers)
        assert [answer.failure for answer in again] == [None] * 10
        assert max(server.times.values()) == 1


def test_tries_without_an_answer_count_in_the_budget_unless_the_server_said_no(
    serving: Serving, reply: Any, completion: Any, asked: Asked
) -> None:
    for fault, is_paid in (("garbage", True), ("busy", False)):
        budget = Budget()
        plan = [reply(**FAULTS[fault]), completion(YES)]
        with serving(lambda body, time, plan=plan: plan[time]) as server, endpoint(server.url, budget=budget) as model:
            only_result(model, asked(max_tokens=100))
        assert (budget.spent == Usage(10, 5)) is not is_paid
        assert budget.spent.answer_tokens == (105 if is_paid else 5)


def test_an_endpoint_that_counts_no_tokens_is_charged_the_most(serving: Serving, completion: Any, asked: Asked) -> None:
    budget = Budget()
    uncounted = completion(YES, tokens=None)
    with serving(lambda body, time: uncounted) as server, endpoint(server.url, budget=budget) as model:
        found = only_result(model, asked(max_tokens=100))
    assert isinstance(found, Completion)
    assert budget.spent == found.usage
    assert found.usage.answer_tokens == 100


def test_scores_are_said_to_be_not_supported(asked: Asked) -> None:
    with endpoint("http://127.0.0.1:9/v1") as model:
        assert not model.can_score
        with pytest.raises(ScoringNotSupportedError, match="local model"):
            model.score_choices([ChoiceRequest(PromptId("mine", "v1", ""), "", "", ("a", "b"))])


def test_the_digest_tells_endpoints_apart() -> None:
    address = "http://127.0.0.1:9/v1"
    models = [
        Endpoint(address, "mini"),
        Endpoint(address, "maxi"),
        Endpoint("http://127.0.0.2:9/v1", "mini"),
        Endpoint(address, "mini", parameters={"top_p": 0.9}),
        Endpoint(address, "mini", revision="2026-11"),
    ]
    assert len({model.digest for model in models}) == len(models)
    assert Endpoint(f"{address}/", "mini", api_key="sk", at_once=1).digest == models[0].digest
    for model in models:
        model.close()


@pytest.mark.parametrize("address", ["", "localhost:8000", "ftp://host/v1", "http://", "file:///etc"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="endpoint"):
        Endpoint(address, "mini")


@pytest.mark.parametrize(
    "options", [{"at_once": 0}, {"re_asks": -1}, {"timeout": 0}, {"api_key": " sk"}, {"api_key": "sk\r\nX: 1"}]
)
def test_settings_that_cannot_work_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Endpoint("http://127.0.0.1:9/v1", "mini", **options)
