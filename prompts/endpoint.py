"""Any endpoint that speaks the OpenAI chat shape: vLLM, Ollama, `transformers serve`, or a hosted one.

Only the address that the user names is ever asked, and redirects are not followed. What goes there must be redacted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Self

from ..errors import InputError
from ..retries import Retries
from .answer_schema import fault_of
from .budget import Budget, BudgetSpentError
from .chat_shapes import ChatAnswer, asked_again, chat_body, dearest, first_messages
from .endpoint_connection import EndpointConnection, NoAnswerError, RequestRefusedError
from .language_model import ChoiceRequest, Completion, Failure, Outcome, Request, ScoringNotSupportedError, Usage


class Endpoint:
    """A model behind HTTP; `close` or the end of a `with` ends its connections.

    Answers are held to the schema by the server where it can do that (`response_format`). Where it refuses to, or takes
    no notice, the schema is told in the prompt. Either way an answer is checked here, and one that does not match is
    asked for again.

    Args:
        base_url: up to the version, such as "http://localhost:8000/v1"; there is no default.
        model: as the endpoint calls it.
        api_key: sent as a bearer token; None where none is needed.
        at_once: requests under way at the same time.
        timeout: seconds to connect, and for one whole answer.
        retries: how often and how long it asks again after 408, 429, 5xx, a time-out or a broken connection.
        re_asks: how often it asks again after an answer that does not match.
        budget: what may be spent, over all calls; no limit by default.
        parameters: further fields of each request; one that is None takes a field away, such as {"seed": None} for a
            server that does not know it.
        revision: names what lies behind the model's name today; another one makes the answers known so far unknown.

    Raises:
        InputError: an address that is none of HTTP, a key that cannot be sent, or a number that is too small.
    """

    can_score = False

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        at_once: int = 8,
        timeout: float = 120.0,
        retries: Retries | None = None,
        re_asks: int = 2,
        budget: Budget | None = None,
        parameters: Mapping[str, object] | None = None,
        revision: str = "",
    ) -> None:
        if at_once < 1 or re_asks < 0 or timeout <= 0:
            raise InputError(
                f"at_once {at_once} is at least 1, re_asks {re_asks} at least 0, timeout {timeout} above 0"
            )
        self._connection = EndpointConnection(
            base_url, api_key, timeout, retries or Retries(first_seconds=0.5, longest_seconds=60.0), at_once
        )
        self._model = model
        self._at_once = at_once
        self._re_asks = re_asks
        self._budget = budget or Budget()
        self._parameters = dict(parameters or {})
        self._constrains, self._tells_schema = True, False
        identity = json.dumps([base_url.rstrip("/"), model, self._parameters, revision], sort_keys=True)
        self._digest = hashlib.sha256(identity.encode()).hexdigest()

    @property
    def name(self) -> str:
        """The model's, as the endpoint calls it."""
        return self._model

    @property
    def digest(self) -> str:
        """SHA-256 of address, model, parameters and revision: an endpoint does not tell which weights it has."""
        return self._digest

    def close(self) -> None:
        """End all connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Answers as they come; one that never comes, or never matches, is a failure.

        The next request is sent when the caller has taken an answer, so that one who keeps them loses few if killed.

        Raises:
            EndpointRefusedError: it answers nobody with this key, or knows no such model or address.
        """
        waiting = iter(enumerate(requests))
        under_way: dict[Future[Completion | Failure], int] = {}
        with ThreadPoolExecutor(self._at_once) as pool:
            for place, request in islice(waiting, self._at_once):
                under_way[pool.submit(self._answer, request)] = place
            while under_way:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    yield Outcome(under_way.pop(future), future.result())
                    for place, request in islice(waiting, 1):
                        under_way[pool.submit(self._answer, request)] = place

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        """Not supported: endpoints do not tell how likely a given answer is.

        Raises:
            ScoringNotSupportedError: always.
        """
        raise ScoringNotSupportedError(
            f"{self._model} is asked over HTTP, which does not tell how likely a choice is: take a local model"
        )

    def _answer(self, request: Request) -> Completion | Failure:
        try:
            return self._matching(request)
        except (BudgetSpentError, InputError, NoAnswerError, RequestRefusedError) as e:
            return Failure(str(e))

    def _matching(self, request: Request) -> Completion | Failure:
        """The first answer that matches."""
        spent, wrong = Usage(), _Wrong("", "")
        for _ in range(1 + self._re_asks):
            was_told = self._tells_schema or not self._constrains
            answer, usage = self._said(request, wrong)
            spent += usage
            if answer.fault and (was_told or not answer.was_cut_in_prose):
                return Failure(answer.fault)
            fault = answer.fault or fault_of(answer.text, request.schema)
            if fault is None:
                return Completion(answer.text, spent)
            wrong = _Wrong(answer.text, fault)
            self._tells_schema = True
        return Failure(f"no answer matched the schema, asked {1 + self._re_asks} times; of the last, {wrong.fault}")

    def _said(self, request: Request, wrong: _Wrong) -> tuple[ChatAnswer, Usage]:
        """One answer and its cost; a server that cannot hold answers to a schema is not asked to again."""
        if self._constrains:
            try:
                return self._sent(request, wrong, constrained=True)
            except RequestRefusedError:
                answer = self._sent(request, wrong, constrained=False)
                self._constrains = False
                return answer
        return self._sent(request, wrong, constrained=False)

    def _sent(self, request: Request, wrong: _Wrong, *, constrained: bool) -> tuple[ChatAnswer, Usage]:
        messages = first_messages(request, tell_schema=self._tells_schema or not constrained)
        if wrong.fault:
            messages = asked_again(messages, wrong.answer, wrong.fault)
        body = chat_body(self._model, request, messages, self._parameters, constrained=constrained)
        return self._connection.ask(body, self._budget, dearest(request, messages))


@dataclass(frozen=True)
class _Wrong:
    """An answer that will not do, and why; both are empty at first."""

    answer: str
    fault: str
