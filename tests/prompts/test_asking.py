from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hcplens.prompts import ChoiceRequest, Completion, Failure, Outcome, PromptId, Request, Usage
from hcplens.prompts.answer_cache import AnswerCache
from hcplens.prompts.asking import ask_all, score_all
from hcplens.prompts.endpoint import Endpoint

Asked = Callable[..., Request]
YES = '{"says": "yes"}'


@dataclass
class Echo:
    """Answers with the user text, last requests first; what it is told to fail, it fails."""

    failing: frozenset[str] = frozenset()
    heard: list[str] = field(default_factory=list)
    name: str = "echo"
    digest: str = "e" * 64
    can_score: bool = True

    def complete(self, requests: Sequence[Request | ChoiceRequest]) -> Iterator[Outcome]:
        for place in reversed(range(len(requests))):
            user = requests[place].user
            self.heard.append(user)
            good = Completion(f'{{"user": "{user}"}}', Usage(len(user), 1))
            yield Outcome(place, Failure("it fails") if user in self.failing else good)

    score_choices = complete


USERS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(users=USERS, failing=st.frozensets(st.sampled_from("abcdefgh")), again=USERS)
def test_answers_come_in_order_each_asked_once_and_never_again(
    tmp_path: Path, asked: Asked, users: list[str], failing: frozenset[str], again: list[str]
) -> None:
    model = Echo(failing)
    path = tmp_path / "answers.sqlite"
    path.unlink(missing_ok=True)
    with AnswerCache(path) as cache:
        first = ask_all(model, [asked(user) for user in users], cache)
        assert sorted(model.heard) == sorted(set(users))
        model.heard.clear()
        second = ask_all(model, [asked(user) for user in again], cache)
    assert set(model.heard) == {user for user in again if user in failing or user not in users}
    for asked_for, answers in ((users, first), (again, second)):
        assert [answer.request.user for answer in answers] == asked_for
        assert [answer.failure for answer in answers] == ["it fails" if user in failing else None for user in asked_for]
        assert [answer.value for answer in answers] == [
            None if user in failing else {"user": user} for user in asked_for
        ]
    assert sum((answer.usage for answer in first), Usage()).answer_tokens == len(set(users) - failing)


def test_an_answer_says_of_which_model_it_is_and_whether_it_was_known(answers: AnswerCache, asked: Asked) -> None:
    [new] = ask_all(Echo(), [asked("a")], answers)
    [known] = ask_all(Echo(), [asked("a")], answers)
    assert (new.from_cache, new.usage, new.model_name, new.model_digest) == (False, Usage(1, 1), "echo", "e" * 64)
    assert (known.from_cache, known.usage, known.text) == (True, Usage(), new.text)


def test_progress_counts_what_is_known_and_what_comes(answers: AnswerCache, asked: Asked) -> None:
    ask_all(Echo(), [asked("a")], answers)
    told: list[tuple[int, int]] = []
    ask_all(Echo(), [asked(user) for user in "abca"], answers, lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_scores_are_kept_apart_from_answers(answers: AnswerCache, asked: Asked) -> None:
    model = Echo()
    question = ChoiceRequest(PromptId("mine", "v1", "0" * 64), "Say.", "a", ("yes", "no"))
    ask_all(model, [asked("a")], answers)
    assert not score_all(model, [question], answers)[0].from_cache
    assert score_all(model, [question], answers)[0].from_cache
    assert model.heard == ["a", "a"]


def test_two_runs_at_once_end_with_the_same_answer(answers: AnswerCache, asked: Asked) -> None:
    class Overtaken(Echo):
        def complete(self, requests: Sequence[Request | ChoiceRequest]) -> Iterator[Outcome]:
            ask_all(Echo(), [asked("a")], answers)
            yield Outcome(0, Completion('{"user": "another"}'))

    [answer] = ask_all(Overtaken(), [asked("a")], answers)
    assert answer.value == {"user": "a"}


def test_what_was_answered_before_an_interruption_is_kept(answers: AnswerCache, asked: Asked) -> None:
    class Interrupted(Echo):
        def complete(self, requests: Sequence[Request | ChoiceRequest]) -> Iterator[Outcome]:
            yield from list(super().complete(requests))[:2]
            raise KeyboardInterrupt

    requests = [asked(user) for user in "abcd"]
    with pytest.raises(KeyboardInterrupt):
        ask_all(Interrupted(), requests, answers)
    model = Echo()
    ask_all(model, requests, answers)
    assert sorted(model.heard) == ["a", "b"]


RUN = """
import json, sys
from pathlib import Path
from hcplens.prompts import PromptId, Request
from hcplens.prompts.answer_cache import AnswerCache
from hcplens.prompts.asking import ask_all
from hcplens.prompts.endpoint import Endpoint

url, cache, schema = sys.argv[1:]
requests = [Request(PromptId("mine", "v1", "0" * 64), "Say.", str(number), schema) for number in range(8)]
with Endpoint(url, "mini", at_once=1) as model, AnswerCache(Path(cache)) as answers:
    ask_all(model, requests, answers)
"""


def test_after_a_killed_run_nothing_answered_is_asked_again(
    serving: Callable[..., Any], completion: Any, asked: Asked, tmp_path: Path
) -> None:
    path, schema = tmp_path / "answers.sqlite", asked().schema
    children: list[subprocess.Popen[bytes]] = []

    def script(body: dict[str, Any], time: int) -> Any:
        if body["messages"][1]["content"] == "5" and time == 0:
            children[0].kill()
            children[0].wait()
        return completion(YES)

    with serving(script) as server:
        children.append(subprocess.Popen([sys.executable, "-c", RUN, server.url, str(path), schema]))
        assert children[0].wait(timeout=120) < 0
        with Endpoint(server.url, "mini", at_once=1) as model, AnswerCache(path) as cache:
            found = ask_all(model, [asked(str(number), system="Say.") for number in range(8)], cache)
    assert [answer.value for answer in found] == [{"says": "yes"}] * 8
    assert [answer.from_cache for answer in found] == [True] * 5 + [False] * 3
    assert {user: times for user, times in server.times.items() if times > 1} == {"5": 2}
