from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.matching import ContentMatcher, EligibilityRules, EligibilitySettings, MatchSettings, Physician
from hcplens.inference.records.catalogue import Module

AS_OF = date(2026, 9, 30)
CARDIOLOGIST = Physician(
    "H1",
    specialty="cardiology",
    country="US",
    language="en",
    tier="A",
    open_channels=frozenset({"email", "video", "face_to_face"}),
)

MakeModule = Callable[..., Module]


def settings(rules: str) -> EligibilitySettings:
    return EligibilitySettings.from_yaml(f"rules:\n{rules}", where="the test's rules")


def told(module: Module, rules: str, physician: Physician = CARDIOLOGIST) -> str | None:
    return EligibilityRules([module], settings(rules)).check(physician, AS_OF).told(0)


@pytest.mark.parametrize(
    ("rule", "blocks"),
    [
        ("block: {physician.tier: A}", True),
        ("block: {physician.tier: [B, C]}", False),
        ("block: {physician.tier: {none_of: [B, C]}}", True),
        ("block: {physician.country: usa, module.brand: ZELVANTA}", True),
        ("block: {physician.country: US, module.brand: Dermiqo}", False),
        ("block: {module.brand: Zelvanta®}", True),
        ("block: {physician.region: South}", True),  # the region is unknown: it may be the South
        ("block: {physician.region: {none_of: [South]}}", True),
        ("block: {physician.region: South, physician.tier: C}", False),  # whatever the region, the tier is another
        ("block: {module.channels: video}", True),
        ("block: {module.language: en-US}", True),
        ("block: {module.expires_at: {before: 2028-01-01}}", True),
        ("block: {module.expires_at: {before: 2027-12-31}}", False),
        ("block: {module.approved_at: {after: 2025-12-31, before: 2026-01-02}}", True),
        ("block: {module.must_use: [A1, A7]}", True),
        ("allow_only: {physician.tier: [A, B]}", False),
        ("allow_only: {physician.tier: B}", True),
        ("allow_only: {physician.region: South}", True),  # not known to be in the South
        ("allow_only: {physician.tier: B}, when: {module.brand: Dermiqo}", False),
        ("allow_only: {physician.tier: B}, when: {module.brand: Zelvanta}", True),
        ("allow_only: {physician.tier: B}, when: {physician.segment: new}", True),  # may be of the segment
    ],
)
def test_a_rule_blocks_what_it_says_and_what_is_unknown(make_module: MakeModule, rule: str, blocks: bool) -> None:
    assert told(make_module(), f"- {{{rule}, reason: as agreed}}") == ("rule: as agreed" if blocks else None)


def test_a_rule_on_a_channel_takes_that_channel_only(make_module: MakeModule) -> None:
    rules = "- {block: {channel: email, physician.country: US}, reason: no e-mail}"
    modules = [make_module(), make_module(channels=["email"])]
    verdict = EligibilityRules(modules, settings(rules)).check(CARDIOLOGIST, AS_OF)
    assert [verdict.told(0), verdict.told(1)] == [None, "rule: no e-mail"]
    assert verdict.usable_channels(0) == {"video", "face_to_face"}


def test_all_rules_that_block_are_told_and_a_more_fundamental_reason_first(make_module: MakeModule) -> None:
    rules = "- {block: {physician.tier: A}, reason: one}\n- {block: {physician.tier: A}, reason: two}"
    assert told(make_module(), rules) == "rule: one; two"
    assert told(make_module(status="draft"), rules) == "status"


def test_a_refusal_counts_modules_under_the_words_of_the_rule(
    make_matcher: Callable[..., ContentMatcher], make_module: MakeModule
) -> None:
    ours = MatchSettings(eligibility=settings("- {block: {module.module_id: M2}, reason: recalled}"))
    answer = make_matcher([make_module("M1"), make_module("M2")], ours).match("H1", "Zelvanta")
    assert [module.module_id for module in answer.modules] == ["M1"]
    assert [dict(refusal.reasons) for refusal in answer.refused] == [{"rule: recalled": 1}]


def test_without_conditions_on_modules_no_modules_are_fine() -> None:
    verdict = EligibilityRules([], settings("- {block: {physician.tier: A}, reason: x}")).check(CARDIOLOGIST, AS_OF)
    assert verdict.eligible.tolist() == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("block: {physician.teir: A}", "did you mean 'physician.tier'"),
        ("block: {channel: e-mail}", "unknown channel 'e-mail'"),
        ("block: {physician.country: United States}", "physician.country: unknown country 'United States'"),
        ("block: {physician.country: {none_of: [US, DEU]}}", "physician.country: unknown country 'DEU'"),
        ("block: {module.countries: [US, Germany]}", "module.countries: unknown country 'Germany'"),
        ("block: {physician.language: english}", "physician.language: unknown language 'english'"),
        ("allow_only: {module.language: german}", "module.language: unknown language 'german'"),
        ("block: {module.channels: emails}", "module.channels: unknown channel 'emails' (did you mean 'email'?)"),
        ("block: {module.expires_at: soon}", "module.expires_at: unknown day 'soon'"),
        ("block: {physician.country: NO}", "write it in quotes"),
        ("block: {physician.tier: {before: 2026-01-01}}", "before and after are for"),
        ("block: {physician.tier: {like: A}}", "like"),
        ("block: {physician.tier: {}}", "is empty"),
        ("block: {}", "needs conditions"),
        ("block: {physician.tier: A}, allow_only: {physician.tier: B}", "not both"),
        ("block: {physician.tier: A}, when: {physician.tier: B}", "when goes with allow_only"),
        ("block: {physician.tier: __import__('os')}, eval: x", "eval"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_file_and_place(tmp_path: Path, rule: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"rules:\n- {{{rule}, reason: x}}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.yaml.*rules\.0") as refused:
        EligibilitySettings.load(path)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "blocks"),
    [
        ("block: {physician.country: FR}", True),
        ("block: {physician.country: {none_of: [FR]}}", True),
        ("block: {physician.language: de}", True),
        ("block: {module.countries: FR}", True),
        ("block: {module.countries: US}", True),
        ("block: {module.countries: {none_of: [FR]}}", True),
        ("block: {module.countries: {none_of: [US]}}", False),
        ("allow_only: {physician.country: FR}", True),
        ("allow_only: {module.countries: US}", False),
    ],
)
def test_a_country_or_language_of_the_data_that_is_none_is_unknown(
    make_module: MakeModule, rule: str, blocks: bool
) -> None:
    abroad = replace(CARDIOLOGIST, country="France", language="english")
    module = make_module(countries=["France", "US"], language="english")
    assert told(module, f"- {{{rule}, reason: x}}", abroad) == ("rule: x" if blocks else None)


def test_both_names_of_a_country_are_known_to_a_rule(make_module: MakeModule) -> None:
    british = replace(CARDIOLOGIST, country="GB")
    assert told(make_module(countries=["gb"]), "- {block: {physician.country: UK}, reason: x}", british) == "rule: x"


def test_a_country_in_quotes_is_a_country(make_module: MakeModule) -> None:
    norwegian = replace(CARDIOLOGIST, country="NO")
    assert (
        told(make_module(countries=["NO"]), "- {block: {physician.country: 'NO'}, reason: x}", norwegian) == "rule: x"
    )


def test_settings_keep_what_a_file_leaves_out_and_name_what_it_gets_wrong(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("approved_statuses: [released]\n", encoding="utf-8")
    mine = EligibilitySettings.load(path)
    assert (mine.approved_statuses, mine.caps) == (("released",), EligibilitySettings().caps)
    assert mine.digest != EligibilitySettings().digest
    for text in ("caps: [{per: module, at_most: -1, days: 3}]", "holds: [side_effect]", "cap: []"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"mine\.yaml is not a table of eligibility settings"):
            EligibilitySettings.load(path)


def test_the_example_in_the_docstring_is_one(make_module: MakeModule) -> None:
    from hcplens.inference.matching import eligibility_settings

    text = (eligibility_settings.__doc__ or "").split(":\n", maxsplit=1)[1]
    example: Any = EligibilitySettings.from_yaml(text, where="the docstring")
    assert (len(example.rules), len(example.caps), example.holds) == (2, 2, ("adverse_event", "off_label"))
    assert EligibilityRules([make_module()], example).check(CARDIOLOGIST, AS_OF).told(0) is None
