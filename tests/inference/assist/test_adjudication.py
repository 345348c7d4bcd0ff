from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hcplens import Annotator, InputError, InsightModel
from hcplens.inference.assist import Adjudicator, AssistedAnnotator, Combination, Weights
from hcplens.inference.assist.candidates import uncertain
from hcplens.inference.insights import GoldNote
from hcplens.prompts import AnswerCache

YES, NO = {"yes": -0.1, "no": -3.1}, {"yes": -4.1, "no": -0.1}
Model = Any


def fitted(adjudicator: Adjudicator, width: float = 1.5, **weights: float) -> Combination:
    """Weights in full trust of the language model, or others."""
    return Combination(
        fitted_for=adjudicator.fitted_for,
        width=width,
        weights=Weights(**({"slope": 1.0, "weight": 2.0, "intercept": 0.0} | weights)),
        notes=9,
        physicians=3,
        questions=9,
        clauses_sent=0.2,
        log_loss_before=0.6,
        log_loss_after=0.5,
        gain_low=0.01,
    )


@pytest.fixture
def texts(gold_notes: list[GoldNote]) -> list[str]:
    return [note.text for note in gold_notes]


def claims(annotations: list[Any]) -> list[set[tuple[str, str]]]:
    return [{(s.topic, s.polarity) for s in annotation.statements} for annotation in annotations]


def assisted(
    annotator: Annotator, insights: InsightModel, model: Model, answers: AnswerCache, **weights: float
) -> AssistedAnnotator:
    combination = fitted(Adjudicator(insights, model, answers), **weights)
    return AssistedAnnotator(annotator, Adjudicator(insights, model, answers, combination))


@pytest.mark.parametrize("can_score", [True, False])
def test_a_yes_claims_what_was_unsure_and_a_no_drops_it(
    can_score: bool,
    annotator: Annotator,
    insights: InsightModel,
    obliging: Callable[..., Model],
    answers: AnswerCache,
    texts: list[str],
) -> None:
    written = {"yes": YES if can_score else {"answer": "yes"}, "no": NO if can_score else {"answer": "no"}}
    agrees, denies = (obliging(lambda _, said=said: written[said], can_score=can_score) for said in ("yes", "no"))
    agrees.digest = "a" * 64
    read = annotator.read(texts)
    unsure = uncertain(read, insights.statement_thresholds, 1.5)
    before = claims(annotator.annotate(texts))
    after_yes = claims(assisted(annotator, insights, agrees, answers).annotate(texts))
    after_no = claims(assisted(annotator, insights, denies, answers).annotate(texts))
    labels = [tuple(label.rpartition(".")[::2]) for label in insights.statement_labels]
    of_row = [{labels[c.column] for c in unsure if c.row == row} for row in range(len(texts))]
    assert len(agrees.asked) == len(unsure) > 10
    for was, now_yes, now_no, asked in zip(before, after_yes, after_no, of_row, strict=True):
        assert now_yes - asked == was - asked
        assert now_no == was - asked
        assert now_yes <= was | asked
    assert sum(map(len, after_yes)) > sum(map(len, before)) > sum(map(len, after_no))


def test_flags_wishes_uses_and_redactions_are_not_the_language_models(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache, texts: list[str]
) -> None:
    before = annotator.annotate(texts)
    after = assisted(annotator, insights, obliging(lambda _: NO), answers).annotate(texts)
    assert before != after
    assert [replace(each, statements=()) for each in before] == [replace(each, statements=()) for each in after]
    assert any(each.flags for each in before)


def test_nothing_changes_where_nobody_knows_what_an_answer_is_worth(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache, texts: list[str]
) -> None:
    reader = AssistedAnnotator(annotator, Adjudicator(insights, obliging(lambda _: NO), answers))
    assert reader.annotate(texts) == annotator.annotate(texts)
    assert reader.tally.asked == reader.tally.answered > 0
    assert reader.tally.turned == 0


def test_what_is_not_answered_stays_as_it_was_and_is_counted(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache, texts: list[str]
) -> None:
    reader = assisted(annotator, insights, obliging(lambda _: "no time"), answers)
    assert reader.annotate(texts) == annotator.annotate(texts)
    assert (reader.tally.failed, reader.tally.answered) == (reader.tally.asked, 0)
    assert reader.tally.failure == "no time"


def test_the_answers_are_combined_as_the_formula_says(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache, texts: list[str]
) -> None:
    adjudicator = Adjudicator(insights, obliging(lambda _: YES), answers)
    adjudicator = Adjudicator(
        insights, obliging(lambda _: YES), answers, fitted(adjudicator, slope=0.5, weight=0.25, intercept=-0.5)
    )
    read = annotator.read(texts)
    first = uncertain(read, insights.statement_thresholds, 1.5)[0]
    changed = adjudicator.adjudicate(read).read
    log_odds = 0.5 * first.log_odds + 0.25 * 3.0 - 0.5
    assert changed.readings.statements[first.row, first.column] == pytest.approx(1 / (1 + np.exp(-log_odds)))
    assert changed.sources[first.row, first.column] == f"{insights.annotator}+obliging"


def test_a_statement_says_who_had_a_say(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache, texts: list[str]
) -> None:
    found = assisted(annotator, insights, obliging(lambda _: YES), answers).annotate(texts)
    signed = {statement.annotator for annotation in found for statement in annotation.statements}
    assert signed == {insights.annotator, f"{insights.annotator}+obliging"}


def test_a_second_run_asks_nothing_and_says_the_same(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache, texts: list[str]
) -> None:
    first, second = obliging(lambda _: YES), obliging(lambda _: NO)
    said = assisted(annotator, insights, first, answers).annotate(texts)
    reader = assisted(annotator, insights, second, answers)
    assert reader.annotate(texts) == said
    assert second.asked == []
    assert reader.tally.from_cache == reader.tally.answered == len(first.asked)


def test_no_identifier_is_told(
    annotator: Annotator, insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache, texts: list[str]
) -> None:
    planted = ["Mrs Ludmila Hrdlicka", "MRN 88412097", "ludmila.h@mailbox.example", "DOB 1958-11-23", "07700 900456"]
    model = obliging(lambda _: YES)
    with_patients = [f"{text} Pt {who}." for text, who in zip(texts, planted * 9, strict=True)]
    assisted(annotator, insights, model, answers).annotate(with_patients)
    told = "".join(request.system + request.user for request in model.asked)
    assert [who for who in planted if who in told] == []
    assert "PATIENT_NAME]" in told


def test_a_combination_for_another_model_is_refused(
    insights: InsightModel, obliging: Callable[..., Model], answers: AnswerCache
) -> None:
    combination = fitted(Adjudicator(insights, obliging(lambda _: YES), answers))
    other = obliging(lambda _: YES)
    other.digest = "c" * 64
    with pytest.raises(InputError, match="fitted for the language model obliging"):
        Adjudicator(insights, other, answers, combination)
