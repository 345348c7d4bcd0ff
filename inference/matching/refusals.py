"""What was asked for and may not be said: the raw material of the content-gap report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from .answer import Refusal
from .eligibility import Eligibility
from .needs import Need
from .shelf import Shelf
from .topic_space import TopicSpace


def refusals(
    needs: Sequence[Need], shelf: Shelf | None, verdict: Eligibility | None, topics: TopicSpace
) -> tuple[Refusal, ...]:
    """One entry a needed topic, in the order of the needs, where some module on it is blocked or none is eligible.

    A module counts once, under the first rule that blocks it. A brand without any module is all gaps.
    """
    listed = dict.fromkeys(need.topic for need in needs)
    if shelf is None or verdict is None:
        return tuple(Refusal(topic, 0, {}, 0) for topic in listed)
    every = [_refusal(topic, topics.column(topic), shelf, verdict) for topic in listed]
    return tuple(refusal for refusal in every if refusal.matched or not refusal.eligible)


def blocked(verdict: Eligibility) -> dict[str, int]:
    """The modules of a brand that may not be shown, by the first rule that blocks each, the most frequent first."""
    return _most_frequent_first(verdict.counted(np.arange(len(verdict.channels))))


def _refusal(topic: str, column: int, shelf: Shelf, verdict: Eligibility) -> Refusal:
    answering = shelf.answering(column)
    reasons = verdict.counted(answering)
    matched = reasons.total()
    return Refusal(topic, matched, _most_frequent_first(reasons), len(answering) - matched)


def _most_frequent_first(reasons: Counter[str]) -> dict[str, int]:
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
