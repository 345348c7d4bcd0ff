"""What the answers to a survey's scales and choices say, read from YAML.

The file that ships is `survey_maps/default.yaml`; a user's own has the same shape and is asked first:

    name: my-survey
    questions:
      - asks: "payer paperwork|prior auth"
        topic: coverage
        agree: barrier current
        disagree: barrier resolved
      - asks: "main reason"
        answers:
          - chosen: "price|co-?pay"
            topic: cost
            says: barrier current

`asks` and `chosen` are regular expressions, looked for anywhere and whatever the case; the first that is found decides.
What a map leaves out (`agree`, `disagree`) says nothing. To a question in which the map's `unless` is found it has no
answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ..errors import InputError
from .yaml_files import load_yaml, parse_yaml

Says = Literal["driver current", "driver resolved", "barrier current", "barrier resolved"]


def _compiles(pattern: str) -> str:
    try:
        _compiled(pattern)
    except re.error as e:
        raise ValueError(f"{pattern!r} is not a regular expression: {e}") from e
    return pattern


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]


class ChosenAnswer(BaseModel):
    """What choosing an answer says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chosen: Pattern
    topic: str
    says: Says


class SurveyQuestion(BaseModel):
    """What agreeing and disagreeing with a scale say about one topic, or what each choice does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asks: Pattern
    topic: str | None = None
    agree: Says | None = None
    disagree: Says | None = None
    answers: tuple[ChosenAnswer, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> SurveyQuestion:
        if (self.agree or self.disagree) and self.topic is None:
            raise ValueError("a question that one agrees with needs a topic")
        if not (self.agree or self.disagree or self.answers):
            raise ValueError("needs agree, disagree or answers")
        return self

    @property
    def topics(self) -> frozenset[str]:
        """Every topic that an answer may speak of."""
        return frozenset((*((self.topic,) if self.topic else ()), *(answer.topic for answer in self.answers)))

    def chosen(self, answer: str) -> list[ChosenAnswer]:
        """The choices that an answer names, in the order of the map."""
        return [choice for choice in self.answers if _compiled(choice.chosen).search(answer)]


class SurveyMap(BaseModel):
    """Questions in the order in which they are tried; none of them knows a question in which `unless` is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    unless: Pattern | None = None
    questions: tuple[SurveyQuestion, ...] = Field(min_length=1)

    def of(self, question: str) -> SurveyQuestion | None:
        """The first entry that knows the question."""
        if self.unless and _compiled(self.unless).search(question):
            return None
        return next((entry for entry in self.questions if _compiled(entry.asks).search(question)), None)

    def require_topics(self, known: Iterable[str]) -> None:
        """Raise InputError where a question speaks of an unknown topic."""
        topics = frozenset(known)
        for entry in self.questions:
            for topic in sorted(entry.topics - topics):
                raise InputError(
                    f"the survey map {self.name}, question {entry.asks!r}: topic {topic!r} is not in the taxonomy; "
                    f"it knows {', '.join(sorted(topics))}"
                )

    @classmethod
    def default(cls) -> SurveyMap:
        """The map that ships: questions that surveys of physicians often ask, in English and German."""
        return _default()

    @classmethod
    def load(cls, path: Path | str) -> SurveyMap:
        """Read a user's YAML; raises InputError that names the file and the field."""
        return load_yaml(cls, path, "survey map")

    @classmethod
    def from_yaml(cls, text: str, *, where: str) -> SurveyMap:
        """Parse YAML text; `where` names it in errors."""
        return parse_yaml(cls, text, where=where, what="survey map")


@lru_cache(maxsize=1)
def _default() -> SurveyMap:
    text = files(__package__).joinpath("survey_maps/default.yaml").read_text(encoding="utf-8")
    return SurveyMap.from_yaml(text, where="survey_maps/default.yaml")
