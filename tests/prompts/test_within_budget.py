from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens import InputError
from hcplens.prompts import (
    ChoiceRequest,
    Completion,
    Failure,
    LocalModel,
    Outcome,
    PromptId,
    Rehearsal,
    Request,
    Usage,
    WithinBudget,
)

PROMPT = PromptId("mine", "v1", "0" * 64)
DEAREST = 3 + 3 + 5 + 64


class Thrifty:
    """Reads few tokens of what it might."""

    name, digest, can_score = "thrifty", "1" * 64, True

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self.asked = 0

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        raise NotImplementedError

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        for place in reversed(range(len(requests))):
            self.asked += 1
            yield Outcome(place, Completion(f'"{requests[place].user}"', Usage(self.tokens)))


def questions(count: int) -> list[ChoiceRequest]:
    return [ChoiceRequest(PROMPT, "Say", f"{number:03}", ("yes", "no")) for number in range(count)]


@given(count=st.integers(0, 30), tokens=st.integers(0, 2000), each=st.integers(0, DEAREST))
def test_a_budget_is_never_overdrawn_and_goes_as_far_as_it_can(count: int, tokens: int, each: int) -> None:
    model = Thrifty(each)
    outcomes = list(WithinBudget(model, tokens).score_choices(questions(count)))
    answered = {outcome.place for outcome in outcomes if isinstance(outcome.result, Completion)}
    assert sorted(outcome.place for outcome in outcomes) == list(range(count))
    assert answered == set(range(model.asked))
    assert model.asked * each <= tokens
    assert model.asked == count or tokens - model.asked * each < DEAREST
    for outcome in outcomes:
        if isinstance(outcome.result, Completion):
            assert outcome.result.text == f'"{outcome.place:03}"'
        else:
            assert outcome.result == Failure(f"the budget of {tokens} tokens does not pay for another request")


def test_a_budget_lasts_over_several_calls() -> None:
    model = Thrifty(50)
    within = WithinBudget(model, 2 * DEAREST)
    for _ in range(3):
        list(within.score_choices(questions(1)))
    assert model.asked == 2


def test_an_answer_is_paid_for_in_full_before_it_is_asked_for(
    asked: Callable[..., Request], tiny_model: LocalModel
) -> None:
    request = asked("Well?", max_tokens=20)
    needed = len(request.system) + len(request.user) + len(request.schema) + 64 + 20
    [poor] = WithinBudget(tiny_model, needed - 1).complete([request])
    [rich] = WithinBudget(tiny_model, needed).complete([request])
    assert isinstance(poor.result, Failure)
    assert isinstance(rich.result, Completion)
    assert rich.result.usage.prompt_tokens + rich.result.usage.answer_tokens <= needed


def test_it_goes_by_the_name_and_digest_of_its_model(tiny_model: LocalModel) -> None:
    within = WithinBudget(tiny_model, 10)
    assert (within.name, within.digest, within.can_score) == (tiny_model.name, tiny_model.digest, True)


def test_a_budget_below_nothing_is_refused(tiny_model: LocalModel) -> None:
    with pytest.raises(InputError, match="-1"):
        WithinBudget(tiny_model, -1)


def test_a_rehearsal_tells_every_request_and_sends_none(asked: Callable[..., Request]) -> None:
    model, told = Thrifty(1), list[Any]()
    rehearsal = Rehearsal(model, told.append)
    outcomes = [*rehearsal.complete([asked("a"), asked("b")]), *rehearsal.score_choices(questions(1))]
    assert [request.user for request in told] == ["a", "b", "000"]
    assert all(isinstance(outcome.result, Failure) for outcome in outcomes)
    assert [outcome.place for outcome in outcomes] == [0, 1, 0]
    assert model.asked == 0
    assert (rehearsal.name, rehearsal.digest, rehearsal.can_score) == (model.name, model.digest, True)
