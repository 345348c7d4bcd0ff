from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]
Make = Callable[..., dict[str, str]]
Id = Callable[[str, str], str]
LABEL = "Consent_Type_vod__r.Channel_Label_vod__c"


@pytest.fixture
def consent(make_id: Id) -> Make:
    def make(number: str, status: str, captured: str, **fields: str) -> dict[str, str]:
        return {
            "Id": make_id("a5C", number),
            "Account_vod__c": make_id("001", "A"),
            "Opt_Type_vod__c": status,
            "Capture_Datetime_vod__c": captured,
            LABEL: "",
            "RecordType.DeveloperName": "",
            "Channel_Value_vod__c": "a@clinic.example",
            "Opt_Expiration_Date_vod__c": "",
            "Product_vod__c": "",
        } | fields

    return make


@pytest.fixture
def read(read_objects: Read, make_call: Make) -> Read:
    return lambda *rows: read_objects(Call2_vod__c=[make_call("1")], Multichannel_Consent_vod__c=rows)


def rows(reading: Any) -> list[tuple[str, str, str]]:
    return [(row["channel"], row["status"], row["captured_at"].isoformat()[:16]) for row in reading.consents]


def test_opt_types_and_times(read: Read, consent: Make) -> None:
    reading = read(
        consent("1", "Opt_In_vod", "2026-01-02T03:04:05.000Z"),
        consent("2", "Opt_Out_vod", "2026-02-02T23:30:00.000-0500"),
        consent("3", "Opt_In_Pending_vod", "2026-03-02T00:00:00.000+0000"),
    )
    assert rows(reading) == [
        ("email", "opt_in", "2026-01-02T03:04"),
        ("email", "opt_out", "2026-02-03T04:30"),
        ("email", "pending", "2026-03-02T00:00"),
    ]


def test_of_records_captured_at_the_same_time_the_last_id_holds_in_any_order(read: Read, consent: Make) -> None:
    same = "2026-01-02T03:04:05.000Z"
    records = [consent("1", "Opt_Out_vod", same), consent("b", "Opt_In_vod", same), consent("9", "Opt_Out_vod", same)]
    for seed in range(4):
        random.Random(seed).shuffle(records)
        assert rows(read(*records)) == [("email", "opt_in", "2026-01-02T03:04")]


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({LABEL: "SMS"}, "messaging"),
        ({LABEL: "Phone", "RecordType.DeveloperName": "Approved_Email_vod"}, "phone"),
        ({"RecordType.DeveloperName": "Approved_Email_vod", "Channel_Value_vod__c": ""}, "email"),
        ({"RecordType.DeveloperName": "Multichannel_Consent_vod"}, "email"),
    ],
)
def test_the_channel_of_a_consent(read: Read, consent: Make, fields: dict[str, str], channel: str) -> None:
    reading = read(consent("1", "Opt_In_vod", "2026-01-02T03:04:05.000Z", **fields))
    assert [row["channel"] for row in reading.consents] == [channel]


def test_a_consent_whose_channel_cannot_be_told_is_a_reject(read: Read, consent: Make) -> None:
    reading = read(consent("1", "Opt_In_vod", "2026-01-02T03:04:05.000Z", Channel_Value_vod__c="+44 7700 900123"))
    [reject] = reading.rejects
    assert (reject.table, reject.row, reject.field) == ("consents", 2, "Channel_Value_vod__c")
    assert LABEL in reject.reason


def test_an_unknown_opt_type_is_a_reject_that_names_its_physician(read: Read, consent: Make, make_id: Id) -> None:
    short = make_id("001", "A")[:15]
    [reject] = read(consent("1", "Maybe_vod", "2026-01-02T03:04:05.000Z", Account_vod__c=short)).rejects
    assert (reject.field, reject.value) == ("Opt_Type_vod__c", "Maybe_vod")
    assert f'"hcp_id": "{make_id("001", "A")}"' in reject.record


def test_an_opt_in_to_one_product_opens_no_channel_and_an_opt_out_closes_it(read: Read, consent: Make) -> None:
    of_one = {"Product_vod__c": "a00000000000001"}
    reading = read(
        consent("1", "Opt_In_vod", "2026-01-02T03:04:05.000Z", **of_one),
        consent("2", "Opt_Out_vod", "2026-01-03T03:04:05.000Z", **of_one),
    )
    assert rows(reading) == [("email", "opt_out", "2026-01-03T03:04")]
    assert any("consents: 1 opt-ins to one product" in notice for notice in reading.notices)


def test_leave_to_be_tracked_is_no_leave_to_write(read: Read, consent: Make) -> None:
    tracked = consent("1", "Opt_In_vod", "2026-01-02T03:04:05.000Z", **{"RecordType.DeveloperName": "CLM_vod"})
    assert rows(read(tracked)) == []


@pytest.mark.parametrize(
    ("renewed", "expected"),
    [
        ([], [("opt_in", "2026-01-02T00:00"), ("pending", "2026-06-02T00:00")]),
        (["2026-03-01"], [("opt_in", "2026-01-02T00:00"), ("opt_in", "2026-03-01T00:00")]),
        (
            ["2026-08-01"],
            [("opt_in", "2026-01-02T00:00"), ("pending", "2026-06-02T00:00"), ("opt_in", "2026-08-01T00:00")],
        ),
    ],
)
def test_an_opt_in_lapses_unless_it_was_renewed(
    read: Read, consent: Make, renewed: list[str], expected: list[tuple[str, str]]
) -> None:
    first = consent("1", "Opt_In_vod", "2026-01-02", Opt_Expiration_Date_vod__c="2026-06-01")
    later = [consent("2", "Opt_In_vod", day, Opt_Expiration_Date_vod__c="2027-06-01") for day in renewed]
    assert [row[1:] for row in rows(read(first, *later))] == expected


def test_a_day_of_expiry_that_is_none_is_a_reject(read: Read, consent: Make) -> None:
    [reject] = read(consent("1", "Opt_In_vod", "2026-01-02", Opt_Expiration_Date_vod__c="next year")).rejects
    assert (reject.field, reject.value) == ("Opt_Expiration_Date_vod__c", "next year")
