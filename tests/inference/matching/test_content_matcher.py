from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.matching import Answer, ContentMatcher, MatchSettings, RankingSettings
from hcplens.inference.records.catalogue import Module

MakeModule = Callable[..., Module]
MakeMatcher = Callable[..., ContentMatcher]
Make = Callable[..., dict[str, Any]]

DOSING = {"title": "One tablet", "text": "One tablet once daily, no titration of the tablet.", "claims": []}
SUPPLY = {"title": "In stock", "text": "Delivery from stock, no backorder at the pharmacy.", "claims": []}


def ids(answer: Answer) -> list[str]:
    return [module.module_id for module in answer.modules]


def test_the_module_that_answers_the_open_barrier_comes_first(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    matcher = make_matcher([make_module("M1", **DOSING), make_module("M2"), make_module("M3", **SUPPLY)])
    first, *others = matcher.match("H1", "Zelvanta").modules
    assert first.module_id == "M2"
    assert [(need.topic, need.polarity, need.weight) for need in first.addresses] == [("coverage", "barrier", 1.0)]
    assert {module.module_id for module in others} == {"M1", "M3"}
    assert all(not module.addresses for module in others)


def test_the_heavier_of_two_needs_is_answered_first(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    modules = [make_module("M1"), make_module("M2", **DOSING)]
    barrier_on = {
        topic: [make_profile_row(topic, "barrier"), make_profile_row(other, "driver")]
        for topic, other in (("coverage", "dosing"), ("dosing", "coverage"))
    }
    assert ids(make_matcher(modules, profiles=barrier_on["coverage"]).match("H1", "Zelvanta")) == ["M1", "M2"]
    assert ids(make_matcher(modules, profiles=barrier_on["dosing"]).match("H1", "Zelvanta")) == ["M2", "M1"]


def test_the_physicians_own_words_decide_between_modules_on_one_topic(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    step, appeal = "Prior authorisation: step edits at Northlake", "Prior authorisation: appeal letters at Harrow"
    modules = [
        make_module("M1", title=step, text=step, claims=[]),
        make_module("M2", title=appeal, text=appeal, claims=[]),
    ]
    for words, expected in (("step edits at Northlake", "M1"), ("appeal letters at Harrow", "M2")):
        quote = {**make_profile_row("coverage")["evidence"][0], "text": words}
        matcher = make_matcher(modules, profiles=[make_profile_row("coverage", evidence=[quote])])
        assert ids(matcher.match("H1", "Zelvanta"))[0] == expected


def test_wording_approval_and_must_use_assets_are_the_catalogues(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    module = make_module(text="Two lines,\n  as approved. ", approval_id="MLR-7")
    (matched,) = make_matcher([module]).match("H1", "Zelvanta").modules
    assert (matched.title, matched.text, matched.claims) == (module.title, "Two lines,\n  as approved. ", module.claims)
    assert [asset.asset_id for asset in matched.assets] == ["A1"]
    assert matched.approval.to_json() == {
        "id": "MLR-7",
        "status": "approved",
        "approved_at": "2026-01-01",
        "expires_at": "2027-12-31",
    }
    assert matched.propensity == 1.0


def test_why_is_one_line_with_claim_need_quote_and_channel(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    quote = {**make_profile_row("coverage")["evidence"][0], "text": "payer said\nno again"}
    channels = [{"hcp_id": "H1", "channel": "video", "p_engage": 0.41}]
    matcher = make_matcher(
        [make_module()], profiles=[make_profile_row("coverage", evidence=[quote])], channels=channels
    )
    (matched,) = matcher.match("H1", "Zelvanta").modules
    assert matched.why == (
        "Answers the open barrier “coverage” with claim M1-C1, heard as “payer said no again” "
        "(note N1, 2026-09-30); by video (41% likely to engage)."
    )


def test_an_open_adverse_event_suppresses_every_module_and_says_so(
    make_matcher: MakeMatcher, make_module: MakeModule, make_flag: Make
) -> None:
    modules = [make_module()]
    answer = make_matcher(modules, flags=[make_flag("N7")]).match("H1", "Zelvanta")
    assert answer.modules == ()
    assert answer.suppressed is not None
    assert "N7" in answer.suppressed
    closed = make_flag("N7", disposition="closed", decided_at=date(2026, 9, 1))
    assert ids(make_matcher(modules, flags=[closed]).match("H1", "Zelvanta")) == ["M1"]


def test_each_module_comes_with_its_best_allowed_and_open_channel(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    channels = [
        {"hcp_id": "H1", "channel": "phone", "p_engage": 0.9},
        {"hcp_id": "H1", "channel": "email", "p_engage": 0.6, "stated": "avoids"},
        {"hcp_id": "H1", "channel": "video", "p_engage": 0.4},
        {"hcp_id": "H1", "channel": "webinar", "p_engage": 0.5},
    ]
    matcher = make_matcher(
        [make_module("M1", channels=["email", "video", "phone"]), make_module("M2", channels=["email"])],
        channels=channels,
    )
    answer = matcher.match("H1", "Zelvanta")
    assert {module.module_id: module.channel for module in answer.modules} == {"M1": "video", "M2": "email"}
    assert answer.channel is None


def test_a_channel_asked_for_is_the_channel_of_every_module(make_matcher: MakeMatcher, make_module: MakeModule) -> None:
    matcher = make_matcher([make_module("M1"), make_module("M2", channels=["video"])])
    answer = matcher.match("H1", "Zelvanta", channel="email")
    assert [(module.module_id, module.channel) for module in answer.modules] == [("M1", "email")]
    assert (answer.channel, answer.refused[0].reasons) == ("email", {"channel": 1})


def test_what_was_shown_lately_gives_way_to_its_equal(
    make_matcher: MakeMatcher, make_module: MakeModule, make_event: Make
) -> None:
    claims = [{"claim_id": "C", "text": "Most requests are granted", "status": "approved"}]
    modules = [make_module("M1", claims=claims), make_module("M2", claims=claims)]
    assert ids(make_matcher(modules).match("H1", "Zelvanta")) == ["M1", "M2"]
    shown = make_matcher(modules, content_events=[make_event("sent", content_id="M1")]).match("H1", "Zelvanta")
    assert ids(shown) == ["M2", "M1"]
    assert shown.modules[1].why.endswith("shown before.")


def test_a_module_shown_too_often_is_refused_as_fatigue(
    make_matcher: MakeMatcher, make_module: MakeModule, make_event: Make
) -> None:
    events = [make_event("viewed", f"2026-09-0{day}", event_id=str(day)) for day in range(1, 5)]
    answer = make_matcher([make_module()], content_events=events).match("H1", "Zelvanta")
    assert answer.modules == ()
    assert answer.refused[0].reasons == {"fatigue": 1}


def test_refusals_count_the_blocked_modules_of_a_needed_topic_by_reason(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    modules = [
        make_module("M1", expires_at="2026-09-01"),
        make_module("M2", expires_at="2026-09-02"),
        make_module("M3", countries=["DE"]),
        make_module("M4", status="draft", **DOSING),
        make_module("M5"),
    ]
    (refusal,) = make_matcher(modules).match("H1", "Zelvanta").refused
    assert refusal.to_json() == {"topic": "coverage", "matched": 3, "reasons": {"expired": 2, "country": 1}}
    assert refusal.eligible == 1


def test_a_need_that_no_module_answers_is_a_content_gap(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    matcher = make_matcher([make_module("M1", **DOSING)], profiles=[make_profile_row("supply")])
    answer = matcher.match("H1", "Zelvanta")
    assert ids(answer) == ["M1"]
    assert [refusal.to_json() for refusal in answer.refused] == [{"topic": "supply", "matched": 0, "reasons": {}}]


def test_a_need_answered_by_eligible_modules_only_is_not_refused(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    assert make_matcher([make_module()]).match("H1", "Zelvanta").refused == ()


def test_a_brand_without_modules_is_all_gaps(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    matcher = make_matcher([make_module()], profiles=[make_profile_row("supply", brand="Dermiqo")])
    answer = matcher.match("H1", "Dermiqo")
    assert answer.modules == ()
    assert [refusal.topic for refusal in answer.refused] == ["supply"]


def test_modules_of_another_brand_are_never_returned_and_brands_match_in_any_case(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    matcher = make_matcher([make_module("M1"), make_module("M2", brand="Dermiqo")])
    assert ids(matcher.match("H1", "ZELVANTA")) == ["M1"]


def test_a_physician_without_needs_still_gets_what_may_be_shown(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    answer = make_matcher([make_module("M2"), make_module("M1")], profiles=[]).match("H1", "Zelvanta")
    assert len(answer.modules) == 2
    assert answer.refused == ()
    assert "none of the known needs" in answer.modules[0].why


def test_a_physician_known_from_notes_only_is_blocked_for_what_is_unknown(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    answer = make_matcher([make_module()], hcps=[]).match("H1", "Zelvanta")
    assert answer.modules == ()
    assert answer.refused[0].reasons == {"country": 1}


def test_eligibility_is_checked_again_for_another_day(make_matcher: MakeMatcher, make_module: MakeModule) -> None:
    matcher = make_matcher([make_module(expires_at="2026-10-15")])
    assert ids(matcher.match("H1", "Zelvanta")) == ["M1"]
    later = matcher.match("H1", "Zelvanta", as_of=date(2026, 10, 16))
    assert (ids(later), later.as_of) == ([], date(2026, 10, 16))


def test_equal_modules_are_ordered_by_id_whatever_the_catalogues_order(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    claims = [{"claim_id": "C", "text": "Most requests are granted", "status": "approved"}]
    modules = [make_module(f"M{number}", claims=claims) for number in (3, 1, 2)]
    settings = MatchSettings(ranking=RankingSettings(diversity=0.0))
    assert ids(make_matcher(modules, settings).match("H1", "Zelvanta")) == ["M1", "M2", "M3"]
    assert ids(make_matcher(modules[::-1], settings).match("H1", "Zelvanta", k=2)) == ["M1", "M2"]


def test_match_all_answers_every_pair_of_profiles_and_flags_as_match_does(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make, make_flag: Make
) -> None:
    matcher = make_matcher(
        [make_module("M1"), make_module("M2", brand="Dermiqo", **DOSING)],
        profiles=[make_profile_row("coverage"), make_profile_row("dosing", brand="Dermiqo")],
        flags=[make_flag("N7", hcp_id="H2"), make_flag("N8", hcp_id="H2", brand=None)],
    )
    answers = list(matcher.match_all())
    assert [(answer.hcp_id, answer.brand) for answer in answers] == [
        ("H1", "Dermiqo"),
        ("H1", "Zelvanta"),
        ("H2", "Zelvanta"),
    ]
    assert answers == [matcher.match(answer.hcp_id, answer.brand) for answer in answers]
    assert [answer.brand for answer in matcher.match_all(hcp_id="H1", brand="dermiqo")] == ["Dermiqo"]


def test_an_unknown_physician_brand_channel_and_a_k_of_zero_are_input_errors(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    matcher = make_matcher([make_module()])
    with pytest.raises(InputError, match="H9"):
        matcher.match("H9", "Zelvanta")
    with pytest.raises(InputError, match=r"Aspirin.*Zelvanta"):
        matcher.match("H1", "Aspirin")
    with pytest.raises(InputError, match=r"fax.*email"):
        matcher.match("H1", "Zelvanta", channel="fax")
    with pytest.raises(InputError, match="k is 0"):
        matcher.match_all(k=0)


def test_a_profile_of_another_taxonomy_is_an_input_error(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    with pytest.raises(InputError, match=r"'weather'.*three 1\.0\.0"):
        make_matcher([make_module()], profiles=[make_profile_row("weather")])
