from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.matching import (
    Contact,
    ContentMatcher,
    EligibilityRules,
    EligibilitySettings,
    FrequencyCap,
    Physician,
)
from hcplens.inference.records.catalogue import Module

AS_OF = date(2026, 9, 30)
CARDIOLOGIST = Physician(
    "H1",
    specialty="cardiology",
    country="US",
    language="en",
    open_channels=frozenset({"email", "video", "face_to_face"}),
)
APPROVED_CLAIM = {"claim_id": "C1", "text": "Works", "status": "approved"}
DRAFT_CLAIM = {"claim_id": "C2", "text": "Works better", "status": "draft"}

MakeModule = Callable[..., Module]


def reason(module: Module, physician: Physician = CARDIOLOGIST, channel: str | None = None) -> str | None:
    return EligibilityRules([module]).check(physician, AS_OF, channel).reason(0)


def test_an_approved_module_for_the_physician_is_blocked_by_nothing(make_module: MakeModule) -> None:
    assert reason(make_module()) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "draft"}, "status"),
        ({"status": "withdrawn"}, "status"),
        ({"status": "expired"}, "expired"),
        ({"expires_at": "2026-09-29"}, "expired"),
        ({"expires_at": None}, "expired"),
        ({"approved_at": "2026-10-01"}, "not_yet_approved"),
        ({"approved_at": ""}, "not_yet_approved"),
        ({"claims": [APPROVED_CLAIM, DRAFT_CLAIM]}, "claim"),
        ({"must_use": ["A1", "A9"]}, "asset"),
        ({"must_use": ["A2"]}, "asset"),
        ({"countries": ["DE", "GB"]}, "country"),
        ({"countries": []}, "country"),
        ({"language": "de"}, "language"),
        ({"language": None}, "language"),
        ({"audiences": ["oncology"]}, "audience"),
        ({"audiences": []}, "audience"),
        ({"channels": []}, "channel"),
        ({"channels": ["phone", "mail"]}, "consent"),
    ],
)
def test_each_rule_blocks_with_its_reason(make_module: MakeModule, changes: dict[str, Any], expected: str) -> None:
    assert reason(make_module(**changes)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": "2026-09-30"},
        {"approved_at": "2026-09-30"},
        {"status": "Approved"},
        {"claims": []},
        {"must_use": [], "assets": []},
        {"countries": ["USA", "CA"]},
        {"language": "en-US"},
        {"audiences": ["oncology", "CARDIOLOGY"]},
        {"channels": ["phone", "Face to face"]},
    ],
)
def test_what_is_just_within_the_rules_is_eligible(make_module: MakeModule, changes: dict[str, Any]) -> None:
    assert reason(make_module(**changes)) is None


def test_an_expired_must_use_asset_blocks_its_module(make_module: MakeModule) -> None:
    assets = [{"asset_id": "A1", "status": "expired", "text": "Old safety information."}]
    assert reason(make_module(assets=assets)) == "asset"


def test_an_asset_listed_as_approved_and_as_withdrawn_is_not_approved(make_module: MakeModule) -> None:
    assets = [{"asset_id": "A1", "status": "approved"}, {"asset_id": "A1", "status": "withdrawn"}]
    assert reason(make_module(assets=assets)) == "asset"


@pytest.mark.parametrize(
    ("unknown", "expected"), [("country", "country"), ("language", "language"), ("specialty", "audience")]
)
def test_an_unknown_attribute_of_the_physician_blocks(make_module: MakeModule, unknown: str, expected: str) -> None:
    anonymous: dict[str, Any] = {unknown: None}
    assert reason(make_module(), replace(CARDIOLOGIST, **anonymous)) == expected


@pytest.mark.parametrize("spelling", ["Internal Medicine", "internal_medicine", "INTERNAL-MEDICINE"])
def test_a_specialty_is_the_same_in_every_spelling(make_module: MakeModule, spelling: str) -> None:
    internist = replace(CARDIOLOGIST, specialty=spelling)
    assert reason(make_module(audiences=["internal_medicine"]), internist) is None


def test_regional_languages_fit_their_language_but_not_one_another(make_module: MakeModule) -> None:
    brazilian = replace(CARDIOLOGIST, language="pt-BR")
    assert reason(make_module(language="pt"), brazilian) is None
    assert reason(make_module(language="pt-PT"), brazilian) == "language"


def test_a_channel_asked_for_must_be_allowed_and_open(make_module: MakeModule) -> None:
    module = make_module(channels=["email", "phone"])
    assert reason(module, channel="email") is None
    assert reason(module, channel="video") == "channel"
    assert reason(module, channel="phone") == "consent"


def test_a_module_shown_as_often_as_its_cap_allows_rests(make_module: MakeModule) -> None:
    settings = EligibilitySettings(caps=(FrequencyCap(per="module", at_most=3, days=30),))
    rules = EligibilityRules([make_module("M1"), make_module("M2")], settings)
    shown = [Contact(AS_OF - timedelta(days=age), "website", "viewed", "M1") for age in (0, 10, 29)]
    shown += [Contact(AS_OF - timedelta(days=age), "website", "viewed", "M2") for age in (0, 10, 30)]
    verdict = rules.check(replace(CARDIOLOGIST, contacts=tuple(shown)), AS_OF)
    assert [verdict.reason(0), verdict.reason(1)] == ["fatigue", None]
    assert verdict.eligible.tolist() == [1]


def reached(channel: str, *ages: int, action: str = "sent") -> Physician:
    contacts = [Contact(AS_OF - timedelta(days=age), channel, action) for age in ages]
    return replace(CARDIOLOGIST, contacts=tuple(contacts))


@pytest.mark.parametrize(("ages", "expected"), [((0, 6), "frequency"), ((0, 7), None), ((0, -1), None)])
def test_a_channel_used_as_often_as_its_cap_allows_rests(
    make_module: MakeModule, ages: tuple[int, ...], expected: str | None
) -> None:
    settings = EligibilitySettings(caps=(FrequencyCap(per="channel", at_most=2, days=7, channels=("email",)),))
    rules = EligibilityRules([make_module(channels=["email"]), make_module(channels=["email", "video"])], settings)
    verdict = rules.check(reached("email", *ages), AS_OF)
    assert [verdict.reason(0), verdict.reason(1)] == [expected, None]


def test_a_meeting_is_a_contact_and_a_visit_of_ones_own_accord_is_none(make_module: MakeModule) -> None:
    settings = EligibilitySettings(caps=(FrequencyCap(per="channel", at_most=1, days=7),))
    rules = EligibilityRules([make_module(channels=["face_to_face"]), make_module(channels=["website"])], settings)
    open_website = CARDIOLOGIST.open_channels | {"website"}
    seen = replace(reached("face_to_face", 1, action="attended"), open_channels=open_website)
    assert rules.check(seen, AS_OF).reason(0) == "frequency"
    browsed = replace(reached("website", 1, action="viewed"), open_channels=open_website)
    assert rules.check(browsed, AS_OF).reason(1) is None


def test_a_cap_on_a_module_in_one_channel_leaves_it_the_others(make_module: MakeModule) -> None:
    settings = EligibilitySettings(caps=(FrequencyCap(per="module", at_most=1, days=30, channels=("email",)),))
    rules = EligibilityRules([make_module("M1"), make_module("M2", channels=["email"])], settings)
    mailed = [Contact(AS_OF, "email", "sent", module_id) for module_id in ("M1", "M2")]
    verdict = rules.check(replace(CARDIOLOGIST, contacts=tuple(mailed)), AS_OF)
    assert [verdict.reason(0), verdict.reason(1)] == [None, "fatigue"]
    assert verdict.usable_channels(0) == {"video", "face_to_face"}


@pytest.mark.parametrize("status", ["Approved for Use", "approved-for-distribution"])
def test_what_counts_as_approved_is_configured(make_module: MakeModule, status: str) -> None:
    module = make_module(status=status)
    assert reason(module) is None
    only = EligibilitySettings(approved_statuses=("released",))
    assert EligibilityRules([module], only).check(CARDIOLOGIST, AS_OF).reason(0) == "status"
    released = make_module(status="Released", claims=[], must_use=[])
    assert EligibilityRules([released], only).check(CARDIOLOGIST, AS_OF).reason(0) is None


def part(name: str, **fields: Any) -> dict[str, Any]:
    return {name: [{f"{name[:-1]}_id": "A1", "text": "Words.", "status": "approved", **fields}]}


@pytest.mark.parametrize(("name", "expected"), [("claims", "claim"), ("texts", "text"), ("assets", "asset")])
def test_a_part_that_is_unapproved_or_outside_its_own_days_blocks_its_module(
    make_module: MakeModule, name: str, expected: str
) -> None:
    assert reason(make_module(**part(name))) is None
    assert reason(make_module(**part(name, approved_at="2026-09-30", expires_at="2026-09-30"))) is None
    assert reason(make_module(**part(name, status="draft"))) == expected
    assert reason(make_module(**part(name, expires_at="2026-09-29"))) == expected
    assert reason(make_module(**part(name, approved_at="2026-10-01"))) == expected


@pytest.mark.parametrize(
    ("module_has", "asked_for", "expected"),
    [
        ("hfref", "hfpef", "indication"),
        ("HFrEF", "hfref", None),
        ("hfref", None, None),
        (None, "hfref", None),
        ("Heart failure in adults", "hfref", None),
    ],
)
def test_indications_are_compared_by_id_where_both_sides_have_one(
    make_module: MakeModule, module_has: str | None, asked_for: str | None, expected: str | None
) -> None:
    rules = EligibilityRules([make_module(indication=module_has)])
    assert rules.check(CARDIOLOGIST, AS_OF, indication=asked_for).reason(0) == expected


def test_of_several_reasons_the_most_fundamental_is_told(make_module: MakeModule) -> None:
    verdict = EligibilityRules([make_module(status="draft", countries=["DE"])]).check(CARDIOLOGIST, AS_OF)
    assert verdict.reason(0) == "status"


def test_no_modules_are_none_eligible() -> None:
    assert EligibilityRules([]).check(CARDIOLOGIST, AS_OF).eligible.tolist() == []


def test_an_indication_asked_for_in_words_is_refused(
    make_matcher: Callable[..., ContentMatcher], make_module: MakeModule
) -> None:
    with pytest.raises(InputError, match="'heart failure' is no id"):
        make_matcher([make_module()]).match("H1", "Zelvanta", indication="heart failure")
