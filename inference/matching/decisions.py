"""Decisions as a log keeps them, so that another policy can be evaluated from what this one chose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ..records.brands import brand_key
from .policy import Policy

ID_DIGITS = 32


class Question(NamedTuple):
    """What was asked, of whom, and who answered; `channel` is the one asked for, None if any would do."""

    hcp_id: str
    brand: str
    as_of: date
    channel: str | None
    policy: Policy
    seed: int

    @property
    def words(self) -> tuple[str, ...]:
        """What tells it from other questions, the policy apart; a brand has one spelling here."""
        return str(self.seed), self.hcp_id, brand_key(self.brand), self.as_of.isoformat(), self.channel or ""


@dataclass(slots=True)  # not frozen: hundreds are made for each answer that is logged
class Candidate:
    """A module that could have stood in a slot, given those above it.

    `score` is what it is worth by itself, `value` what it adds to those above, and by which the policy chose.
    """

    module_id: str
    channel: str
    score: float
    value: float
    propensity: float

    def to_json(self) -> dict[str, Any]:
        """JSON object."""
        return {
            "module_id": self.module_id,
            "channel": self.channel,
            "score": self.score,
            "value": self.value,
            "propensity": self.propensity,
        }


@dataclass(frozen=True)
class Decision:
    """What one slot of an answer holds, how likely that was given the slots above, and what else it could have been.

    Attributes:
        decision_id: see `DecisionIds`.
        slot: counted from 1.
        standard_error: of the propensity; 0 where it is exact.
        specialty: of the physician; None where unknown.
        country: of the physician; None where unknown.
        need: the heaviest need, such as "barrier coverage"; None where there is none.
        candidates: with the chosen one, in the order of the catalogue.
    """

    decision_id: str
    question: Question
    slot: int
    module_id: str
    channel: str
    propensity: float
    standard_error: float
    specialty: str | None
    country: str | None
    need: str | None
    candidates: tuple[Candidate, ...]

    def to_json(self) -> dict[str, Any]:
        """One line of a decision log."""
        question = self.question
        return {
            "decision_id": self.decision_id,
            "hcp_id": question.hcp_id,
            "brand": question.brand,
            "as_of": question.as_of.isoformat(),
            "asked_channel": question.channel,
            "slot": self.slot,
            "module_id": self.module_id,
            "channel": self.channel,
            "propensity": self.propensity,
            "standard_error": self.standard_error,
            "policy": question.policy.name,
            "parameters": dict(question.policy.parameters),
            "seed": question.seed,
            "specialty": self.specialty,
            "country": self.country,
            "need": self.need,
            "candidates": [candidate.to_json() for candidate in self.candidates],
        }


class DecisionIds:
    """Ids of the decisions of one answer: the first 32 hexadecimal digits of a SHA-256.

    It is that of question, policy, candidates (`digest_of`), slot and choice. Scores play no part: they differ in their
    last digits between machines, and the same decision has one id on all.
    """

    def __init__(self, question: Question, candidates: str) -> None:
        policy = question.policy
        settings = (f"{name}={float(value)!r}" for name, value in sorted(policy.parameters.items()))
        self._begun = hashlib.sha256("\x1f".join([*question.words, policy.name, *settings, candidates]).encode())

    def of(self, slot: int, module_id: str, channel: str) -> str:
        """That of a slot, counted from 1."""
        digest = self._begun.copy()
        digest.update(f"\x1f{slot}\x1f{module_id}\x1f{channel}".encode())
        return digest.hexdigest()[:ID_DIGITS]


def digest_of(module_ids: list[str]) -> str:
    """SHA-256 of the modules that could be shown."""
    return hashlib.sha256("\x1f".join(module_ids).encode()).hexdigest()
