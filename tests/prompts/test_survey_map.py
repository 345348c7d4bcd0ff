from __future__ import annotations

import json
from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.prompts import SurveyMap, Taxonomy


def survey_map(**fields: object) -> SurveyMap:
    return SurveyMap.from_yaml(json.dumps({"name": "mine", **fields}), where="mine.yaml")


@pytest.mark.parametrize(
    ("question", "topic", "agree", "disagree"),
    [
        ("I worry about payer paperwork for Orvexa", "coverage", "barrier current", "barrier resolved"),
        ("Die Wirtschaftlichkeit: zu teuer", "cost", "barrier current", "barrier resolved"),
        ("I feel confident to start a patient on it", "knowledge", "barrier resolved", "barrier current"),
        ("Ich habe Bedenken wegen der Nebenwirkungen", "safety", "barrier current", "barrier resolved"),
        ("The injection is simple for my patients", "dosing", "driver current", "barrier current"),
        ("I am satisfied with the biologic I use most", "inertia", "barrier current", "barrier resolved"),
    ],
)
def test_common_questions_are_known(question: str, topic: str, agree: str, disagree: str) -> None:
    entry = SurveyMap.default().of(question)
    assert entry is not None
    assert (entry.topic, entry.agree, entry.disagree) == (topic, agree, disagree)


@pytest.mark.parametrize(
    "question", ["I have no concerns about safety", "Ich habe keine Bedenken wegen der Sicherheit", "Any other remark?"]
)
def test_denials_and_strange_questions_are_left_to_the_model(question: str) -> None:
    assert SurveyMap.default().of(question) is None


def test_the_map_that_ships_knows_topics_of_the_taxonomy_only() -> None:
    SurveyMap.default().require_topics(Taxonomy.default().ids)


def test_the_first_question_decides_and_choices_are_found_anywhere() -> None:
    answers = [{"chosen": "price", "topic": "cost", "says": "barrier current"}]
    mine = survey_map(questions=[{"asks": "main reason", "answers": answers}, {"asks": ".", "answers": answers[:1]}])
    entry = mine.of("What is the MAIN reason?")
    assert entry is mine.questions[0]
    assert [choice.topic for choice in mine.questions[0].chosen("The Price, mostly")] == ["cost"]
    assert mine.questions[0].chosen("nothing") == []


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ({"asks": "(", "topic": "cost", "agree": "barrier current"}, "not a regular expression"),
        ({"asks": "cost"}, "needs agree, disagree or answers"),
        ({"asks": "cost", "agree": "barrier current"}, "needs a topic"),
        ({"asks": "cost", "topic": "cost", "agree": "barrier"}, "agree"),
        ({"asks": "cost", "topic": "cost", "agree": "barrier current", "mood": 1}, "mood"),
    ],
)
def test_a_wrong_map_names_file_and_field(question: dict[str, object], problem: str) -> None:
    with pytest.raises(InputError, match=problem) as e:
        survey_map(questions=[question])
    assert "mine.yaml" in str(e.value)
    assert "questions.0" in str(e.value)


def test_an_unknown_topic_is_named() -> None:
    mine = survey_map(questions=[{"asks": "cost", "topic": "prices", "agree": "barrier current"}])
    with pytest.raises(InputError, match="'prices' is not in the taxonomy"):
        mine.require_topics(["cost"])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml"):
        SurveyMap.load(tmp_path / "nowhere.yaml")
