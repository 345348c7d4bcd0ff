"""Texts as if they were read, and a language model that answers by a rule and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hcplens.inference.insights import Annotator, InsightModel
from hcplens.inference.insights.model import NoteReadings
from hcplens.inference.insights.read_texts import ReadTexts
from hcplens.inference.triage import triage_text
from hcplens.prompts import AnswerCache, ChoiceRequest, Completion, Failure, Outcome, Request, Usage


class Obliging:
    """Answers what a rule says: a dict is an answer, a string why there is none."""

    name = "obliging"
    digest = "0b" * 32

    def __init__(self, rule: Callable[[Any], Any], *, can_score: bool = True) -> None:
        self.rule, self.can_score = rule, can_score
        self.asked: list[Request | ChoiceRequest] = []

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        return self._answers(requests)

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        return self._answers(requests)

    def _answers(self, requests: Sequence[Any]) -> Iterator[Outcome]:
        for place, request in enumerate(requests):
            self.asked.append(request)
            said = self.rule(request)
            result = Failure(said) if isinstance(said, str) else Completion(json.dumps(said), Usage(10, 2))
            yield Outcome(place, result)


@pytest.fixture(scope="session")
def obliging() -> type[Obliging]:
    return Obliging


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[AnswerCache]:
    """An empty cache."""
    with AnswerCache(tmp_path / "answers.sqlite") as cache:
        yield cache


@pytest.fixture(scope="session")
def read_as() -> Callable[..., ReadTexts]:
    """Texts as if a model had read them: probabilities (n, S) and spans (n, S, 2) of statements, nothing else."""

    def make(texts: Sequence[str], probabilities: Sequence[Sequence[float]], spans: Any) -> ReadTexts:
        statements = np.asarray(probabilities, dtype=np.float64)
        n, labels = statements.shape
        certain = np.zeros((n, labels, 3))
        certain[:, :, 0] = 1.0
        places = np.zeros((n, 0, 2), dtype=np.int64)
        none = np.zeros((n, 0))
        readings = NoteReadings(
            statements=statements,
            channels=none,
            flags=none,
            uses=none,
            status=certain,
            holder=certain,
            statement_spans=np.asarray(spans, dtype=np.int64),
            channel_spans=places,
            flag_spans=places,
            use_spans=places,
            whole=statements,
            words=statements,
        )
        return ReadTexts((None,) * n, tuple(map(triage_text, texts)), readings)

    return make


@pytest.fixture(scope="session")
def insights(tmp_path_factory: pytest.TempPathFactory) -> InsightModel:
    """The model that ships."""
    return InsightModel.named(None, cache_folder=tmp_path_factory.getbasetemp() / "vectors")


@pytest.fixture(scope="session")
def annotator(insights: InsightModel) -> Annotator:
    return Annotator(insights)
