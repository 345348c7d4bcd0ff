from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.inference.matching.answer_table import ANSWERS, answers_table
from hcplens.inference.matching.suggestion_ids import suggestion_id
from hcplens.inference.matching.veeva_records import (
    account_field,
    log_records,
    preference_points,
    preference_records,
    suggestion_records,
    tag_records,
)
from hcplens.inference.records.brands import brand_key

Make = Callable[..., Any]
DAY = date(2026, 9, 30)
ACCOUNT = "001A000000KWPCiIAP"
WORDS = st.text(min_size=1, max_size=12)


@pytest.fixture
def answer(make_matcher: Make, make_module: Make) -> Make:
    def make(**changes: Any) -> Any:
        return make_matcher([make_module(**changes)]).match("H1", "Zelvanta", k=1)

    return make


def test_a_suggestion_says_what_to_whom_why_and_until_when(answer: Make) -> None:
    found = answer()
    [record] = suggestion_records([found], "Account_vod__c")
    [module] = found.modules
    assert record == {
        "Suggestion_External_Id_vod__c": suggestion_id("H1", "Zelvanta", "M1", module.channel, DAY),
        "Record_Type_Name_vod__c": {"email": "Email_vod"}.get(module.channel, "Call_vod"),
        "Account_vod__c": "H1",
        "Title_vod__c": "Prior authorisation",
        "Reason_vod__c": module.why,
        "Priority_vod__c": "Urgent_vod",
        "Posted_Date_vod__c": "2026-09-30",
        "Expiration_Date_vod__c": "2026-10-30",
        "Account_Priority_Score_vod__c": round(100 * module.score, 2),
        "Display_Dismiss_vod__c": "true",
        "Display_Mark_As_Complete_vod__c": "true",
    }


def test_a_suggestion_expires_with_the_approval_of_its_module(answer: Make) -> None:
    [record] = suggestion_records([answer(expires_at="2026-10-05")], "Account_vod__c")
    assert record["Expiration_Date_vod__c"] == "2026-10-05"


@pytest.mark.parametrize("parts", ["claims", "texts", "assets"])
def test_a_suggestion_expires_with_the_first_approval_that_it_rests_on(answer: Make, parts: str) -> None:
    kind = parts.removesuffix("s")
    part = {f"{kind}_id": "P1", "text": "Approved.", "status": "approved", "kind": "safety", "expires_at": "2026-10-02"}
    used = {"must_use": ["P1"]} if parts == "assets" else {}
    [record] = suggestion_records([answer(**{parts: [part]}, **used)], "Account_vod__c")
    assert record["Expiration_Date_vod__c"] == "2026-10-02"


def test_a_long_title_ends_where_its_field_does(answer: Make) -> None:
    [record] = suggestion_records([answer(title="T" * 300)], "Account_vod__c")
    assert record["Title_vod__c"] == "T" * 254 + "…"


def test_what_answers_no_barrier_that_matters_is_not_urgent(
    make_matcher: Make, make_module: Make, make_profile_row: Make
) -> None:
    driver = make_profile_row("coverage", "driver")
    found = make_matcher([make_module()], profiles=[driver]).match("H1", "Zelvanta", k=1)
    [record] = suggestion_records([found], "Account_vod__c")
    assert record["Priority_vod__c"] == "Normal_vod"
    assert [tag["Driver_vod__c"] for tag in tag_records([found])] == ["driver: coverage"]


def test_a_tag_is_linked_by_the_external_id(answer: Make) -> None:
    found = answer()
    [suggestion], [tag], [logged] = (
        list(suggestion_records([found], "Account_vod__c")),
        list(tag_records([found])),
        list(log_records([found])),
    )
    known_as = suggestion["Suggestion_External_Id_vod__c"]
    assert tag["Suggestion_vod__r.Suggestion_External_Id_vod__c"] == logged["suggestion_id"] == known_as
    assert tag["Driver_vod__c"] == "barrier: coverage"
    assert (logged["rank"], logged["module_id"], logged["decision_id"]) == (1, "M1", found.modules[0].decision_id)


def test_a_suppressed_physician_has_neither_suggestions_nor_preferences(
    make_matcher: Make, make_module: Make, make_flag: Make
) -> None:
    found = make_matcher([make_module()], flags=[make_flag()]).match("H1", "Zelvanta")
    assert found.suppressed
    row = {"hcp_id": "H1", "channel": "email", "p_engage": 0.5, "rank": 1, "stated": None, "consented": True}
    assert list(suggestion_records([found], "Account_vod__c")) == []
    assert list(tag_records([found])) == []
    assert list(log_records([found])) == []
    assert list(preference_records([row], [found], "Account_vod__c")) == []


@pytest.mark.parametrize(
    ("p_engage", "rank", "points"),
    [(0.0, 2, 1), (0.149, 2, 1), (0.15, 2, 2), (0.30, 3, 3), (0.50, 2, 4), (0.70, 2, 5), (0.0, 1, 2), (0.9, 1, 5)],
)
def test_points_of_a_channel(p_engage: float, rank: int, points: int) -> None:
    row = {"p_engage": p_engage, "rank": rank, "stated": None, "consented": True}
    assert preference_points(row) == points
    assert preference_points(row | {"stated": "avoids"}) == 1
    assert preference_points(row | {"consented": False}) == 1


def test_only_channels_that_veeva_has_are_preferred(answer: Make) -> None:
    shared = {"hcp_id": "H1", "p_engage": 0.5, "rank": 2, "stated": None, "consented": True}
    rows = [shared | {"channel": channel} for channel in ("messaging", "webinar", "face_to_face")]
    rows.append(shared | {"channel": "email", "hcp_id": "H2"})
    records = list(preference_records(rows, [answer()], "Account_vod__c"))
    assert [(record["Channel_vod__c"], record["Preference_vod__c"]) for record in records] == [
        ("Message_vod", 4),
        ("Face_to_face_vod", 4),
    ]


def test_accounts_are_named_by_id_or_by_external_id_but_not_both() -> None:
    assert account_field([ACCOUNT, ACCOUNT[:15]]) == "Account_vod__c"
    assert account_field([]) == "Account_vod__c"
    assert account_field(["H1", "H2"]) == "Account_vod__r.External_ID_vod__c"
    with pytest.raises(InputError, match="hcp_id 'H1' is no Salesforce id"):
        account_field(["H1", ACCOUNT])


def test_an_external_id_stays_what_it_was() -> None:
    known_as = suggestion_id(ACCOUNT, "Zelvanta", "M1", "email", DAY)
    assert known_as == "07baaee9adf49034c60c90baff4fcfb6"
    assert known_as == suggestion_id(ACCOUNT[:15], " ZELVANTA", "M1", "email", DAY)
    assert known_as == suggestion_id(ACCOUNT, "Zelvanta®", "M1", "email", DAY)


Suggested = tuple[str, str, str, str]
SUGGESTED = st.tuples(WORDS, WORDS, WORDS, WORDS)


@given(SUGGESTED, SUGGESTED)
def test_external_ids_differ_where_what_is_suggested_differs(one: Suggested, other: Suggested) -> None:
    def known_as(parts: Suggested) -> str:
        hcp_id, brand, module_id, channel = parts
        return suggestion_id(hcp_id, brand, module_id, channel, DAY)

    def normal(parts: Suggested) -> Suggested:
        return (parts[0], brand_key(parts[1]), parts[2], parts[3])

    assert (known_as(one) == known_as(other)) == (normal(one) == normal(other))


def test_a_table_of_answers_has_a_row_a_module_and_one_for_none(
    answer: Make, make_matcher: Make, make_module: Make, make_flag: Make
) -> None:
    found = answer()
    held = make_matcher([make_module()], flags=[make_flag()]).match("H1", "Zelvanta")
    table = answers_table([found, held])
    assert table.schema == ANSWERS
    shown, none = table.to_pylist()
    assert (shown["rank"], shown["module_id"], shown["text"]) == (1, "M1", found.modules[0].text)
    assert shown["addresses"] == [{"topic": "coverage", "polarity": "barrier", "weight": 1.0}]
    assert shown["expires_at"] == date(2027, 12, 31)
    assert (none["suppressed"], none["rank"], none["module_id"]) == (held.suppressed, None, None)
