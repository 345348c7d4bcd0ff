from __future__ import annotations

from dataclasses import replace

import pytest

from hcplens.inference.insights import Annotation, Annotator, InsightModel
from hcplens.inference.insights.surveys import read_surveys, scale_status
from hcplens.prompts import SurveyMap, Taxonomy


@pytest.fixture(scope="module")
def annotator(small_model: InsightModel) -> Annotator:
    """Claims much: the small model is seldom sure."""
    claims = replace(small_model.trained.claims, thresholds=small_model.trained.claims.thresholds / 20)
    return Annotator(replace(small_model, trained=replace(small_model.trained, claims=claims)))


@pytest.fixture(scope="module")
def claim(annotator: Annotator) -> str:
    """A sentence of which the small model claims something."""
    examples = [topic.examples.barrier[0] for topic in Taxonomy.default().topics]
    return next(e for e, found in zip(examples, annotator.annotate(examples), strict=True) if found.statements)


def read(annotator: Annotator, question: str, answer: str, kind: str | None) -> Annotation:
    return read_surveys([{"question": question, "answer": answer, "kind": kind}], annotator)[0]


@pytest.mark.parametrize(
    ("answer", "status"),
    [("7", "current"), ("5", "current"), ("4", None), ("3", "resolved"), ("1", "resolved"), ("3,0", "resolved")],
)
def test_a_scale_from_1_to_7_is_read_from_both_ends(answer: str, status: str | None) -> None:
    assert scale_status("I worry about payer paperwork", answer) == status


@pytest.mark.parametrize("answer", ["0", "8", "agree", "", "nan", "-3"])
def test_an_answer_off_the_scale_says_nothing(answer: str) -> None:
    assert scale_status("I worry about payer paperwork (1-7)", answer) is None


@pytest.mark.parametrize(
    ("question", "answer", "status"),
    [
        ("It is easy to start (1 = strongly disagree – 5 = strongly agree)", "5", "current"),
        ("It is easy to start (1 = strongly disagree – 5 = strongly agree)", "2", "resolved"),
        ("How likely are you to recommend it? (0-10)", "5", None),
        ("Die Kostenerstattung bereitet mir Sorgen (1 = stimme gar nicht zu, 7 = stimme voll zu)", "6", "current"),
        ("Die Kostenerstattung bereitet mir Sorgen (Skala 1 bis 7)", "2", "resolved"),
        ("In patients aged 12-17 it works well (1-5)", "4", "current"),
    ],
)
def test_the_ends_of_the_scale_are_read_from_the_question(question: str, answer: str, status: str | None) -> None:
    assert scale_status(question, answer) == status


def test_a_scale_states_one_thing_as_the_answer_has_it(annotator: Annotator, claim: str) -> None:
    question = f"{claim} (1-7)"
    agreed, between, denied = (read(annotator, question, answer, "scale") for answer in ("7", "4", "1"))
    assert [s.status for s in agreed.statements] == ["current"]
    (other,) = denied.statements
    assert (other.polarity, other.status) in {("barrier", "resolved"), ("barrier", "current")}
    assert between.statements == ()
    (statement,) = agreed.statements
    assert (statement.holder, statement.annotator) == ("hcp", "scale")
    assert statement.evidence.text == f"{question}: 7"
    assert statement.evidence.start is None


@pytest.mark.parametrize("kind", ["free_text", None])
def test_free_text_is_read_like_a_note(annotator: Annotator, claim: str, kind: str | None) -> None:
    found = read(annotator, "Anything else?", claim, kind)
    assert found == annotator.annotate([claim])[0]
    assert all(s.evidence.text in claim for s in found.statements)


@pytest.mark.parametrize(
    ("question", "answer", "channels"),
    [
        ("Which channel do you prefer?", "face_to_face", ["face_to_face"]),
        ("How may we contact you?", "E-mail, webinars", ["email", "webinar"]),
        ("Über welchen Kanal möchten Sie informiert werden?", "Persönlicher Besuch", ["face_to_face"]),
        ("Which channel do you prefer?", "postal mail", ["mail"]),
        ("Which channel do you prefer?", "none of these", []),
        ("Which dose do you use?", "email me", []),
    ],
)
def test_a_choice_of_channels_prefers_them(
    annotator: Annotator, question: str, answer: str, channels: list[str]
) -> None:
    found = read(annotator, question, answer, "choice")
    assert [(s.channel, s.stance) for s in found.channel_statements] == [(name, "prefers") for name in channels]
    assert found.statements == ()


def test_answers_come_in_the_order_of_the_responses(annotator: Annotator, claim: str) -> None:
    rows = [
        {"question": "Which channel do you prefer?", "answer": "phone", "kind": "choice"},
        {"question": "Anything else?", "answer": claim, "kind": "free_text"},
        {"question": claim, "answer": "1", "kind": "scale"},
    ]
    choice, text, scale = read_surveys(rows, annotator)
    assert [s.channel for s in choice.channel_statements] == ["phone"]
    assert text == annotator.annotate([claim])[0]
    assert [s.annotator for s in scale.statements] == ["scale"]
    assert read_surveys([], annotator) == []


def test_a_question_about_unwanted_channels_tells_what_is_avoided(annotator: Annotator) -> None:
    row = {"question": "Which channels should we avoid?", "answer": "email", "kind": "choice"}
    (found,) = read_surveys([row], annotator)
    assert [(said.channel, said.stance) for said in found.channel_statements] == [("email", "avoids")]


def test_harm_in_an_answer_of_any_kind_is_flagged(annotator: Annotator) -> None:
    row = {"question": "Preferred channel?", "answer": "a patient was hospitalized with sepsis", "kind": "choice"}
    (found,) = read_surveys([row], annotator)
    assert [flag.kind for flag in found.flags] == ["adverse_event"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [("7", [("knowledge", "barrier", "resolved")]), ("4", []), ("1", [("knowledge", "barrier", "current")])],
)
def test_a_scale_says_what_the_map_has_it_say(
    annotator: Annotator, answer: str, said: list[tuple[str, str, str]]
) -> None:
    row = {"question": "I feel confident to start (1-7)", "answer": answer, "kind": "scale"}
    (found,) = read_surveys([row], annotator, [SurveyMap.default()])
    assert [(s.topic, s.polarity, s.status) for s in found.statements] == said
    assert all(
        (s.evidence.text, s.holder) == (f"I feel confident to start (1-7): {answer}", "hcp") for s in found.statements
    )


def test_a_choice_says_what_the_users_map_has_it_say(annotator: Annotator) -> None:
    text = """
        name: mine
        questions:
          - asks: main reason
            answers:
              - {chosen: price, topic: cost, says: barrier current}
              - {chosen: habit, topic: inertia, says: barrier current}
    """
    mine = SurveyMap.from_yaml(text, where="mine.yaml")
    row = {"question": "Your main reason?", "answer": "habit; price", "kind": "choice"}
    (found,) = read_surveys([row], annotator, [mine, SurveyMap.default()])
    assert [s.topic for s in found.statements] == ["cost", "inertia"]


def test_who_denies_what_speaks_for_us_is_held_back(annotator: Annotator) -> None:
    drivers = [topic.examples.driver[0] for topic in Taxonomy.default().topics]
    found = annotator.annotate(drivers)
    question = next(
        text
        for text, said in zip(drivers, found, strict=True)
        if said.statements and max(said.statements, key=lambda s: s.probability).polarity == "driver"
    )
    (denied,) = read_surveys([{"question": question, "answer": "1", "kind": "scale"}], annotator)
    assert [(s.polarity, s.status) for s in denied.statements] == [("barrier", "current")]
