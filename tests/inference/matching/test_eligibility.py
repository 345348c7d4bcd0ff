from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hcplens.inference.matching.eligibility import EligibilityRules, FatigueRule, Physician
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


def test_a_module_shown_more_often_than_the_limit_rests(make_module: MakeModule) -> None:
    rules = EligibilityRules([make_module("M1"), make_module("M2")], FatigueRule(limit=2))
    verdict = rules.check(replace(CARDIOLOGIST, recently_shown={"M1": 3, "M2": 2}), AS_OF)
    assert [verdict.reason(0), verdict.reason(1)] == ["fatigue", None]
    assert verdict.eligible.tolist() == [1]


def test_of_several_reasons_the_most_fundamental_is_told(make_module: MakeModule) -> None:
    verdict = EligibilityRules([make_module(status="draft", countries=["DE"])]).check(CARDIOLOGIST, AS_OF)
    assert verdict.reason(0) == "status"
    assert verdict.blocked["country"][0]


def test_no_modules_are_none_eligible() -> None:
    assert EligibilityRules([]).check(CARDIOLOGIST, AS_OF).eligible.tolist() == []
