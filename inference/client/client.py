"""The client: a method a route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from urllib.parse import quote

from ...retries import Retries
from .connection import BrokenOffError, Connection
from .errors import ClientError, ConflictError, UnavailableError, client_error
from .shapes import EventOutcome, MatchAnswer, MatchItem, PhysicianProfile, ToldEvent

Item = TypeVar("Item")

_OK = 200
_ACCEPTED = 202
_CONFLICT = 409


@dataclass(frozen=True)
class BatchAnswer:
    """An item of a batch and either its answer or its error."""

    item: MatchItem
    answer: MatchAnswer | None
    error: ClientError | None


class Client:
    """Asks one service; threads may share it, and `close` or the end of a `with` ends its connections.

    What is busy, not ready or not reached is asked again, as `retries` says: all of it may be asked twice, for events
    count by their ids. Every method raises ClientError, of the kind that tells what can be done:
    `inference.client.errors`.

    Args:
        base_url: such as "https://hcplens.example.com".
        api_key: as `hcplens keys add` printed it.
        timeout: seconds to wait for a connection, or for the next bytes.
        retries: how often and how long it asks again.
        batch_size: items or events in one request; longer lists go in several.

    Raises:
        InputError: an address that is none of HTTP, or a key that is not written like one.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout: float = 10.0,
        retries: Retries | None = None,
        batch_size: int = 500,
    ) -> None:
        self._retries = retries or Retries()
        self._connection = Connection(base_url, api_key, timeout, self._retries)
        self._batch_size = max(1, batch_size)

    def close(self) -> None:
        """End all connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ready(self) -> bool:
        """Whether the service is there and answers requests; asked once."""
        return self._connection.answers("readyz")

    def match(
        self,
        hcp_id: str,
        brand: str,
        *,
        channel: str | None = None,
        as_of: date | str | None = None,
        k: int | None = None,
        indication: str | None = None,
        only_answering: bool = False,
    ) -> MatchAnswer:
        """Approved modules for a physician and brand, best first, at most `k`; see `ContentMatcher.match`."""
        item = MatchItem(hcp_id=hcp_id, brand=brand, channel=channel, as_of=as_of, k=k, indication=indication)
        if only_answering:
            item["only_answering"] = True
        return cast(MatchAnswer, self._asked("POST", "v1/match", _said(item)))

    def match_batch(self, items: Iterable[MatchItem]) -> Iterator[BatchAnswer]:
        """An answer an item, in their order, each as soon as it comes; what is wrong with one item is its error.

        A connection that breaks is taken up at the first item without an answer. The `field` of an error counts the
        items of its request, of which there are `batch_size` at most; the item itself lies beside the error.
        """
        for chunk in _chunks(items, self._batch_size):
            yield from self._batch(chunk)

    def hcp(self, hcp_id: str) -> list[PhysicianProfile]:
        """What drives and what holds back a physician, an object a brand."""
        return cast(list[PhysicianProfile], self._asked("GET", f"v1/hcps/{quote(hcp_id, safe='')}"))

    def module(self, module_id: str) -> dict[str, Any]:
        """A module as the catalogue has it, whether or not it may be shown today."""
        return cast(dict[str, Any], self._asked("GET", f"v1/modules/{quote(module_id, safe='')}"))

    def send_events(self, events: Iterable[ToldEvent]) -> list[EventOutcome]:
        """Tell what happened; what became of each event, in their order. All of it is on the service's disk then.

        Raises:
            ConflictError: some differ from others of their ids; all the rest was sent and is kept.
        """
        outcomes: list[EventOutcome] = []
        conflict: ConflictError | None = None
        for chunk in _chunks(events, self._batch_size):
            status, body = self._connection.ask("POST", "v1/events", {"events": [_said(event) for event in chunk]})
            if status not in (_ACCEPTED, _CONFLICT) or not isinstance(body, dict) or "events" not in body:
                raise client_error(status, body)
            outcomes += body["events"]
            error = client_error(status, body)
            conflict = conflict or (error if isinstance(error, ConflictError) else None)
        if conflict:
            conflict.outcomes = outcomes
            raise conflict
        return outcomes

    def _asked(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self._connection.ask(method, path, body)
        if status != _OK or answer is None:
            raise client_error(status, answer)
        return answer

    def _batch(self, items: Sequence[MatchItem]) -> Iterator[BatchAnswer]:
        done, tried = 0, 0
        while done < len(items):
            try:
                for line in self._connection.lines("v1/match/batch", {"items": [_said(each) for each in items[done:]]}):
                    if done == len(items) or not isinstance(line, dict):
                        raise BrokenOffError(UnavailableError(None, "no_answer", "a line answers none of the items"))
                    yield _batch_answer(items[done], line)
                    done, tried = done + 1, 0
                if done < len(items):
                    raise BrokenOffError(UnavailableError(None, "no_answer", "the answer ended before its last line"))
            except BrokenOffError as e:
                tried += 1
                if not self._retries.wait(tried, e.retry_after):
                    raise e.error from e


def _batch_answer(item: MatchItem, line: Any) -> BatchAnswer:
    if "error" in line:
        error = line["error"]
        return BatchAnswer(item, None, ClientError(None, error["code"], error["message"], error.get("field")))
    return BatchAnswer(item, line, None)


def _said(item: MatchItem | ToldEvent) -> dict[str, object]:
    """Without what is left open."""
    return {name: value for name, value in item.items() if value is not None}


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
