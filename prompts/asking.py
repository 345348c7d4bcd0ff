"""Asking a model many things: what is known first, each of the rest once, every answer kept as soon as it is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .answer_cache import AnswerCache, answer_key
from .language_model import ChoiceRequest, Completion, Failure, LanguageModel, Outcome, Request, Usage

Asked = TypeVar("Asked", Request, ChoiceRequest)
Progress = Callable[[int, int], None]
"""Is told how many requests are done, and of how many."""


@dataclass(frozen=True)
class Answer:
    """What a model answered to a request, or why it did not.

    Attributes:
        request: what was asked, and of which prompt.
        text: the answer as JSON, letter by letter as the model gave it; None where it failed.
        failure: one line that says why there is no answer; None where there is one.
        usage: what this run spent on it: nothing for an answer from the cache, or for a request that was given twice.
        from_cache: whether an earlier run was answered.
        model_name: of the model that was asked.
        model_digest: of the same.
    """

    request: Request | ChoiceRequest
    text: str | None
    failure: str | None
    usage: Usage
    from_cache: bool
    model_name: str
    model_digest: str

    @property
    def value(self) -> Any:
        """The answer; None where it failed."""
        return None if self.text is None else json.loads(self.text)


def ask_all(
    model: LanguageModel, requests: Sequence[Request], cache: AnswerCache, progress: Progress | None = None
) -> list[Answer]:
    """An answer or a failure for each request, in their order.

    Requests that are the same are asked once. A failure is not kept: the next run asks again. A run that ends early,
    for whatever reason, has kept all answers until then.

    Raises:
        HcplensError: nothing can be asked: the cache cannot be used, or the endpoint refuses whoever asks.
    """
    return _answers(model, requests, cache, model.complete, progress)


def score_all(
    model: LanguageModel, requests: Sequence[ChoiceRequest], cache: AnswerCache, progress: Progress | None = None
) -> list[Answer]:
    """The log-probabilities of the choices of each request, in their order; as `ask_all` in all else.

    Raises:
        ScoringNotSupportedError: the model cannot tell.
        HcplensError: the cache cannot be used.
    """
    return _answers(model, requests, cache, model.score_choices, progress)


def _answers(
    model: LanguageModel,
    requests: Sequence[Asked],
    cache: AnswerCache,
    ask: Callable[[Sequence[Asked]], Iterator[Outcome]],
    progress: Progress | None,
) -> list[Answer]:
    keys = [answer_key(model.digest, request) for request in requests]
    by_key = dict(zip(keys, requests, strict=True))
    known = {key: found for key in by_key if (found := cache.get(key))}
    open_keys = [key for key in by_key if key not in known]
    results: dict[str, Completion | Failure] = dict(known)
    if progress:
        progress(len(results), len(by_key))
    for outcome in ask([by_key[key] for key in open_keys]) if open_keys else ():
        key = open_keys[outcome.place]
        results[key] = outcome.result
        if isinstance(outcome.result, Completion):
            cache.put(key, outcome.result, by_key[key], model)
            results[key] = cache.get(key) or outcome.result
        if progress:
            progress(len(results), len(by_key))
    spent_on = {key: place for place, key in reversed(list(enumerate(keys)))}
    return [
        _answer(model, request, results[key], key in known, is_first=spent_on[key] == place)
        for place, (key, request) in enumerate(zip(keys, requests, strict=True))
    ]


def _answer(
    model: LanguageModel,
    request: Request | ChoiceRequest,
    result: Completion | Failure,
    from_cache: bool,
    *,
    is_first: bool,
) -> Answer:
    completion = result if isinstance(result, Completion) else None
    return Answer(
        request=request,
        text=completion.text if completion else None,
        failure=None if isinstance(result, Completion) else result.reason,
        usage=completion.usage if completion and is_first and not from_cache else Usage(),
        from_cache=from_cache,
        model_name=model.name,
        model_digest=model.digest,
    )
