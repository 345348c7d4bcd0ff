"""What holds for every language model, whoever answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hcplens.prompts import (
    ChoiceRequest,
    Completion,
    LanguageModel,
    LocalModel,
    PromptId,
    Request,
    ScoringNotSupportedError,
)
from hcplens.prompts.answer_schema import fault_of
from hcplens.prompts.endpoint import Endpoint

Asked = Callable[..., Request]


@pytest.fixture(params=["local", "endpoint"])
def model(
    request: pytest.FixtureRequest, tiny_model: LocalModel, serving: Callable[..., Any], completion: Any
) -> Iterator[LanguageModel]:
    if request.param == "local":
        yield tiny_model
        return
    with (
        serving(lambda body, time: completion('{"says": "no"}')) as server,
        Endpoint(server.url, "mini") as endpoint,
    ):
        yield endpoint


def test_each_request_has_one_outcome_that_matches_its_schema(model: LanguageModel, asked: Asked) -> None:
    requests = [asked(f"Well, {number}?") for number in range(11)]
    outcomes = list(model.complete(requests))
    assert sorted(outcome.place for outcome in outcomes) == list(range(11))
    for outcome in outcomes:
        assert isinstance(outcome.result, Completion)
        assert fault_of(outcome.result.text, requests[outcome.place].schema) is None
        assert outcome.result.usage.answer_tokens > 0


def test_nothing_asked_is_nothing_answered(model: LanguageModel) -> None:
    assert list(model.complete([])) == []


def test_a_model_has_a_name_and_a_digest_that_stay(model: LanguageModel) -> None:
    assert model.name
    assert re.fullmatch("[0-9a-f]{64}", model.digest)
    assert model.digest == model.digest


def test_a_model_scores_if_it_says_that_it_can(model: LanguageModel) -> None:
    question = ChoiceRequest(PromptId("mine", "v1", "0" * 64), "Say.", "Well?", ("yes", "no"))
    if not model.can_score:
        with pytest.raises(ScoringNotSupportedError):
            list(model.score_choices([question]))
        return
    [outcome] = model.score_choices([question])
    assert isinstance(outcome.result, Completion)
    scores = json.loads(outcome.result.text)
    assert list(scores) == ["yes", "no"]
    assert all(score <= 0 for score in scores.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"says": "yes"}', None),
        ('{"says": "perhaps"}', 'says: the value is not one of "yes" or "no"'),
        ('{"says": "yes"', "not valid JSON"),
        ('["yes"]', "the answer: "),
        ('{"says": NaN}', "not valid JSON"),
        ('{"says": "\\udc00"}', "not valid JSON"),
        ('{"says": ' + "[" * 300 + "]" * 300 + "}", "nested too deeply"),
    ],
)
def test_the_fault_of_an_answer_is_told_in_one_line(asked: Asked, text: str, words: str | None) -> None:
    fault = fault_of(text, asked().schema)
    assert (fault is None) == (words is None)
    assert words is None or (words in (fault or "") and "\n" not in (fault or ""))
