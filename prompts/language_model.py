"""Language models: what they are asked, what they answer, and the protocol that every one of them follows.

Only redacted text may be put into a request: no model, cache or endpoint here takes patient identifiers out. That is
the duty of whoever renders the prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import HcplensError, InputError


class ScoringNotSupportedError(HcplensError):
    """This model cannot tell how likely given choices are; ask it for a completion, or take a local model."""


@dataclass(frozen=True)
class PromptId:
    """Which prompt was asked; the digest is that of its template and schema files."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True)
class Decoding:
    """How an answer is written.

    Attributes:
        max_tokens: an answer that is not finished by then has failed.
        temperature: 0 takes the likeliest token each time.
        seed: of the draws where the temperature is above 0; an endpoint may ignore it.

    Raises:
        InputError: there is room for no token, or the temperature is below 0.
    """

    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise InputError(f"max_tokens is {self.max_tokens}: an answer needs at least 1")
        if not 0 <= self.temperature < float("inf"):
            raise InputError(f"temperature is {self.temperature}: it is 0 or above")


@dataclass(frozen=True)
class Request:
    """A question that is answered with JSON.

    Attributes:
        prompt: where the texts come from.
        system: the task; the same for many requests, so that it is computed once.
        user: what it is about, with everything from outside quoted.
        schema: the JSON schema of the answer, as JSON.
        decoding: how the answer is written.
    """

    prompt: PromptId
    system: str
    user: str
    schema: str
    decoding: Decoding = Decoding()


@dataclass(frozen=True)
class ChoiceRequest:
    """A question of which the answers are known: how likely is each of them?

    Raises:
        InputError: fewer than two choices, an empty one, or one that is given twice.
    """

    prompt: PromptId
    system: str
    user: str
    choices: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.choices) < 2 or len(set(self.choices)) < len(self.choices) or not all(self.choices):
            raise InputError(f"choices are {self.choices}: give two or more, none empty and none twice")


@dataclass(frozen=True)
class Usage:
    """Tokens read and written."""

    prompt_tokens: int = 0
    answer_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.prompt_tokens + other.prompt_tokens, self.answer_tokens + other.answer_tokens)


@dataclass(frozen=True)
class Completion:
    """An answer, as JSON that matches the request's schema.

    To a choice request it is an object of log-probabilities (natural, at most 0) by choice, in their order.
    """

    text: str
    usage: Usage = Usage()


@dataclass(frozen=True)
class Failure:
    """Why one request has no answer."""

    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of the request at a place."""

    place: int
    result: Completion | Failure


class LanguageModel(Protocol):
    """Answers many requests; one that it cannot answer is a Failure and keeps none of the others from their answers."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of what its answers depend on, as far as it is known."""
        ...

    @property
    def can_score(self) -> bool:
        """Whether `score_choices` is supported."""
        ...

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """One outcome a request, as soon as it is there and in any order."""
        ...

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        """How likely each choice is as the whole answer, one outcome a request in any order.

        Raises:
            ScoringNotSupportedError: the model cannot tell.
        """
        ...
