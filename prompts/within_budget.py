"""A model on this machine that reads and writes no more than a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ..errors import InputError
from .language_model import ChoiceRequest, Completion, Failure, LanguageModel, Outcome, Request
from .stand_in import StandIn

Asked = TypeVar("Asked", Request, ChoiceRequest)
_TOKENS_OF_FRAME = 64


class WithinBudget(StandIn):
    """Asks a model until its tokens are spent; what is left unasked is a failure that says so.

    A request is asked only if its dearest answer is paid for: a token a byte of what is read, and the most that may be
    written. An `Endpoint` has a `Budget` of its own, which counts its retries as well.

    Args:
        model: who is asked.
        tokens: read and written together.

    Raises:
        InputError: fewer than 0 tokens.
    """

    def __init__(self, model: LanguageModel, tokens: int) -> None:
        if tokens < 0:
            raise InputError(f"a budget is 0 or more: see tokens {tokens}")
        super().__init__(model)
        self._tokens = self._left = tokens

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Outcomes as they come, in any order."""
        return self._asked(requests, self._model.complete)

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        """Outcomes as they come, in any order."""
        return self._asked(requests, self._model.score_choices)

    def _asked(
        self, requests: Sequence[Asked], ask: Callable[[Sequence[Asked]], Iterator[Outcome]]
    ) -> Iterator[Outcome]:
        waiting = list(range(len(requests)))
        while waiting:
            paid = self._paid_for([requests[place] for place in waiting])
            if not paid:
                break
            places, waiting = waiting[:paid], waiting[paid:]
            for outcome in ask([requests[place] for place in places]):
                if isinstance(outcome.result, Completion):
                    self._left -= outcome.result.usage.prompt_tokens + outcome.result.usage.answer_tokens
                yield Outcome(places[outcome.place], outcome.result)
        why = Failure(f"the budget of {self._tokens} tokens does not pay for another request")
        yield from (Outcome(place, why) for place in waiting)

    def _paid_for(self, requests: Sequence[Request | ChoiceRequest]) -> int:
        """How many of the first requests what is left pays for, however dear they are."""
        needed = 0
        for count, request in enumerate(requests):
            needed += _dearest(request)
            if needed > self._left:
                return count
        return len(requests)


def _dearest(request: Request | ChoiceRequest) -> int:
    if isinstance(request, ChoiceRequest):
        texts, written = [request.system, request.user, *request.choices], 0
    else:
        texts, written = [request.system, request.user, request.schema], request.decoding.max_tokens
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) + _TOKENS_OF_FRAME + written
