from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hcplens.inference.records.veeva.calls import Call as VeevaCall
from hcplens.inference.records.veeva.group_calls import conversations

Read = Callable[..., Any]
Call = Callable[..., dict[str, str]]
Id = Callable[[str, str], str]


@pytest.fixture
def attendee(make_call: Call, make_id: Id) -> Call:
    """The call of one attendee of the group call 1, who is the account of the same number."""

    def make(number: str, **fields: str) -> dict[str, str]:
        own = {"Parent_Call_vod__c": make_id("a04", "1")[:15], "Account_vod__c": make_id("001", number)}
        return make_call(number, **own | {"Call_Comments_vod__c": ""} | fields)

    return make


def said(reading: Any) -> list[tuple[str, str]]:
    return [(note["hcp_id"].rstrip("A").lstrip("0")[-1:], note["text"]) for note in reading.notes]


def test_the_words_of_a_group_call_count_once_for_each_attendee(
    read_objects: Read, make_call: Call, attendee: Call
) -> None:
    head = make_call("1", Call_Comments_vod__c="All worry about cost.")
    reading = read_objects(
        Call2_vod__c=[head, attendee("2"), attendee("3", Call_Comments_vod__c="all worry about COST.")]
    )
    assert said(reading) == [("2", "All worry about cost."), ("3", "all worry about COST.")]
    assert "notes: 1 heads of group calls, whose words count for the attendees, not used" in reading.notices


def test_an_attendee_takes_over_what_only_the_head_says(read_objects: Read, make_call: Call, attendee: Call) -> None:
    empty = dict.fromkeys(("Call_Channel_vod__c", "Detailed_Products_vod__c", "User_vod__c"), "")
    [note] = read_objects(Call2_vod__c=[make_call("1", Call_Channel_vod__c="Video_vod"), attendee("2", **empty)]).notes
    assert (note["channel"], note["brand"]) == ("video", "Zelvanta")
    assert note["rep_id"] is not None


def test_a_head_with_words_that_nobody_else_has_is_read_too(
    read_objects: Read, make_call: Call, attendee: Call
) -> None:
    head = make_call("1", Call_Comments_vod__c="The head doubts it.")
    reading = read_objects(Call2_vod__c=[head, attendee("2", Call_Comments_vod__c="Wants samples.")])
    assert [text for _, text in said(reading)] == ["The head doubts it.", "Wants samples."]


def test_an_attendee_named_twice_counts_once(read_objects: Read, make_call: Call, attendee: Call, make_id: Id) -> None:
    again = attendee("3", Account_vod__c=make_id("001", "2"))
    reading = read_objects(Call2_vod__c=[make_call("1"), attendee("2"), again])
    assert len(reading.notes) == 1


def test_attendees_who_are_no_accounts_are_counted_and_carry_no_words(
    read_objects: Read, make_call: Call, attendee: Call
) -> None:
    reading = read_objects(Call2_vod__c=[make_call("1"), attendee("2", Account_vod__c="")])
    assert [text for _, text in said(reading)] == ["Likes the data."]
    assert "notes: 1 attendees of group calls who are no accounts, not used" in reading.notices


def test_a_planned_head_gives_its_attendees_no_words(read_objects: Read, make_call: Call, attendee: Call) -> None:
    head = make_call("1", Status_vod__c="Planned_vod")
    reading = read_objects(Call2_vod__c=[head, attendee("2", Call_Comments_vod__c="Was there alone.")])
    assert [text for _, text in said(reading)] == ["Was there alone."]


def test_the_order_of_rows_does_not_matter(read_objects: Read, make_call: Call, attendee: Call, make_id: Id) -> None:
    rows = [make_call("1"), *(attendee(str(n)) for n in range(2, 6)), make_call("7"), attendee("8", Account_vod__c="")]
    expected = read_objects(Call2_vod__c=rows).notes
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert read_objects(Call2_vod__c=rows).notes == expected


CALLS = st.lists(
    st.builds(
        lambda number, account, parent, text: (str(number), account, None if parent == number else parent, text),
        st.integers(0, 8),
        st.sampled_from(["H1", "H2", "H3", None]),
        st.one_of(st.none(), st.integers(0, 8)),
        st.sampled_from(["", "cost", "Cost", "other words"]),
    ),
    unique_by=lambda call: call[0],
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(CALLS, st.randoms())
def test_every_call_is_read_or_accounted_for_and_no_word_is_lost_or_counted_twice(
    made: list[tuple[str, str | None, int | None, str]], rng: random.Random
) -> None:
    calls = [
        VeevaCall(number, account, date(2026, 1, 1), None, text, (), None, None if parent is None else str(parent))
        for number, account, parent, text in made
    ]
    found = conversations(calls)
    assert len(found.calls) + len(found.nobody) + sum(found.left_out.values()) == len(calls)
    keys = [(call.parent, call.account, call.text.casefold()) for call in found.calls if call.parent is not None]
    assert len(keys) == len(set(keys))
    heads = [call for call in calls if call.parent is None and call.text]
    kept = {call.text.casefold() for call in (*found.calls, *found.nobody)}
    assert {head.text.casefold() for head in heads} <= kept
    rng.shuffle(calls)
    assert conversations(calls) == found
