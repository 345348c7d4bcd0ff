from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.insights import Evidence, Flag
from hcplens.inference.insights.flagging import UNLIKELY, overlap, united
from hcplens.inference.triage import OUTSIDE_LABEL


def flag(kind: str, start: int | None, end: int | None, probability: float = 0.5, detector: str = "rule:harm") -> Flag:
    return Flag(kind, probability, Evidence(start, end, "words"), detector)


def by_model(kind: str, start: int, end: int, probability: float = 0.5) -> Flag:
    return flag(kind, start, end, probability, "tagger@1")


def test_a_flag_of_both_has_the_models_words_and_both_names() -> None:
    [found] = united([flag("adverse_event", 5, 30, 0.6)], [by_model("adverse_event", 10, 20, 0.9)])
    assert (found.evidence.start, found.evidence.end) == (10, 20)
    assert found.detector == "rule:harm+tagger@1"
    assert found.probability == 0.9


def test_another_kind_or_other_words_are_flags_of_their_own_in_the_order_of_the_words() -> None:
    rules = [flag("adverse_event", 20, 30)]
    found = united(rules, [by_model("off_label", 20, 30), by_model("adverse_event", 0, 10)])
    assert [(one.kind, one.evidence.start, one.detector) for one in found] == [
        ("adverse_event", 0, "tagger@1"),
        ("adverse_event", 20, "rule:harm"),
        ("off_label", 20, "tagger@1"),
    ]


def test_one_reading_of_the_model_can_confirm_two_rules_which_keep_their_words() -> None:
    rules = [flag("adverse_event", 0, 10), flag("adverse_event", 12, 20)]
    found = united(rules, [by_model("adverse_event", 5, 15)])
    assert [one.detector for one in found] == ["rule:harm+tagger@1"] * 2
    assert [one.evidence for one in found] == [one.evidence for one in rules]


def test_a_flag_that_rests_on_no_words_stands_beside_the_models() -> None:
    found = united([flag("adverse_event", None, None)], [by_model("adverse_event", 0, 4)])
    assert [one.detector for one in found] == ["rule:harm", "tagger@1"]


@pytest.mark.parametrize("kind", ["medical_inquiry", "off_label"])
def test_a_rules_inquiry_or_off_label_talk_stands_only_where_the_model_thinks_it_possible(kind: str) -> None:
    raised = [flag(kind, 0, 10, detector="rule:asked")]
    assert united(raised, [], {kind: UNLIKELY - 0.001}) == ()
    assert [one.evidence for one in united(raised, [], {kind: UNLIKELY})] == [raised[0].evidence]


@pytest.mark.parametrize("kind", ["adverse_event", "product_complaint"])
def test_a_rules_adverse_event_or_complaint_stands_whatever_the_model_thinks(kind: str) -> None:
    raised = [flag(kind, 0, 10)]
    assert [one.evidence for one in united(raised, [], {kind: 0.0})] == [raised[0].evidence]


@pytest.mark.parametrize(("strength", "model", "expected"), [(0.9, 0.1, 0.5), (0.6, 0.8, 0.8), (0.6, 0.6, 0.6)])
def test_a_rule_that_is_surer_than_the_model_has_the_mean_of_both(
    strength: float, model: float, expected: float
) -> None:
    alone = united([flag("adverse_event", 0, 10, strength)], [], {"adverse_event": model})
    joined = united(
        [flag("adverse_event", 0, 10, strength)],
        [by_model("adverse_event", 0, 10, model)],
        {"adverse_event": model},
    )
    assert joined[0].probability == pytest.approx(expected)
    assert alone[0].probability == pytest.approx(expected if strength >= model else strength)


def test_where_the_model_has_not_read_the_text_rules_stand() -> None:
    raised = [flag("medical_inquiry", 0, 10), flag("off_label", 12, 20)]
    assert united(raised, []) == tuple(raised)


def test_a_use_that_the_label_of_the_brand_excludes_stands_since_the_model_does_not_know_the_label() -> None:
    raised = [flag("off_label", 0, 10, detector=OUTSIDE_LABEL)]
    assert united(raised, [], {"off_label": 0.0}) == tuple(raised)


FLAGS = st.lists(
    st.builds(
        lambda kind, start, length, probability: (kind, start, start + length, probability),
        st.sampled_from(("adverse_event", "product_complaint", "off_label", "medical_inquiry")),
        st.integers(0, 60),
        st.integers(1, 30),
        st.floats(0, 1),
    ),
    max_size=6,
)


PROBABILITIES = st.dictionaries(
    st.sampled_from(("adverse_event", "product_complaint", "off_label", "medical_inquiry")), st.floats(0, 1)
)


@given(FLAGS, FLAGS, PROBABILITIES)
def test_no_adverse_event_or_complaint_of_a_rule_is_ever_left_out(
    rules: list[tuple[str, int, int, float]], model: list[tuple[str, int, int, float]], probabilities: dict[str, float]
) -> None:
    first = [flag(*one) for one in rules]
    found = united(first, [by_model(*one) for one in model], probabilities)
    for one in first:
        stands = any(f.kind == one.kind and overlap(f, one) and f.detector.startswith("rule:") for f in found)
        assert stands or (one.kind in {"off_label", "medical_inquiry"} and probabilities[one.kind] < UNLIKELY)


@given(FLAGS, FLAGS)
def test_nothing_that_either_raised_is_lost_where_nothing_is_held_for_unlikely(
    rules: list[tuple[str, int, int, float]], model: list[tuple[str, int, int, float]]
) -> None:
    first, second = [flag(*one) for one in rules], [by_model(*one) for one in model]
    found = united(first, second)
    by_rules = [one.kind for one in found if one.detector != "tagger@1"]
    assert sorted(by_rules) == sorted(one.kind for one in first)
    for one in (*first, *second):
        covering = [f for f in found if f.kind == one.kind and f.probability >= one.probability]
        assert any(overlap(one, other) for other in covering)
    assert list(found) == sorted(found, key=lambda f: (f.evidence.start or 0, f.kind))
