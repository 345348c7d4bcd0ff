from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hcplens import Annotator, InsightModel
from hcplens.inference.assist import AssistedAnnotator, Extractor
from hcplens.inference.assist.confirmation import NO_BRAND
from hcplens.prompts import AnswerCache

NOTE = "Pt Mr Tobias Wrenfield tried it. The co-pay is steep, she said; nothing else. Likes the pen."
Model = Any


def said(quote: str, topic: str = "cost", polarity: str = "barrier") -> dict[str, str]:
    return {"quote": quote, "topic": topic, "polarity": polarity, "status": "resolved", "holder": "other"}


@pytest.fixture
def reader(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache
) -> Callable[..., AssistedAnnotator]:
    def make(*statements: dict[str, str]) -> AssistedAnnotator:
        model = obliging(lambda _: {"statements": list(statements)})
        return AssistedAnnotator(annotator, extractor=Extractor(insights, model, answers))

    return make


def test_what_is_quoted_from_the_note_is_added_with_its_place(
    reader: Callable[..., AssistedAnnotator], annotator: Annotator, insights: InsightModel
) -> None:
    [before], [after] = annotator.annotate([NOTE]), reader(said("tried  IT", "supply")).annotate([NOTE])
    [added] = set(after.statements) - set(before.statements)
    assert NOTE[added.evidence.start : added.evidence.end] == "tried it"
    assert (added.topic, added.polarity, added.status, added.holder) == ("supply", "barrier", "resolved", "other")
    assert added.annotator == "obliging"
    column = insights.statement_labels.index("supply.barrier")
    assert added.probability == annotator.statement_probabilities([NOTE])[0, column]


def test_what_is_not_in_the_note_is_counted_and_not_used(
    reader: Callable[..., AssistedAnnotator], annotator: Annotator
) -> None:
    assisted = reader(said("the liver enzymes rose", "safety"), said("tried it", "supply"), said("", "trust"))
    [after] = assisted.annotate([NOTE])
    [before] = annotator.annotate([NOTE])
    assert {each.topic for each in after.statements} - {each.topic for each in before.statements} == {"supply"}
    tally = assisted.tally
    assert (tally.quotes, tally.exact, tally.ungrounded, tally.added) == (3, 1, 2, 1)


def test_every_way_of_being_found_is_counted(reader: Callable[..., AssistedAnnotator]) -> None:
    assisted = reader(said("tried it", "supply"), said("TRIED IT", "trust"), said("co-pay is stepe, she said", "peers"))
    assisted.annotate([NOTE])
    assert (assisted.tally.exact, assisted.tally.normalised, assisted.tally.fuzzy) == (1, 1, 1)


def test_what_is_known_is_not_said_twice(reader: Callable[..., AssistedAnnotator], annotator: Annotator) -> None:
    [known] = annotator.annotate([NOTE])
    told = [said("tried it", each.topic, each.polarity) for each in known.statements]
    assisted = reader(*told, said("tried it", "supply"), said("co-pay", "supply"))
    [after] = assisted.annotate([NOTE])
    assert told
    assert len(after.statements) == len(known.statements) + 1
    assert assisted.tally.known == len(told) + 1


def test_words_over_an_identifier_are_masked(reader: Callable[..., AssistedAnnotator]) -> None:
    [after] = reader(said("[PATIENT_NAME] tried it", "supply")).annotate([NOTE])
    [added] = [each for each in after.statements if each.topic == "supply"]
    assert added.evidence.masked
    assert added.evidence.text == "[PATIENT_NAME] tried it"
    assert NOTE[added.evidence.start : added.evidence.end] == "Pt Mr Tobias Wrenfield tried it"


def test_talk_outside_the_label_is_no_driver(reader: Callable[..., AssistedAnnotator], annotator: Annotator) -> None:
    note = "Uses it off-label in children and loves how it works there."
    [before] = annotator.annotate([note])
    assert "off_label" in {flag.kind for flag in before.flags}
    [after] = reader(said("Uses it off-label in children", "patient_fit", "driver")).annotate([note])
    assert after == before


def test_only_redacted_text_that_can_be_read_is_sent(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache
) -> None:
    model = obliging(lambda _: {"statements": []})
    german = "Die Patientin kann sich das Medikament leider nicht leisten, sagt die Ärztin beim Besuch."
    assisted = AssistedAnnotator(annotator, extractor=Extractor(insights, model, answers))
    assisted.annotate([NOTE, german, " "])
    [asked] = model.asked
    assert "Wrenfield" not in asked.user
    assert NO_BRAND in asked.user
    assert "PATIENT_NAME]" in asked.user


def test_a_note_without_an_answer_keeps_what_was_known(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache
) -> None:
    assisted = AssistedAnnotator(annotator, extractor=Extractor(insights, obliging(lambda _: "no time"), answers))
    assert assisted.annotate([NOTE]) == annotator.annotate([NOTE])
    assert assisted.tally.failed == 1
