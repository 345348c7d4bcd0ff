from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]
Call = Callable[..., dict[str, str]]
Id = Callable[[str, str], str]


@pytest.fixture
def email(make_id: Id) -> Call:
    def make(number: str = "1", **fields: str) -> dict[str, str]:
        return {
            "Id": make_id("a1E", number),
            "Account_vod__c": make_id("001", "A"),
            "Status_vod__c": "Delivered_vod",
            "Email_Sent_Date_vod__c": "2026-03-14T09:30:00.000Z",
            "Opened_vod__c": "0",
            "Approved_Email_Template_vod__c": make_id("a2T", "T")[:15],
            "Product_vod__r.Name": "Zelvanta",
        } | fields

    return make


@pytest.fixture
def message(make_id: Id) -> Call:
    def make(number: str, call: str, **fields: str) -> dict[str, str]:
        return {
            "Id": make_id("a3K", number),
            "Call2_vod__c": make_id("a04", call),
            "Key_Message_vod__c": "ZEL-M01",
            "Reaction_vod__c": "",
        } | fields

    return make


def times(reading: Any) -> dict[str, str]:
    return {event["action"]: event["timestamp"].isoformat() for event in reading.events}


def test_an_email_that_was_opened_and_clicked_is_four_events(
    read_objects: Read, make_call: Call, email: Call, make_id: Id
) -> None:
    opened = {"Opened_vod__c": "1", "Last_Open_Date_vod__c": "2026-03-15T23:30:00.000-0500"}
    clicked = {"Click_Count_vod__c": "2", "Last_Click_Date_vod__c": "2026-03-16 08:00:00"}
    reading = read_objects(Call2_vod__c=[make_call("1")], Sent_Email_vod__c=[email(**opened, **clicked)])
    assert times(reading) == {
        "sent": "2026-03-14T09:30:00+00:00",
        "delivered": "2026-03-14T09:30:00+00:00",
        "opened": "2026-03-16T04:30:00+00:00",
        "clicked": "2026-03-16T08:00:00+00:00",
    }
    first = reading.events[0]
    assert first["event_id"] == f"{make_id('a1E', '1')}:sent"
    assert first["content_id"] == make_id("a2T", "T")
    assert (first["hcp_id"], first["channel"], first["brand"]) == (make_id("001", "A"), "email", "Zelvanta")


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        ("Sent_vod", ["sent"]),
        ("Delivered_vod", ["sent", "delivered"]),
        ("Unsubscribed_vod", ["sent", "delivered", "unsubscribed"]),
        ("Marked_Spam_vod", ["sent", "delivered", "unsubscribed"]),
        ("Bounced_vod", []),
        ("Dropped_vod", []),
        ("Scheduled_vod", []),
        ("Failed_vod", []),
        ("Group_vod", []),
    ],
)
def test_what_the_status_of_an_email_tells(
    read_objects: Read, make_call: Call, email: Call, status: str, actions: list[str]
) -> None:
    reading = read_objects(Call2_vod__c=[make_call("1")], Sent_Email_vod__c=[email(Status_vod__c=status)])
    assert [event["action"] for event in reading.events] == actions
    assert reading.rejects == []
    assert any("content_events: 1 e-mails" in notice for notice in reading.notices) == (not actions)


def test_an_email_sent_at_no_time_and_one_of_unknown_status_are_rejects(
    read_objects: Read, make_call: Call, email: Call
) -> None:
    emails = [email("1", Email_Sent_Date_vod__c=""), email("2", Status_vod__c="Lost_vod")]
    reading = read_objects(Call2_vod__c=[make_call("1")], Sent_Email_vod__c=emails)
    assert reading.events == []
    assert {(reject.table, reject.row, reject.field, reject.value) for reject in reading.rejects} == {
        ("content_events", 2, "Email_Sent_Date_vod__c", None),
        ("content_events", 3, "Status_vod__c", "Lost_vod"),
    }


def test_a_key_message_was_viewed_in_the_channel_of_its_call(
    read_objects: Read, make_call: Call, message: Call, make_id: Id
) -> None:
    reading = read_objects(
        Call2_vod__c=[make_call("1", Call_Channel_vod__c="Video_vod")],
        Call2_Key_Message_vod__c=[message("1", "1", Duration_vod__c="41", Reaction_vod__c="Negative")],
    )
    [event] = reading.events
    assert (event["channel"], event["action"], event["content_id"]) == ("video", "viewed", "ZEL-M01")
    assert (event["timestamp"].isoformat(), event["seconds"]) == ("2026-03-14T00:00:00+00:00", 41.0)
    assert (event["hcp_id"], event["brand"]) == (make_id("001", "A"), "Zelvanta")
    assert [note["reaction"] for note in reading.notes] == ["negative"]


@pytest.mark.parametrize(
    ("reactions", "reaction"),
    [(["Positive", "Positive_vod"], "positive"), (["Positive", "Negative"], None), (["", "Neutral"], "neutral")],
)
def test_a_note_has_a_reaction_where_all_messages_got_the_same(
    read_objects: Read, make_call: Call, message: Call, reactions: list[str], reaction: str | None
) -> None:
    messages = [message(str(n), "1", Reaction_vod__c=told) for n, told in enumerate(reactions)]
    reading = read_objects(Call2_vod__c=[make_call("1")], Call2_Key_Message_vod__c=messages)
    assert [note["reaction"] for note in reading.notes] == [reaction]


def test_a_reaction_to_another_product_is_not_the_notes(read_objects: Read, make_call: Call, message: Call) -> None:
    other = message("1", "1", Reaction_vod__c="Negative", **{"Product_vod__r.Name": "Dermiqo"})
    reading = read_objects(Call2_vod__c=[make_call("1")], Call2_Key_Message_vod__c=[other])
    assert [note["reaction"] for note in reading.notes] == [None]
    assert [event["brand"] for event in reading.events] == ["Dermiqo"]


def test_a_reaction_to_the_product_in_another_spelling_is_the_notes(
    read_objects: Read, make_call: Call, message: Call
) -> None:
    same = message("1", "1", Reaction_vod__c="Negative", **{"Product_vod__r.Name": "ZELVANTA®"})
    reading = read_objects(Call2_vod__c=[make_call("1")], Call2_Key_Message_vod__c=[same])
    assert [note["reaction"] for note in reading.notes] == ["negative"]


def test_the_messages_of_a_group_call_were_shown_once_to_each_attendee(
    read_objects: Read, make_call: Call, message: Call, make_id: Id
) -> None:
    head = make_id("a04", "1")
    calls = [
        make_call("1"),
        make_call("2", Parent_Call_vod__c=head, Account_vod__c=make_id("001", "2")),
        make_call("3", Parent_Call_vod__c=head, Account_vod__c=make_id("001", "3")),
    ]
    messages = [message("1", "1", Reaction_vod__c="Positive"), message("2", "2"), message("3", "2")]
    reading = read_objects(Call2_vod__c=calls, Call2_Key_Message_vod__c=messages)
    assert {event["event_id"]: event["hcp_id"] for event in reading.events} == {
        make_id("a3K", "2"): make_id("001", "2"),
        f"{make_id('a3K', '1')}:{make_id('a04', '3')}": make_id("001", "3"),
    }
    assert {note["reaction"] for note in reading.notes} == {None}


def test_messages_of_calls_that_are_not_read_are_counted(read_objects: Read, make_call: Call, message: Call) -> None:
    calls = [make_call("1", Status_vod__c="Planned_vod"), make_call("2", Call_Channel_vod__c="Other_vod")]
    messages = [message("1", "1"), message("2", "2"), message("3", "3")]
    reading = read_objects(Call2_vod__c=calls, Call2_Key_Message_vod__c=messages)
    assert reading.events == []
    counted = [notice for notice in reading.notices if "key messages" in notice]
    assert [notice.split()[1] for notice in counted] == ["2", "1"]
