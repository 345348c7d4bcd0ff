r"""Belief: how sure we are that a driver or barrier holds today, and how wide the doubt is.

A filter over two states, holding and not (a hidden Markov model's forward pass, Rabiner, 1989). Between what is said,
belief falls back to the base rate: half of the way in four of the topic's half-lives, for what a physician said and
never took back stays true much longer than it stays news. What is said moves it in log-odds by

    strength = source weight x holder weight x (logit(min(p, 0.95)) - logit(base rate))

up where it says that the subject holds, down where it says that it is over, so that one clear own statement in a note,
made today, gives a belief of `p` itself. `p` is the probability that the statement was read rightly, less the share of
such reports that are the rep's habit. Every record about the brand that says other things and not that the barrier
holds takes a tenth of its odds: what is still in the way comes up again.

Statements that are not the physician's own (somebody else's view, a rep's guess, anything hypothetical) are weak and
fade with the topic's half-life: all of them together move the log-odds by less than the base rate's distance from 0, so
that alone they never reach 0.5, and they never take more than half of what the physician's own words gave. An own word
that turns the state starts the count anew: what was said before it belongs to another episode.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .base_rates import USUAL
from .statements import Statement

CEILING = 0.95  # one statement is never surer than this
CLIP = 0.99  # nor all of them together than this
PERSISTENCE = 4.0  # how much longer the fact lasts than its repetition
SILENCE = 0.1  # of a barrier's odds, for each record that does not mention it
SOURCE_WEIGHT = {"note": 1.0, "survey": 1.2, "event": 0.5}  # a survey is the physician's own hand, a note the rep's
HOLDER_WEIGHT = {"hcp": 1.0, "other": 0.3, "rep": 0.2}
HYPOTHETICAL_WEIGHT = 0.25
WEAK_SHARE = 0.85  # of the way from the base rate to 0.5 that weak statements can go
INTERVAL = 0.90
OBSERVATIONS = 5.0  # that one fresh, certain own statement counts for in the interval
TREND_STEP = 0.1  # more than belief fades in 90 days of silence


def _no_habit(_: Statement) -> float:
    return 0.0


@dataclass(frozen=True)
class Outlook:
    """What is known of a subject besides what was said of it.

    Attributes:
        half_life: days until what was said counts half.
        base_rate: how often the subject holds among the physician's like, in (0, 0.5).
        silences: days of the records, oldest first, that speak of the brand and not of this subject.
        habit: the share of a statement's like that is its rep's habit, in [0, 1).
    """

    half_life: float
    base_rate: float = USUAL
    silences: Sequence[date] = ()
    habit: Callable[[Statement], float] = _no_habit


def believe(statements: Sequence[Statement], outlook: Outlook, *, resolved: bool, today: date) -> float:
    """Probability that the subject holds on `today`, in (0, 1).

    `statements` are those of the present episode, oldest first, echoes taken out; `resolved` says which way the episode
    goes. With no statement it is the base rate.
    """
    side = "resolved" if resolved else "current"
    own = [s for s in statements if s.is_own and s.status == side]
    weak = [s for s in statements if not (s.is_own and s.status == side)]
    own_log_odds = _own_log_odds(own, outlook, today=today, direction=-1.0 if resolved else 1.0)
    return _expit(_clipped(own_log_odds + _weak_log_odds(weak, own_log_odds, outlook, today)))


def weight_of(statement: Statement) -> float:
    """How much a statement counts by its source and holder, before its probability; 1 is an own word in a note."""
    conditional = HYPOTHETICAL_WEIGHT if statement.status == "hypothetical" else 1.0
    return SOURCE_WEIGHT.get(statement.source, 1.0) * HOLDER_WEIGHT.get(statement.holder, 0.2) * conditional


def effective_evidence(statements: Sequence[Statement], *, today: date, half_life: float) -> float:
    """How many fresh, certain own statements these are worth: weight x probability x decay, summed."""
    return sum(weight_of(s) * s.probability * _fade(s.date, today, half_life) for s in statements)


def interval(
    probability: NDArray[np.float64], evidence: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 90 % interval of a belief, shapes (n,): it holds the probability and narrows as evidence grows.

    Quantiles of Beta(p * m + 1/2, (1 - p) * m + 1/2), where m is five times the effective evidence: Jeffreys' interval
    for a share p of m observations. With m = 0 nothing is known and it spans almost all of [0, 1].
    """
    from scipy.special import betaincinv

    tail = (1.0 - INTERVAL) / 2.0
    observations = OBSERVATIONS * evidence
    successes, failures = probability * observations + 0.5, (1.0 - probability) * observations + 0.5
    low = betaincinv(successes, failures, tail)
    high = betaincinv(successes, failures, 1.0 - tail)
    return np.minimum(low, probability), np.maximum(high, probability)


def trend(now: float, before: float) -> str:
    """Rising or falling where the belief moved by more than 0.1 since `before`, else steady."""
    if abs(now - before) <= TREND_STEP:
        return "steady"
    return "rising" if now > before else "falling"


def _own_log_odds(own: Sequence[Statement], outlook: Outlook, *, today: date, direction: float) -> float:
    log_odds, since = _logit(outlook.base_rate), today
    for number, statement in enumerate(own):
        if number:
            log_odds = _aged(log_odds, since, statement.date, outlook, direction)
        log_odds = _clipped(log_odds + direction * _strength(statement, outlook))
        since = statement.date
    return _aged(log_odds, since, today, outlook, direction)


def _aged(log_odds: float, since: date, today: date, outlook: Outlook, direction: float) -> float:
    """The log-odds some days later, of which nothing is known but the silences between."""
    left = _fade(since, today, outlook.half_life * PERSISTENCE)
    base = outlook.base_rate
    later = _logit(base + (_expit(log_odds) - base) * left)
    silent = bisect_right(outlook.silences, today) - bisect_right(outlook.silences, since)
    return later + silent * math.log(1.0 - SILENCE) if direction > 0 else later


def _weak_log_odds(weak: Sequence[Statement], own: float, outlook: Outlook, today: date) -> float:
    limit = -WEAK_SHARE * _logit(outlook.base_rate)
    total = sum(
        (-1.0 if s.status == "resolved" else 1.0) * _strength(s, outlook) * _fade(s.date, today, outlook.half_life)
        for s in weak
    )
    lowest = max(-limit, -own / 2.0) if own > 0 else -limit
    return min(max(total, lowest), limit)


def _strength(statement: Statement, outlook: Outlook) -> float:
    probability = statement.probability * (1.0 - outlook.habit(statement))
    gain = _logit(min(max(probability, outlook.base_rate), CEILING)) - _logit(outlook.base_rate)
    return weight_of(statement) * gain


def _fade(since: date, today: date, half_life: float) -> float:
    return float(0.5 ** ((today - since).days / half_life))


def _clipped(log_odds: float) -> float:
    bound = _logit(CLIP)
    return min(max(log_odds, -bound), bound)


def _logit(probability: float) -> float:
    return math.log(probability / (1.0 - probability))


def _expit(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))
