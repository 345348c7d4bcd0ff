"""What is busy, not ready or cut off is asked again, and not for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from hcplens.inference.client import Client, MatchItem, Retries, UnavailableError

Asking = Callable[..., Any]
ITEMS = [MatchItem(hcp_id=f"H{number}", brand="Dermiqo") for number in range(4)]
BUSY = {"error": {"code": "busy", "message": "come again"}}


def lines(*numbers: int) -> bytes:
    return "".join(json.dumps({"n": number}) + "\n" for number in numbers).encode()


def numbers(client: Client) -> list[int]:
    return [each.answer["n"] for each in client.match_batch(ITEMS)]  # type: ignore[index, typeddict-item]


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_what_says_come_again_is_asked_again(asking: Asking, reply: Any, waits: list[float], status: int) -> None:
    with asking(reply(status, BUSY), reply(body=[1])) as (client, server):
        assert client.hcp("H1") == [1]
        assert len(server.asked) == 2
    assert len(waits) == 1


def test_events_that_were_cut_off_are_told_again_as_they_were(asking: Asking, reply: Any) -> None:
    outcome = {"event_id": "E1", "outcome": "duplicate"}
    cut = reply(202, {"events": []}, cut=True)
    with asking(reply(silent=True), cut, reply(202, {"events": [outcome]})) as (client, server):
        assert client.send_events([{"event_id": "E1"}]) == [outcome]
    assert [asked.body for asked in server.asked] == [{"events": [{"event_id": "E1"}]}] * 3


@pytest.mark.parametrize("tries", [1, 3])
def test_it_gives_up_after_so_many_tries(asking: Asking, reply: Any, waits: list[float], tries: int) -> None:
    with asking(reply(503, BUSY), tries=tries) as (client, server):
        with pytest.raises(UnavailableError, match="come again") as raised:
            client.match("H1", "Dermiqo")
        with pytest.raises(UnavailableError, match="come again"):
            list(client.match_batch(ITEMS))
        assert len(server.asked) == 2 * tries
    assert (raised.value.status, raised.value.code, len(waits)) == (503, "busy", 2 * (tries - 1))


def test_where_nobody_listens_it_is_said_after_so_many_tries(asking: Asking, reply: Any, waits: list[float]) -> None:
    with asking(reply()) as (_, server):
        url = server.url
    with Client(url, "hcpl_x", retries=Retries(tries=4, sleep=waits.append)) as client:
        with pytest.raises(UnavailableError, match="no answer from the service") as raised:
            client.hcp("H1")
        assert not client.ready()
    assert (raised.value.status, raised.value.code, len(waits)) == (None, "no_answer", 3)


def test_a_service_that_says_nothing_is_not_waited_for_longer_than_told(
    asking: Asking, reply: Any, waits: list[float]
) -> None:
    with (
        asking(reply(body=[1], headers={"Content-Length": "9"}), timeout=0.1, tries=2) as (client, _),
        pytest.raises(UnavailableError, match="no answer"),
    ):
        client.hcp("H1")
    assert len(waits) == 1


def test_a_stream_that_breaks_off_goes_on_at_the_first_item_without_an_answer(asking: Asking, reply: Any) -> None:
    broken = [reply(body=lines(0), cut=True), reply(body=lines(1, 2) + b'{"n"', cut=True), reply(silent=True)]
    with asking(*broken, reply(429, BUSY), reply(body=lines(3)), tries=4) as (client, server):
        assert numbers(client) == [0, 1, 2, 3]
    assert [asked.body["items"] for asked in server.asked] == [ITEMS, ITEMS[1:], ITEMS[3:], ITEMS[3:], ITEMS[3:]]


def test_a_stream_that_ends_too_early_goes_on_too_while_there_is_progress(asking: Asking, reply: Any) -> None:
    with asking(*(reply(body=lines(number)) for number in range(4)), tries=2) as (client, _):
        assert numbers(client) == [0, 1, 2, 3]
    with asking(reply(body=b""), tries=2) as (client, _), pytest.raises(UnavailableError, match="before its last line"):
        numbers(client)


def test_waits_grow_within_bounds_and_differ(waits: list[float]) -> None:
    retries = Retries(tries=9, first_seconds=0.5, longest_seconds=4.0, sleep=waits.append)
    assert [retries.wait(tried) for tried in range(1, 10)] == [True] * 8 + [False]
    for wait, most in zip(waits, (0.5, 1, 2, 4, 4, 4, 4, 4), strict=True):
        assert 0 <= wait <= most
    assert len(set(waits)) > 1


@pytest.mark.parametrize(
    ("retry_after", "least"),
    [("3", 3), (" 3 ", 3), ("0", 0), ("soon", 0), ("-1", 0), ("", 0), (None, 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_it_waits_at_least_as_long_as_it_was_told(waits: list[float], retry_after: str | None, least: int) -> None:
    assert Retries(first_seconds=0.5, sleep=waits.append).wait(1, retry_after)
    assert least <= waits[0] <= least + 0.5


def test_a_day_and_time_to_come_again_is_understood(waits: list[float]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert Retries(longest_seconds=7200, sleep=waits.append).wait(1, later)
    assert waits[0] > 3000


def test_it_gives_up_at_once_if_it_were_to_wait_too_long(asking: Asking, reply: Any, waits: list[float]) -> None:
    with asking(reply(429, BUSY, {"Retry-After": "3600"})) as (client, server):
        with pytest.raises(UnavailableError):
            client.hcp("H1")
        assert len(server.asked) == 1
    assert not waits


@pytest.mark.parametrize("body", [b"[]\n", b"null\n", b'"error"\n', b"{}\n{}\n{}\n"])
def test_lines_that_answer_no_item_are_no_answers(asking: Asking, reply: Any, body: bytes) -> None:
    with asking(reply(body=body), tries=2) as (client, _):
        found = client.match_batch([{"hcp_id": "H1", "brand": "Dermiqo"}, {"hcp_id": "H2", "brand": "Dermiqo"}])
        if body.startswith(b"{"):
            assert [each.answer for each in found] == [{}, {}]
        else:
            with pytest.raises(UnavailableError, match="answers none"):
                list(found)
