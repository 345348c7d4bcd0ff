"""Posts to a chat endpoint, again where that may help, each of them paid for from the budget."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx2

from .. import __version__
from ..errors import HcplensError, InputError
from ..retries import AGAIN, Retries
from .budget import Budget
from .chat_shapes import ChatAnswer
from .language_model import Usage

_SERVER_FAULT = 500
_NOBODY = frozenset({401, 404})
_LONGEST_ANSWER = 16 * 1024 * 1024


class EndpointRefusedError(HcplensError):
    """The endpoint refuses whatever is asked: the key, the address or the model's name is wrong."""


class RequestRefusedError(HcplensError):
    """The endpoint refuses this one request; the same again would be refused again."""


class NoAnswerError(HcplensError):
    """No answer, however often it was tried."""


class EndpointConnection:
    """Connections to one endpoint, kept open between requests; threads may share it.

    Raises:
        InputError: the address is none of HTTP, or the key cannot be sent.
    """

    def __init__(self, base_url: str, api_key: str | None, timeout: float, retries: Retries, at_once: int) -> None:
        if api_key is not None and not (api_key.isascii() and api_key.isprintable() and api_key.strip() == api_key):
            raise InputError("the API key cannot be sent: it has spaces around it, or characters that are not ASCII")
        self._url = _address(base_url)
        self._timeout = timeout
        self._retries = retries
        headers = {"User-Agent": f"hcplens/{__version__}", "Content-Type": "application/json"}
        self._http = httpx2.Client(
            headers=headers | ({"Authorization": f"Bearer {api_key}"} if api_key else {}),
            timeout=timeout,
            limits=httpx2.Limits(max_connections=at_once),
        )

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def ask(self, body: dict[str, Any], budget: Budget, most: Usage) -> tuple[ChatAnswer, Usage]:
        """An answer, and what it cost; tries that brought none count in the budget alone.

        Raises:
            BudgetSpentError: another try is not paid for.
            EndpointRefusedError: nobody is answered.
            RequestRefusedError: this request is not answered.
            NoAnswerError: no answer however often it was tried.
        """
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
        tried = 0
        while True:
            tried += 1
            with budget.spending(most) as bill:
                try:
                    status, headers, answered = self._post(content)
                except httpx2.RequestError as e:
                    reason, retry_after = f"no answer: {e or type(e).__name__}", None
                else:
                    answer = ChatAnswer.read(answered) if status == httpx2.codes.OK else None
                    if answer:
                        cost = answer.tokens or most
                        bill.charge(cost)
                        return answer, cost
                    if status != httpx2.codes.OK:
                        bill.charge(Usage())
                        _raise_refusal(status, answered)
                    reason, retry_after = _reason(status, answered), headers.get("Retry-After")
            if not self._retries.wait(tried, retry_after):
                raise NoAnswerError(f"{reason} (tried {tried} times)")

    def _post(self, content: bytes) -> tuple[int, httpx2.Headers, bytes]:
        """Status, headers and body; raises httpx2.RequestError also where the whole takes too long or is too much."""
        ends = time.monotonic() + self._timeout
        received = bytearray()
        with self._http.stream("POST", self._url, content=content) as response:
            for piece in response.iter_bytes():
                received += piece
                if time.monotonic() > ends:
                    raise httpx2.ReadTimeout(f"not finished after {self._timeout:g} s", request=response.request)
                if len(received) > _LONGEST_ANSWER:
                    raise httpx2.DecodingError("the answer is too long", request=response.request)
            return response.status_code, response.headers, bytes(received)


def _address(base_url: str) -> httpx2.URL:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as e:
        raise InputError(f"the endpoint {base_url!r} is no address: {e}") from e
    if url.scheme not in ("http", "https") or not url.host:
        raise InputError(f"the endpoint {base_url!r}: write it as https://host/v1")
    return url.copy_with(path=f"{url.path.rstrip('/')}/chat/completions")


def _raise_refusal(status: int, content: bytes) -> None:
    """Raise where the same request would be refused again."""
    if status in _NOBODY:
        raise EndpointRefusedError(f"the endpoint refuses: {_reason(status, content)}; check address, key and model")
    if status not in AGAIN and status < _SERVER_FAULT:
        raise RequestRefusedError(f"the endpoint refuses this request: {_reason(status, content)}")


def _reason(status: int, content: bytes) -> str:
    """One line of what the endpoint says."""
    said = " ".join(content[:300].decode("utf-8", "replace").split())
    if status == httpx2.codes.OK:
        return f"an answer that is no chat completion: {said[:100]!r}"
    return f"status {status}: {said!r}"
