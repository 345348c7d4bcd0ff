import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.records.schemas import FLAG_KINDS
from hcplens.inference.triage import find_flags, flag_id
from hcplens.prompts import POLARITIES, Taxonomy


def kinds(text: str) -> set[str]:
    return {flag.kind for flag in find_flags(text)}


def evidence(text: str, kind: str) -> list[str]:
    return [text[flag.start : flag.end] for flag in find_flags(text) if flag.kind == kind]


@pytest.mark.parametrize(
    "text",
    [
        "one pt hospitalized w/ pneumonia 2 wks after start",
        "lady of his passed out in the kitchen, er, now fine",
        "A patient of hers fell pregnant while on it.",
        "PT TOOK DOUBLE DOSE BY MISTAKE, CALLED POISON LINE",
        "two of his pts stopped working on it after month 5, no response left",
        "62yo developed jaundice in wk 6",
        "Patientin hatte Ausschlag nach der zweiten Spritze",
        "his 1st starter got hives after 2nd injection",
        "a gentleman died three days after the infusion",
    ],
)
def test_a_patient_who_came_to_harm_is_an_adverse_event(text: str) -> None:
    assert "adverse_event" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "worried about rash in general",
        "asked what the nausea rate was in the trial",
        "no headaches, no dizziness, nothing",
        "likes that hypos are rare",
        "safe travels, see you in the fall",
        "thinks the boxed warning on pancreatitis is overdone",
        "Angst vor Nebenwirkungen",
    ],
)
def test_a_worry_or_a_trial_is_no_adverse_event(text: str) -> None:
    assert "adverse_event" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pts stop applying after 4 wks",
        "From next week she is too tired for congresses",
        "predicts a wave of arrhythmia, he does not expect any",
        "Two hip fractures, exactly who it is for",
        "the fax dies and scripts with it",
        "stroke unit wants another training",
        "if the next one bleeds she would stop",
        "the nurses stopped moaning about the premed sheet",
        "numbers look good, three candidates for June",
    ],
)
def test_people_at_large_conditions_and_who_is_not_treated_are_no_adverse_event(text: str) -> None:
    assert "adverse_event" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "No improvement, hospitalized yesterday",
        "pt hospitalized, not better",
        "no samples left, pt died",
        "not covered, pt hospitalized",
        "Pt without insurance had seizure",
        "pt with no insurance had seizure",
        "patient had anaphylaxis, feeling better now",
        "no response and died",
        "no better - hospitalized",
        "stopped because of jaundice",
    ],
)
def test_a_denial_of_something_else_hides_no_harm(text: str) -> None:
    assert "adverse_event" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "no one was hospitalized",
        "no pts hospitalized",
        "pt without seizures",
        "pt without any rash or nausea",
        "pt never had a seizure",
        "no patient had liver failure",
        "pt did not have an MI",
        "pt's rash gone",
    ],
)
def test_a_harm_denied_in_its_own_clause_is_none(text: str) -> None:
    assert "adverse_event" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    ["pt had seizure", "kidney failure on it", "pt had hepatic failure", "had an MI", "acute MI", "liver enzymes up"],
)
def test_failing_organs_and_seizures_are_harms(text: str) -> None:
    assert "adverse_event" in kinds(text)


@pytest.mark.parametrize("text", ["had an MI request", "sent to MI", "seizure-free pt", "asked about seizures"])
def test_medical_information_and_talk_of_seizures_are_no_harms(text: str) -> None:
    assert "adverse_event" not in kinds(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nice lunch. Pen jammed at the 2nd click, kept for us.", "Pen jammed at the 2nd click"),
        ("Autoinjector leaked all over her leg", "Autoinjector leaked all over her leg"),
        ("box arrived w/ a vial missing", "vial missing"),
    ],
)
def test_a_defect_of_a_device_is_a_complaint_at_its_words(text: str, words: str) -> None:
    assert evidence(text, "product_complaint") == [words]


@pytest.mark.parametrize(
    "text",
    [
        "Blister foil tears before the tab comes out, 2 boxes",
        "vial seal split in the box",
        "Rubber stopper torn, photos attached",
        "needle guard popped off, lot noted",
    ],
)
def test_split_seals_and_torn_foils_are_complaints(text: str) -> None:
    assert "product_complaint" in kinds(text)


@pytest.mark.parametrize("text", ["he is stuck with the old pills", "broke the ice, nice talk", "empty waiting room"])
def test_a_figure_of_speech_is_no_complaint(text: str) -> None:
    assert "product_complaint" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "uses it off-label in kids",
        "that is outside the licence, I said",
        "tried it in a 12-year-old, put a boy on it",
        "not in label, told him so",
        "fuera de ficha técnica",
        "Einsatz außerhalb der Zulassung",
    ],
)
def test_use_outside_the_label_is_flagged(text: str) -> None:
    assert "off_label" in kinds(text)


@pytest.mark.parametrize("text", ["Off-label? none", "No unlicensed use was discussed", "nightly like the label says"])
def test_a_form_that_says_there_was_none_is_no_off_label_talk(text: str) -> None:
    assert "off_label" not in kinds(text)


def test_a_reply_in_the_same_sentence_is_not_quoted_with_the_use() -> None:
    text = "Is giving it weekly to two heavy patients, told him not in label"
    assert evidence(text, "off_label") == ["Is giving it weekly to two heavy patients"]


def test_a_reply_that_names_the_label_is_flagged_with_what_it_replies_to() -> None:
    text = "Uses it twice daily. Told him not in label."
    assert evidence(text, "off_label") == ["Uses it twice daily. Told him not in label"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Good chat. Asked whether there is data in dialysis.", "Asked whether there is data in dialysis"),
        ("MSL to follow up with him", "MSL to follow up with him"),
        ("wants to know if it interacts with warfarin, sent to med info", None),
        ("Will wissen, ob es Daten zu Kindern gibt. An MedWiss gegeben.", None),
    ],
)
def test_a_question_for_clinical_information_is_an_inquiry(text: str, words: str | None) -> None:
    found = evidence(text, "medical_inquiry")
    assert found
    assert words is None or found == [words]


@pytest.mark.parametrize(
    "text",
    [
        "Any data in dialysis? Sent on.",
        "Wants PK figures in hepatic impairment",
        "Are there data on a switch without washout?",
        "He requested the renal subgroup data",
    ],
)
def test_a_question_without_the_word_asked_is_an_inquiry(text: str) -> None:
    assert "medical_inquiry" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "asked me to come back next week",
        "asked about lunch on Friday",
        "asked for more samples",
        "asked why the rep left",
        "asked whether I had come far",
        "Payer stopped asking for a gastric emptying study",
    ],
)
def test_a_logistic_question_is_no_inquiry(text: str) -> None:
    assert "medical_inquiry" not in kinds(text)


@pytest.mark.parametrize("between", ["\u200b", "\u00ad", "\u202e", "\x00", "\u2060", "\ufeff"])
def test_an_invisible_character_inside_a_word_hides_nothing(between: str) -> None:
    text = f"pt was hospi{between}talized after dose 2"
    (flag,) = find_flags(text)
    assert flag.kind == "adverse_event"
    assert text[flag.start : flag.end] == text


def test_typographic_variants_read_like_plain_ones() -> None:
    assert kinds("nurse: pen didn\u2019t click") == kinds("nurse: pen didn't click") == {"product_complaint"}
    assert kinds("\uff50\uff54 hospitalized after dose 2") == {"adverse_event"}
    assert kinds("pt hatte u\u0308belkeit nach der Spritze") == {"adverse_event"}


def test_at_most_three_in_a_hundred_example_clauses_of_the_taxonomy_are_flagged() -> None:
    clauses = [
        clause
        for topic in Taxonomy.default().topics
        for polarity in POLARITIES
        for clause in topic.examples.of(polarity)
    ]
    flagged = [clause for clause in clauses if find_flags(clause)]
    assert len(flagged) <= 0.03 * len(clauses), flagged


def test_an_empty_note_has_no_flags() -> None:
    assert find_flags("") == find_flags(" \n\t") == []


@given(st.text(max_size=300))
def test_spans_lie_within_any_text(text: str) -> None:
    for flag in find_flags(text):
        assert 0 <= flag.start < flag.end <= len(text)


_NOTE_WORDS = (
    "pt", "rash", "after", "dose", "asked", "if", "data", "in", "kids", "not", "label", "pen", "jammed", ".", ",", "|",
    "-", "\n", "Dr.", "no", "worried", "hospitalized", "MI", "req", "q:", "\u200b", "told", "him", "15-yr-old", "used",
    "it",
)  # fmt: skip


@given(st.lists(st.sampled_from(_NOTE_WORDS), max_size=40).map(" ".join))
def test_every_flag_has_a_known_kind_a_probability_and_a_rule(text: str) -> None:
    found = find_flags(text)
    assert found == sorted(found)
    for flag in found:
        assert flag.kind in FLAG_KINDS
        assert 0.5 <= flag.probability < 1
        assert flag.detector.startswith("rule:")
        assert 0 <= flag.start < flag.end <= len(text)


def test_a_flag_id_is_the_digest_of_note_kind_and_span() -> None:
    # printf 'N1\x1fadverse_event\x1f3\x1f9' | sha256sum
    assert flag_id("N1", "adverse_event", 3, 9) == "52d8d99ea72a7543"
    assert len({flag_id("N1", kind, 3, 9) for kind in FLAG_KINDS}) == 4
    assert set(flag_id("N\u00e91", "off_label", 0, 1)) <= set(string.hexdigits)
