"""A local model, held to the schema, behind an endpoint that fails in every way: each question has one outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hcplens import Annotator, InsightModel
from hcplens.inference.assist import Adjudicator, AssistedAnnotator
from hcplens.inference.insights import GoldNote
from hcplens.prompts import AnswerCache, Completion, Endpoint, LocalModel, Rehearsal, Request
from hcplens.retries import Retries

NOTES, TRIES = 12, 4
FAULTS: list[list[dict[str, Any]]] = [
    [],
    [{"fault": "reset"}],
    [{"status": 429, "headers": {"Retry-After": "1"}, "body": {"error": "slow down"}}] * 2,
    [{"body": {"choices": [{"message": {"content": '{"answer": "yes"}'}}]}, "fault": "cut"}],
    [{"body": b"<html>not today</html>"}, {"body": b'{"choices": [{"mess'}, {"status": 503, "body": {}}],
    [{"fault": "stall"}],
    [{"status": 500, "body": b"oops"}] * TRIES,
]
"""What comes before the answer, question by question and round and round; the last is never answered."""


@pytest.fixture(scope="module")
def notes(gold_notes: list[GoldNote]) -> list[GoldNote]:
    return gold_notes[:NOTES]


@pytest.fixture(scope="module")
def verdicts(
    notes: list[GoldNote], insights: InsightModel, instruct_model: LocalModel, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What SmolLM2-135M-Instruct writes to each question, held to the schema, in the order in which they are asked."""
    asked: list[Request] = []
    with (
        Endpoint("http://127.0.0.1:9/v1", "mini") as nobody,
        AnswerCache(tmp_path_factory.mktemp("none") / "answers.sqlite") as answers,
    ):
        model = Rehearsal(nobody, lambda request: asked.append(request) if isinstance(request, Request) else None)
        read(notes, insights, model, answers)
    said = {outcome.place: outcome.result for outcome in instruct_model.complete(asked)}
    found = {asked[place].user: result for place, result in said.items()}
    assert all(isinstance(result, Completion) for result in found.values())
    return {user: result.text for user, result in found.items() if isinstance(result, Completion)}


def read(notes: list[GoldNote], insights: InsightModel, model: Any, answers: AnswerCache) -> AssistedAnnotator:
    """The notes, read with a model beside the one that ships."""
    reader = AssistedAnnotator(Annotator(insights), Adjudicator(insights, model, answers))
    annotations = reader.annotate([note.text for note in notes], [note.brand for note in notes])
    alone = Annotator(insights).annotate([note.text for note in notes])
    assert [annotation.statements for annotation in annotations] == [annotation.statements for annotation in alone]
    return reader


def test_each_question_is_answered_or_counted_as_failed_and_the_next_run_asks_only_what_failed(
    notes: list[GoldNote],
    insights: InsightModel,
    verdicts: dict[str, str],
    serving: Callable[..., Any],
    reply: Any,
    completion: Callable[..., Any],
    answers: AnswerCache,
) -> None:
    plans = {user: FAULTS[place % len(FAULTS)] for place, user in enumerate(verdicts)}
    answered: list[str] = []

    def script(body: dict[str, Any], time: int) -> Any:
        user = body["messages"][1]["content"]
        assert "response_format" in body
        if time < len(plans[user]):
            return reply(**plans[user][time])
        answered.append(user)
        return completion(verdicts[user])

    patience = Retries(tries=TRIES, sleep=lambda _: None)
    with serving(script) as server, Endpoint(server.url, "mini", retries=patience, timeout=5.0) as model:
        first = read(notes, insights, model, answers).tally
        hopeless = [user for user, plan in plans.items() if len(plan) == TRIES]
        assert first.asked == len(verdicts) == first.answered + first.failed
        assert len(verdicts) > len(FAULTS)
        assert first.failed == len(hopeless) > 0
        assert sorted(answered) == sorted(verdicts.keys() - set(hopeless))
        again = read(notes, insights, model, answers).tally
    assert (again.from_cache, again.answered, again.failed) == (first.answered, first.asked, 0)
    assert sorted(answered) == sorted(verdicts)
