from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hcplens.inference.records.veeva.calls import note_text, products_of

Read = Callable[..., Any]
Call = Callable[..., dict[str, str]]
Id = Callable[[str, str], str]


def test_a_submitted_call_is_a_note(read_objects: Read, make_call: Call, make_id: Id) -> None:
    [note] = read_objects(Call2_vod__c=[make_call("1", Next_Call_Notes_vod__c="Bring the trial.")]).notes
    assert note["note_id"] == make_id("a04", "1")
    assert note["hcp_id"] == make_id("001", "A")
    assert note["rep_id"] == make_id("005", "R")
    assert note["date"].isoformat() == "2026-03-14"
    assert note["text"] == "Likes the data.\n\nBring the trial."
    assert (note["channel"], note["brand"], note["reaction"]) == ("face_to_face", "Zelvanta", None)


def test_what_the_rep_planned_is_not_read(read_objects: Read, make_call: Call) -> None:
    reading = read_objects(Call2_vod__c=[make_call("1", Pre_Call_Notes_vod__c="Will deny that cost matters.")])
    assert [note["text"] for note in reading.notes] == ["Likes the data."]


def test_the_type_of_a_call_is_no_channel(read_objects: Read, make_call: Call) -> None:
    call = make_call("1", Call_Channel_vod__c="", Call_Type_vod__c="Video")
    assert [note["channel"] for note in read_objects(Call2_vod__c=[call]).notes] == [None]


@pytest.mark.parametrize(
    ("value", "channel"),
    [
        ("Face_to_face_vod", "face_to_face"),
        ("In-person", "face_to_face"),
        ("Phone_vod", "phone"),
        ("Phone", "phone"),
        ("Video_vod", "video"),
        ("Email_vod", "email"),
        ("Message_vod", "messaging"),
        ("Chat or Text", "messaging"),
    ],
)
def test_channels_by_their_value_or_label(read_objects: Read, make_call: Call, value: str, channel: str | None) -> None:
    reading = read_objects(Call2_vod__c=[make_call("1", Call_Channel_vod__c=value)])
    assert [note["channel"] for note in reading.notes] == [channel]


def test_an_unknown_channel_is_a_reject_that_says_where_and_what(
    read_objects: Read, make_call: Call, make_id: Id
) -> None:
    reading = read_objects(Call2_vod__c=[make_call("1"), make_call("2", Call_Channel_vod__c="Fax_vod")])
    [reject] = reading.rejects
    assert (reject.table, reject.row, reject.field, reject.value) == ("notes", 3, "Call_Channel_vod__c", "Fax_vod")
    assert reject.file.endswith("Call2_vod__c.csv")
    assert "unknown value" in reject.reason
    assert "extends veeva" in reject.reason
    record = json.loads(reject.record)
    assert (record["note_id"], record["hcp_id"]) == (make_id("a04", "2"), make_id("001", "A"))
    assert reading.rows_read == {"notes": 2}


@pytest.mark.parametrize("status", ["Planned_vod", "Saved_vod"])
def test_what_is_not_submitted_is_no_conversation_whenever_it_is_planned(
    read_objects: Read, make_call: Call, status: str
) -> None:
    planned = make_call("2", Status_vod__c=status, Call_Date_vod__c="2027-01-01")
    earlier = make_call("3", Status_vod__c=status)
    reading = read_objects(Call2_vod__c=[make_call("1"), planned, earlier])
    assert (len(reading.notes), reading.rejects) == (1, [])
    assert any(notice.startswith("notes: 2 calls that are") for notice in reading.notices)


@pytest.mark.parametrize("deleted_first", [True, False])
def test_a_call_that_any_row_calls_deleted_is_left_out_and_counted(
    read_objects: Read, make_call: Call, deleted_first: bool
) -> None:
    rows = [make_call("2"), make_call("2", IsDeleted="True")]
    gone = make_call("3", IsDeleted="1", Account_vod__c="broken")
    reading = read_objects(Call2_vod__c=[make_call("1"), gone, *(rows[::-1] if deleted_first else rows)])
    assert (len(reading.notes), reading.rejects) == (1, [])
    assert "notes: 2 rows of Call2_vod__c that were deleted, not used" in reading.notices


def test_both_forms_of_an_id_name_one_account(read_objects: Read, make_call: Call, make_id: Id) -> None:
    account = make_id("001", "A")
    reading = read_objects(Call2_vod__c=[make_call("1"), make_call("2", Account_vod__c=account[:15])])
    assert {note["hcp_id"] for note in reading.notes} == {account}


def test_an_id_that_cannot_be_one_is_a_reject(read_objects: Read, make_call: Call) -> None:
    [reject] = read_objects(Call2_vod__c=[make_call("1", Account_vod__c="0010000000000A")]).rejects
    assert (reject.field, reject.value) == ("Account_vod__c", "0010000000000A")
    assert "Salesforce id" in reject.reason


def test_a_call_to_nobody_is_a_reject(read_objects: Read, make_call: Call) -> None:
    [reject] = read_objects(Call2_vod__c=[make_call("1", Account_vod__c="")]).rejects
    assert (reject.row, reject.field, reject.reason) == (2, "Account_vod__c", "empty, but required")
    assert json.loads(reject.record)["Call_Comments_vod__c"] == "Likes the data."


@pytest.mark.parametrize(
    ("products", "text", "brand"),
    [
        ("Zelvanta", "All fine.", "Zelvanta"),
        ("Zelvanta; zelvanta;", "All fine.", "Zelvanta"),
        ("Zelvanta;Dermiqo", "All fine.", None),
        ("Zelvanta;Dermiqo", "Switched two to DERMIQO.", "Dermiqo"),
        ("Zelvanta;Dermiqo", "Zelvanta or Dermiqo?", None),
        ("Zel;Zelvanta", "Zelvanta it is.", "Zelvanta"),
        ("", "Zelvanta it is.", None),
    ],
)
def test_a_note_has_a_brand_only_where_there_is_no_doubt(
    read_objects: Read, make_call: Call, products: str, text: str, brand: str | None
) -> None:
    call = make_call("1", Detailed_Products_vod__c=products, Call_Comments_vod__c=text)
    assert [note["brand"] for note in read_objects(Call2_vod__c=[call]).notes] == [brand]


def test_products_keep_their_order_and_come_once() -> None:
    assert products_of(" B; a ;b;;A") == ("B", "a")
    assert products_of("Zelvanta;Zelvanta®") == ("Zelvanta",)
    assert products_of(None) == ()


@pytest.mark.parametrize(
    ("comments", "notes", "text"),
    [
        ("One.", "Two.", "One.\n\nTwo."),
        ("One. Two.", "one.  TWO.", "One. Two."),
        ("Two.", "One. Two.", "One. Two."),
        (None, " Two.\n", " Two.\n"),
        ("no", "she knows", "no\n\nshe knows"),
        (None, None, ""),
    ],
)
def test_comments_and_notes_are_one_text_that_says_nothing_twice(
    comments: str | None, notes: str | None, text: str
) -> None:
    assert note_text(comments, notes) == text
