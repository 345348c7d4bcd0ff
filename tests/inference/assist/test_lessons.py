from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from hcplens import Annotator, InsightModel
from hcplens.inference.assist.candidates import uncertain
from hcplens.inference.assist.confirmation import CHOICES, Confirmation
from hcplens.inference.assist.lessons import TaughtNote, lessons_from
from hcplens.inference.insights import GoldNote
from hcplens.inference.insights.gold import GoldStatement
from hcplens.inference.insights.read_texts import ReadTexts
from hcplens.prompts import Taxonomy

NAMES = {topic.name: topic.id for topic in Taxonomy.default().topics}
COUNT = 100


@pytest.fixture(scope="module")
def read(annotator: Annotator, gold_notes: list[GoldNote]) -> ReadTexts:
    return annotator.read([note.text for note in gold_notes], [note.brand for note in gold_notes])


@pytest.fixture(scope="module")
def taught(insights: InsightModel, read: ReadTexts, gold_notes: list[GoldNote]) -> list[TaughtNote]:
    return lessons_from(gold_notes, read, insights, COUNT)


def asked(each: TaughtNote) -> tuple[tuple[str, str], str, str]:
    """The label, the words and the passage of a question."""
    lines = dict(line.split(": ", 1) for line in each.lesson.request.user.splitlines() if ": " in line)
    topic = NAMES[json.loads(lines["Topic"].partition('": "')[0] + '"')]
    polarity = "driver" if "towards" in lines["Sense"] else "barrier"
    return (topic, polarity), json.loads(lines["Words"]), json.loads(lines["Passage"])


def test_half_of_the_answers_are_yes(taught: list[TaughtNote]) -> None:
    assert Counter(each.lesson.answer for each in taught) == {"yes": COUNT // 2, "no": COUNT // 2}


def test_a_yes_has_words_that_were_labelled_so(taught: list[TaughtNote], gold_notes: list[GoldNote]) -> None:
    agreed = [each for each in taught if each.lesson.answer == "yes"]
    for each in agreed:
        label, words, passage = asked(each)
        shown = [s.evidence for s in gold_notes[each.row].insights if (s.topic, s.polarity) == label]
        assert words in passage
        assert any(set(words.split()) & set(evidence.split()) for evidence in shown), (words, shown)


def test_a_no_is_about_a_label_that_the_note_lacks_or_about_words_of_another(
    taught: list[TaughtNote], gold_notes: list[GoldNote]
) -> None:
    misplaced = 0
    for each in (each for each in taught if each.lesson.answer == "no"):
        label, words, _ = asked(each)
        right = [s for s in gold_notes[each.row].insights if (s.topic, s.polarity) == label]
        misplaced += bool(right)
        assert not any(words in s.evidence or s.evidence in words for s in right)
    assert misplaced == COUNT // 20


def test_a_lesson_is_put_as_adjudication_asks(
    taught: list[TaughtNote], insights: InsightModel, read: ReadTexts
) -> None:
    question = Confirmation(insights)
    candidates = uncertain(read, insights.statement_thresholds, 3.0)
    requests = {
        (c.row, question.prompt.choice_request(question.values(read, c.row, c.column), CHOICES)) for c in candidates
    }
    same = [each for each in taught if (each.row, each.lesson.request) in requests]
    assert len(same) > COUNT / 2


def test_the_seed_decides(
    taught: list[TaughtNote], insights: InsightModel, read: ReadTexts, gold_notes: list[GoldNote]
) -> None:
    assert lessons_from(gold_notes, read, insights, COUNT) == taught
    assert lessons_from(gold_notes, read, insights, COUNT, seed=8) != taught


def test_no_identifier_is_taught(annotator: Annotator, insights: InsightModel) -> None:
    text = "Pt Mrs Ludmila Hrdlicka, MRN 88412097: prior auth denied twice."
    shown = GoldStatement(
        topic="coverage", polarity="barrier", status="current", holder="hcp", evidence="prior auth denied twice"
    )
    note = GoldNote(note_id="N1", hcp_id="H1", text=text, insights=(shown,))
    told = [each.lesson.request.user for each in lessons_from([note], annotator.read([text]), insights)]
    assert any("prior auth denied twice" in user for user in told)
    assert [user for user in told if "Hrdlicka" in user or "88412097" in user] == []


def test_notes_are_good_for_so_many_lessons_only(
    annotator: Annotator, insights: InsightModel, gold_notes: list[GoldNote]
) -> None:
    one = gold_notes[:1]
    read: Any = annotator.read([one[0].text], [one[0].brand])
    few = lessons_from(one, read, insights, 5000)
    assert len(insights.statement_labels) / 2 < len(few) <= 2 * len(insights.statement_labels)
    assert lessons_from(one, annotator.read(["Er hat Angst vor den Nebenwirkungen."]), insights, 50) == []
