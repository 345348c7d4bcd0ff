from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hcplens import Annotator, InputError, InsightModel
from hcplens.inference.assist import Adjudicator, fit_combination
from hcplens.inference.assist.fitting import Answered, cross_fitted, group_of
from hcplens.inference.insights import GoldNote
from hcplens.inference.triage import triage_text
from hcplens.prompts import AnswerCache, Taxonomy

Model = Any
NAMES = {topic.name: topic.id for topic in Taxonomy.default().topics}


def knowing(notes: list[GoldNote]) -> Callable[[Any], dict[str, float]]:
    """Answers as the labels say, to the questions of the prompt that ships."""
    true = [(triage_text(note.text).readable, {(s.topic, s.polarity) for s in note.insights}) for note in notes]

    def answer(request: Any) -> dict[str, float]:
        lines = dict(line.split(": ", 1) for line in request.user.splitlines() if ": " in line)
        topic = NAMES[json.loads(lines["Topic"].partition('": "')[0] + '"')]
        polarity = "driver" if "towards" in lines["Sense"] else "barrier"
        passage = json.loads(lines["Passage"])
        is_right = any((topic, polarity) in labels for text, labels in true if passage in text)
        return {"yes": -0.1 if is_right else -2.1, "no": -2.1 if is_right else -0.1}

    return answer


def test_a_model_that_knows_is_trusted_and_helps(
    annotator: Annotator,
    insights: InsightModel,
    obliging: Callable[..., Model],
    answers: AnswerCache,
    gold_notes: list[GoldNote],
) -> None:
    adjudicator = Adjudicator(insights, obliging(knowing(gold_notes)), answers)
    fitted = fit_combination(gold_notes, annotator, adjudicator, share=0.3)
    assert fitted.helps
    assert fitted.weights.weight > 1
    assert fitted.log_loss_after < fitted.log_loss_before / 2
    assert 0.3 <= fitted.clauses_sent < 0.4
    assert fitted.physicians == len({group_of(note) for note in gold_notes})


def test_a_model_that_guesses_does_not_help(
    annotator: Annotator,
    insights: InsightModel,
    obliging: Callable[..., Model],
    answers: AnswerCache,
    gold_notes: list[GoldNote],
) -> None:
    random = np.random.default_rng(1)
    adjudicator = Adjudicator(insights, obliging(lambda _: {"yes": -random.random(), "no": -1.0}), answers)
    assert not fit_combination(gold_notes, annotator, adjudicator, share=0.3).helps


def test_without_answers_nothing_is_learned(
    annotator: Annotator,
    insights: InsightModel,
    obliging: Callable[..., Model],
    answers: AnswerCache,
    gold_notes: list[GoldNote],
) -> None:
    adjudicator = Adjudicator(insights, obliging(lambda _: "no time"), answers)
    with pytest.raises(InputError, match="0 answers about 0 physicians"):
        fit_combination(gold_notes, annotator, adjudicator)


def test_a_physician_has_no_say_in_their_own_weights() -> None:
    random = np.random.default_rng(0)
    groups = tuple(f"H{number // 4}" for number in range(40))
    heads, said = random.normal(size=(2, 40))
    answered = Answered((), heads, said, random.random(40) < 0.5, groups)
    before = cross_fitted(answered)
    turned = np.where(np.asarray(groups) == "H3", ~answered.truth, answered.truth)
    after = cross_fitted(Answered((), heads, said, turned, groups))
    same = np.isclose(before, after)
    assert same[12:16].all()
    assert not same.all()
