"""Policies inside the matcher: what they may draw and log; nothing depends on who else is asked about."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.inference.matching import (
    ContentMatcher,
    EpsilonGreedy,
    Greedy,
    MatchSettings,
    Policy,
    Softmax,
    Thompson,
)
from hcplens.inference.records.catalogue import Module

MakeModule = Callable[..., Module]
MakeMatcher = Callable[..., ContentMatcher]
Make = Callable[..., dict[str, Any]]

TRYING: list[Policy] = [EpsilonGreedy(1.0), Softmax(5.0), Thompson(1.0, draws=50)]
NAMES = [policy.name for policy in TRYING]


@pytest.fixture(scope="session")
def crowd(make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make, make_consent: Make) -> Any:
    """A matcher with a policy over 12 physicians; modules 5 to 7 may be shown to nobody."""
    modules = [make_module(f"M{number}", text=f"Payer text {number}.") for number in range(5)]
    modules += [
        make_module("M5", expires_at="2026-09-01"),
        make_module("M6", countries=["DE"]),
        make_module("M7", status="draft"),
    ]
    people = [f"H{number}" for number in range(12)]

    def make(policy: Policy, seed: int = 0) -> ContentMatcher:
        return make_matcher(
            modules,
            MatchSettings(policy=policy, seed=seed),
            hcps=[{"hcp_id": name, "specialty": "cardiology", "country": "US", "language": "en"} for name in people],
            profiles=[make_profile_row("coverage", hcp_id=name, low=0.7, high=0.98) for name in people],
            consents=[make_consent("email", "opt_in", hcp_id=name) for name in people],
        )

    return make


@pytest.mark.parametrize("policy", TRYING, ids=NAMES)
def test_nothing_ineligible_is_ever_drawn_or_even_a_candidate(crowd: Any, policy: Policy) -> None:
    allowed = {f"M{number}" for number in range(5)}
    drawn = set()
    for seed in range(10):
        for answer in crowd(policy, seed).match_all(k=5, log=True):
            drawn |= {module.module_id for module in answer.modules}
            assert {candidate.module_id for each in answer.decisions for candidate in each.candidates} <= allowed
    assert drawn == allowed


@pytest.mark.parametrize("policy", TRYING, ids=NAMES)
def test_the_order_of_physicians_and_who_else_is_asked_about_do_not_matter(crowd: Any, policy: Policy) -> None:
    together = {answer.hcp_id: answer.to_json() for answer in crowd(policy).match_all(k=3)}
    matcher = crowd(policy)
    alone = {name: matcher.match(name, " zelvanta", k=3).to_json() for name in reversed(together)}
    assert {name: answer["modules"] for name, answer in alone.items()} == {
        name: answer["modules"] for name, answer in together.items()
    }
    assert len({json.dumps([module["module_id"] for module in one["modules"]]) for one in together.values()}) > 1


@settings(max_examples=15)
@given(seed=st.integers(0, 2**40))
def test_a_seed_makes_the_same_choices_and_another_day_others(crowd: Any, seed: int) -> None:
    matcher, again = crowd(EpsilonGreedy(1.0), seed), crowd(EpsilonGreedy(1.0), seed)
    assert matcher.match("H1", "Zelvanta").to_json() == again.match("H1", "Zelvanta").to_json()
    days = [date(2026, 9, day) for day in range(1, 20)]
    shown = {tuple(m.module_id for m in matcher.match("H1", "Zelvanta", as_of=day).modules) for day in days}
    assert len(shown) > 1


def test_the_matcher_is_greedy_unless_told_and_then_certain(make_matcher: MakeMatcher, make_module: MakeModule) -> None:
    modules = [make_module("M1"), make_module("M2")]
    plain = make_matcher(modules).match("H1", "Zelvanta")
    assert plain.to_json() == make_matcher(modules, MatchSettings(policy=Greedy())).match("H1", "Zelvanta").to_json()
    assert [module.propensity for module in plain.modules] == [1.0, 1.0]
    assert plain.decisions == ()


def test_a_decision_tells_what_else_could_have_been_chosen(crowd: Any) -> None:
    answer = crowd(EpsilonGreedy(0.2)).match("H1", "Zelvanta", k=2, log=True)
    first, second = answer.decisions
    assert [candidate.module_id for candidate in first.candidates] == ["M0", "M1", "M2", "M3", "M4"]
    likely = sorted(candidate.propensity for candidate in first.candidates)
    assert likely == pytest.approx([0.04, 0.04, 0.04, 0.04, 0.84])
    assert {candidate.module_id for candidate in second.candidates} == {
        candidate.module_id for candidate in first.candidates
    } - {first.module_id}
    told = first.to_json()
    assert (told["slot"], told["policy"], told["parameters"]) == (1, "epsilon-greedy", {"epsilon": 0.2})
    assert (told["need"], told["country"], told["channel"]) == ("barrier coverage", "US", "email")
    assert [module.decision_id for module in answer.modules] == [first.decision_id, second.decision_id]


def test_a_decisions_id_is_that_of_question_policy_candidates_and_choice(crowd: Any) -> None:
    def known_as(policy: Policy, seed: int = 0, **asked: Any) -> str:
        [module] = crowd(policy, seed).match("H1", "Zelvanta", k=1, **asked).modules
        return str(module.decision_id)

    ids = [
        known_as(Greedy()),
        known_as(Greedy(), seed=1),
        known_as(EpsilonGreedy(0.0)),
        known_as(Greedy(), channel="email"),
        known_as(Greedy(), as_of=date(2026, 9, 29)),
    ]
    assert len(set(ids)) == len(ids)
    assert known_as(Greedy()) == ids[0]


def test_wide_beliefs_make_thompson_try_more(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    modules = [make_module("M1"), make_module("M2", title="Stock", text="Delivery from stock.", claims=[])]

    def sure(low: float, high: float) -> float:
        rows = [
            make_profile_row("coverage", low=low, high=high),
            make_profile_row("supply", probability=0.8, low=low, high=high),
        ]
        matcher = make_matcher(modules, MatchSettings(policy=Thompson(0.0, draws=4000)), profiles=rows)
        [decision] = matcher.match("H1", "Zelvanta", k=1, log=True).decisions
        return max(candidate.propensity for candidate in decision.candidates)

    assert sure(0.84, 0.86) > sure(0.3, 1.0)
