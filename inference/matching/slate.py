"""The slots of an answer, filled one after the other by a policy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .decisions import Question
from .diversity import MarginalRelevance, most_relevant
from .policy import OpenSlot, Policy, Values
from .shelf import Rows
from .shortlists import Ranked, Shortlists

_LISTS_AT_ONCE = 16
"""Lists from which slates are drawn together: the wording of their candidates fits into the processor's cache."""


@dataclass(frozen=True, eq=False)
class Options:
    """What could have stood in a slot, given the slots above.

    Attributes:
        candidates: (n,) rows that were not chosen above, ascending.
        values: (n,) their marginal relevance.
        propensities: (n,) their probabilities; they add up to 1.
    """

    candidates: Rows
    values: Values
    propensities: Values


class Slot(NamedTuple):
    """One slot and what it holds.

    Attributes:
        chosen: row of what stands in it, among the rows that the slate was drawn from.
        propensity: how likely that was, given the slots above.
        standard_error: of the propensity; 0 where it is exact.
        options: what else it could have been; None where nobody asked.
    """

    chosen: int
    propensity: float
    standard_error: float = 0.0
    options: Options | None = None


class Drawn(NamedTuple):
    """The candidates for an answer, and what stands in its slots: each slot's row of the shelf, score and channel."""

    ranked: Ranked
    slots: list[Slot]
    rows: list[int]
    scores: list[float]
    channels: list[str]


def draw_slate(
    policy: Policy, relevance: MarginalRelevance, spreads: Values, k: int, random: np.random.Generator
) -> list[Slot]:
    """Up to k slots, each chosen among what is left; `spreads` (rows, needs) as in `OpenSlot`."""
    slots: list[Slot] = []
    while len(slots) < k and len(relevance.left):
        slot = _filled(policy, relevance, spreads, random)
        relevance.choose(slot.chosen)
        slots.append(slot)
    return slots


def best_slates(lists: Shortlists, k: int, relevance_share: float) -> list[list[Slot]]:
    """For each list what `draw_slate` draws by the greedy policy, without what a log needs."""
    slates = []
    for start in range(0, len(lists.scores), _LISTS_AT_ONCE):
        some = slice(start, start + _LISTS_AT_ONCE)
        wording = lists.section.wording(lists.places[some])
        chosen = most_relevant(lists.scores[some], wording, k, relevance_share=relevance_share)
        slates += [[Slot(place, 1.0) for place in places if place >= 0] for places in chosen.tolist()]
    return slates


def _filled(policy: Policy, relevance: MarginalRelevance, spreads: Values, random: np.random.Generator) -> Slot:
    candidates = relevance.left
    values = relevance.values[candidates]
    choice = policy.choose(OpenSlot(values, spreads[candidates]), random)
    return Slot(
        chosen=int(candidates[choice.place]),
        propensity=float(choice.propensities[choice.place]),
        standard_error=float(choice.standard_errors[choice.place]),
        options=Options(candidates, values, choice.propensities),
    )


def generator_for(question: Question) -> np.random.Generator:
    """The random numbers of one question: the same whoever was asked about before, others on another day."""
    digest = hashlib.sha256("\x1f".join(question.words).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest))
