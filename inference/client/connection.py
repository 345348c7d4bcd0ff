"""Requests and their retries; everything that is asked of the service may be asked twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from ... import __version__
from ...errors import InputError
from ...retries import AGAIN, Retries
from .errors import ClientError, UnavailableError, client_error


class Connection:
    """Connections to one service, kept open between requests; threads may share it.

    Raises:
        InputError: the address is none of HTTP, or the key is not written like one.
    """

    def __init__(self, base_url: str, api_key: str, timeout: float, retries: Retries) -> None:
        if not api_key.isascii() or not api_key.isprintable() or " " in api_key or not api_key:
            raise InputError("api_key: give the whole key as `hcplens keys add` printed it")
        self._retries = retries
        self._http = httpx2.Client(
            base_url=_address(base_url),
            headers={"Authorization": f"Bearer {api_key}", "User-Agent": f"hcplens/{__version__}"},
            timeout=timeout,
        )

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def answers(self, path: str) -> bool:
        """Whether a GET, tried once, has the status 200."""
        try:
            return self._http.get(path).status_code == httpx2.codes.OK
        except httpx2.RequestError:
            return False

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of an answer, a refusal that no other try would change included.

        Raises:
            UnavailableError: no answer however often it was tried.
        """
        tried = 0
        while True:
            tried += 1
            try:
                response = self._http.request(method, path, **_content(body))
            except httpx2.RequestError as e:
                if not self._retries.wait(tried):
                    raise _no_answer(e) from e
                continue
            if response.status_code in AGAIN and self._retries.wait(tried, response.headers.get("Retry-After")):
                continue
            return response.status_code, _json(response)

    def lines(self, path: str, body: object) -> Iterator[Any]:
        """The JSON lines of a POST as they come, tried once.

        Raises:
            BrokenOffError: there was no answer, it broke off, or it says to come again.
            ClientError: it was refused.
        """
        with _interruptions(), self._http.stream("POST", path, **_content(body)) as response:
            if response.status_code != httpx2.codes.OK:
                response.read()
                error = client_error(response.status_code, _json(response))
                if response.status_code in AGAIN:
                    raise BrokenOffError(error, response.headers.get("Retry-After"))
                raise error
            for line in _lines(response.iter_bytes()):
                yield json.loads(line)


class BrokenOffError(Exception):
    """A stream ended too early; another try may go on."""

    def __init__(self, error: ClientError, retry_after: str | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after


def _address(base_url: str) -> httpx2.URL:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as e:
        raise InputError(f"base_url {base_url!r} is no address: {e}") from e
    if url.scheme not in ("http", "https") or not url.host:
        raise InputError(f"base_url {base_url!r}: write it as https://host")
    return url


@contextmanager
def _interruptions() -> Iterator[None]:
    try:
        yield
    except httpx2.RequestError as e:
        raise BrokenOffError(_no_answer(e)) from e
    except (json.JSONDecodeError, UnicodeDecodeError) as e:
        raise BrokenOffError(UnavailableError(None, "no_answer", f"a line of the answer is no JSON: {e}")) from e


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    r"""Lines that end at "\n" alone, for wording may hold every other character that ends one."""
    rest = b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _content(body: object) -> dict[str, Any]:
    if body is None:
        return {}
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, default=_iso)
    return {"content": text.encode(), "headers": {"Content-Type": "application/json"}}


def _iso(value: Any) -> str:
    """Days and moments as the service reads them; raises TypeError for anything else."""
    if not hasattr(value, "isoformat"):
        raise TypeError(f"{value!r} cannot be sent: give text, a number, a day or a moment")
    return str(value.isoformat())


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _no_answer(error: httpx2.RequestError) -> UnavailableError:
    return UnavailableError(None, "no_answer", f"no answer from the service: {error or type(error).__name__}")
