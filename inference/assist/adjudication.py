"""The uncertain rest goes to a language model: does the note say this, or not?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...prompts import (
    Answer,
    AnswerCache,
    Decoding,
    LabellingGuide,
    LanguageModel,
    Progress,
    Prompt,
    ask_all,
    score_all,
)
from ..insights import InsightModel
from ..insights.read_texts import ReadTexts
from .candidates import DEFAULT_WIDTH, Candidate, clauses_of, clauses_touched, uncertain
from .combination import Combination, FittedFor
from .confirmation import CHOICES, Confirmation
from .tally import Tally

_ANSWER = Decoding(max_tokens=16)


@dataclass(frozen=True)
class Adjudicated:
    """Texts after their uncertain labels were asked about, and what that came to."""

    read: ReadTexts
    tally: Tally


class Adjudicator:
    """Asks a language model about what the insight model is unsure of, one question a label.

    A model that can score says how likely "yes" and "no" are; another one writes its answer, which counts +1 or -1.
    Without a combination that was fitted for the model, its answers are counted and change nothing.

    Args:
        insights: the model that read the texts; its taxonomy tells what labels mean.
        model: who is asked.
        cache: keeps the answers.
        combination: what the answers are worth.
        guide: tells what polarities mean; the one that ships if None.
        prompt: how it is asked: the latest `confirm` that ships if None.

    Raises:
        InputError: the combination was fitted for another model or prompt.
    """

    def __init__(
        self,
        insights: InsightModel,
        model: LanguageModel,
        cache: AnswerCache,
        combination: Combination | None = None,
        guide: LabellingGuide | None = None,
        prompt: Prompt | None = None,
    ) -> None:
        self._insights, self._model, self._cache = insights, model, cache
        self._question = Confirmation(insights, guide, prompt)
        self._combination = combination
        if combination:
            combination.require_for(self.fitted_for)

    @property
    def fitted_for(self) -> FittedFor:
        """What a combination of these answers holds for."""
        return FittedFor(
            language_model=self._model.name,
            language_model_digest=self._model.digest,
            prompt_digest=self._question.prompt.id.digest,
            insight_model_digest=self._insights.digest,
        )

    def adjudicate(self, read: ReadTexts) -> Adjudicated:
        """The texts with the probabilities that the answers leave."""
        begun = time.monotonic()
        candidates = self.candidates(read)
        answers = self.ask(read, candidates)
        tally = replace(
            Tally.of(answers),
            clauses=clauses_of(read),
            clauses_sent=clauses_touched(read, candidates),
            seconds=time.monotonic() - begun,
        )
        changed, turned = self._combined(read, candidates, answers)
        return Adjudicated(changed, replace(tally, turned=turned))

    def candidates(self, read: ReadTexts) -> list[Candidate]:
        """What is asked about, the least sure first."""
        width = self._combination.width if self._combination else DEFAULT_WIDTH
        return uncertain(read, self._insights.statement_thresholds, width)

    def ask(self, read: ReadTexts, candidates: Sequence[Candidate], progress: Progress | None = None) -> list[Answer]:
        """An answer or a failure for each candidate."""
        values = [self._question.values(read, candidate.row, candidate.column) for candidate in candidates]
        if self._model.can_score:
            choices = [self._question.prompt.choice_request(each, CHOICES) for each in values]
            return score_all(self._model, choices, self._cache, progress)
        requests = [self._question.prompt.request(each, _ANSWER) for each in values]
        return ask_all(self._model, requests, self._cache, progress)

    def _combined(
        self, read: ReadTexts, candidates: Sequence[Candidate], answers: Sequence[Answer]
    ) -> tuple[ReadTexts, int]:
        """The readings with the combined probabilities, and how many claims that turned."""
        answered = [
            (candidate, odds)
            for candidate, answer in zip(candidates, answers, strict=True)
            if (odds := answer_log_odds(answer)) is not None
        ]
        if not self._combination or not answered:
            return read, 0
        rows, columns = (np.asarray([getattr(c, name) for c, _ in answered]) for name in ("row", "column"))
        heads, said = np.asarray([c.log_odds for c, _ in answered]), np.asarray([each for _, each in answered])
        statements = read.readings.statements.copy()
        before = statements[rows, columns]
        statements[rows, columns] = self._combination.weights.probabilities(heads, said)
        thresholds = self._insights.statement_thresholds[columns]
        turned = (before >= thresholds) != (statements[rows, columns] >= thresholds)
        return self._signed(read, statements, rows, columns), int(turned.sum())

    def _signed(
        self, read: ReadTexts, statements: NDArray[np.float64], rows: NDArray[np.intp], columns: NDArray[np.intp]
    ) -> ReadTexts:
        name = f"{self._insights.annotator}+{self._model.name}"
        sources = dict.fromkeys(zip(rows.tolist(), columns.tolist(), strict=True), name)
        return replace(
            read, readings=replace(read.readings, statements=statements), sources={**read.sources, **sources}
        )


def answer_log_odds(answer: Answer) -> float | None:
    """How much likelier "yes" is than "no"; +1 or -1 where it was written; None where there is no answer."""
    if answer.failure is not None:
        return None
    value = answer.value
    if "answer" in value:
        return 1.0 if value["answer"] == "yes" else -1.0
    yes, no = (float(value[choice]) for choice in CHOICES)
    return yes - no
