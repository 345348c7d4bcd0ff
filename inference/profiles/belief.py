r"""Belief: how sure we are that a driver or barrier holds today, and how wide the doubt is.

Evidence adds up in log-odds from a base rate. A statement read with probability `p` adds (or, if it says that the
driver or barrier is gone, takes away)

    strength = source weight x holder weight x (logit(min(p, 0.95)) - logit(base rate))

so that one clear own statement in a note, made today, gives a belief of `p` itself. Two things fade, at two speeds:

* the *fact*: the own statement that bears most today. What a physician said and never took back stays true much longer
  than it stays news, so it fades with four times the topic's half-life. A clear barrier passes under 0.5 only after
  more than six half-lives; one read with p = 0.6 after one and a half.
* the *repetition*: every other statement fades with the topic's half-life.

Statements that are not the physician's own (somebody else's view, a rep's guess, anything hypothetical) are weak: all
of them together move the log-odds by less than the base rate's distance from 0, so that alone they never reach 0.5, and
they never take more than half of what the physician's own words gave. An own word that turns the state starts the
count anew: what was said before it belongs to another episode.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .statements import Statement

BASE_RATE = 0.2  # of a topic that something was said about, before weighing what
CEILING = 0.95  # one statement is never surer than this
CLIP = 0.99  # nor all of them together than this
PERSISTENCE = 4.0  # how much longer the fact lasts than its repetition
SOURCE_WEIGHT = {"note": 1.0, "survey": 1.2, "event": 0.5}  # a survey is the physician's own hand, a note the rep's
HOLDER_WEIGHT = {"hcp": 1.0, "other": 0.3, "rep": 0.2}
HYPOTHETICAL_WEIGHT = 0.25
WEAK_LIMIT = 1.2  # in log-odds; under -logit(BASE_RATE) = 1.386
INTERVAL = 0.90
OBSERVATIONS = 5.0  # that one fresh, certain own statement counts for in the interval
TREND_STEP = 0.05


def believe(statements: Sequence[Statement], *, resolved: bool, today: date, half_life: float) -> float:
    """Probability that the subject holds on `today`, in (0, 1).

    `statements` are those of the present episode, echoes taken out; `resolved` says which way the episode goes. With
    no statement it is the base rate.
    """
    side = "resolved" if resolved else "current"
    direction = -1.0 if resolved else 1.0
    own = [s for s in statements if s.is_own and s.status == side]
    weak = [s for s in statements if not (s.is_own and s.status == side)]
    own_log_odds = _logit(BASE_RATE) + direction * _own_strength(own, today, half_life)
    log_odds = own_log_odds + _weak_log_odds(weak, own_log_odds, today, half_life)
    bound = _logit(CLIP)
    return 1.0 / (1.0 + math.exp(-min(max(log_odds, -bound), bound)))


def weight_of(statement: Statement) -> float:
    """How much a statement counts by its source and holder, before its probability; 1 is an own word in a note."""
    conditional = HYPOTHETICAL_WEIGHT if statement.status == "hypothetical" else 1.0
    return SOURCE_WEIGHT.get(statement.source, 1.0) * HOLDER_WEIGHT.get(statement.holder, 0.2) * conditional


def effective_evidence(statements: Sequence[Statement], *, today: date, half_life: float) -> float:
    """How many fresh, certain own statements these are worth: weight x probability x decay, summed."""
    return sum(weight_of(s) * s.probability * _fade(s, today, half_life) for s in statements)


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
    """Rising or falling where the belief moved by more than 0.05 since `before`, else steady."""
    if abs(now - before) <= TREND_STEP:
        return "steady"
    return "rising" if now > before else "falling"


def _own_strength(own: Sequence[Statement], today: date, half_life: float) -> float:
    if not own:
        return 0.0
    lasting = [_strength(s) * _fade(s, today, half_life * PERSISTENCE) for s in own]
    passing = [_strength(s) * _fade(s, today, half_life) for s in own]
    fact = max(range(len(own)), key=lasting.__getitem__)
    return lasting[fact] + sum(passing) - passing[fact]


def _weak_log_odds(weak: Sequence[Statement], own: float, today: date, half_life: float) -> float:
    total = sum((-1.0 if s.status == "resolved" else 1.0) * _strength(s) * _fade(s, today, half_life) for s in weak)
    lowest = max(-WEAK_LIMIT, -own / 2.0) if own > 0 else -WEAK_LIMIT
    return min(max(total, lowest), WEAK_LIMIT)


def _strength(statement: Statement) -> float:
    gain = _logit(min(max(statement.probability, BASE_RATE), CEILING)) - _logit(BASE_RATE)
    return weight_of(statement) * gain


def _fade(statement: Statement, today: date, half_life: float) -> float:
    return float(0.5 ** ((today - statement.date).days / half_life))


def _logit(probability: float) -> float:
    return math.log(probability / (1.0 - probability))
