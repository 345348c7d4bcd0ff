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
from dataclasses import dataclass

import numpy as np

from .ordering import Flags, Floats, Numbers
from .said import Said, in_turn
from .silences import Silences

CEILING = 0.95  # one statement is never surer than this
CLIP = 0.99  # nor all of them together than this
PERSISTENCE = 4.0  # how much longer the fact lasts than its repetition
SILENCE = 0.1  # of a barrier's odds, for each record that does not mention it
WEAK_SHARE = 0.85  # of the way from the base rate to 0.5 that weak statements can go
INTERVAL = 0.90
OBSERVATIONS = 5.0  # that one fresh, certain own statement counts for in the interval
TREND_STEP = 0.1  # more than belief fades in 90 days of silence


@dataclass(frozen=True)
class Outlook:
    """What is known of subjects (m,) besides what was said of them.

    Attributes:
        half_life: (m,) days until what was said counts half.
        base_rate: (m,) how often the subject holds among the physician's like, in (0, 0.5).
        silences: records that speak of the brand and not of the subject.
    """

    half_life: Floats
    base_rate: Floats
    silences: Silences


def believe(said: Said, outlook: Outlook, *, resolved: Flags, today: int) -> Floats:
    """(m,) probability that each subject holds on `today` (days since 1970), in (0, 1).

    `said` is that of the present episodes, echoes taken out; `resolved` (m,) says which way each episode goes. Where
    nothing is said it is the base rate.
    """
    is_own = said.is_own & (said.is_over == resolved[said.subject])
    own = _own_log_odds(said.of_rows(is_own), outlook, resolved, today)
    return _expit(_clipped(own + _weak_log_odds(said.of_rows(~is_own), own, outlook, today)))


def effective_evidence(said: Said, *, half_life: Floats, today: int) -> Floats:
    """(m,) how many fresh, certain own statements these are worth: weight x probability x decay, summed."""
    fresh = said.weight * said.probability * _fade(today - said.day, half_life[said.subject])
    return _sums(said, fresh, len(half_life))


def interval(probability: Floats, evidence: Floats) -> tuple[Floats, Floats]:
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


def trend(now: Floats, before: Floats) -> list[str]:
    """(m,) rising or falling where the belief moved by more than 0.1 since `before`, else steady."""
    moved = now - before
    names = np.array(["falling", "steady", "rising"])
    return [str(name) for name in names[1 + np.sign(moved).astype(np.int64) * (np.abs(moved) > TREND_STEP)]]


def _own_log_odds(own: Said, outlook: Outlook, resolved: Flags, today: int) -> Floats:
    """(m,) the forward pass over what physicians said themselves, a word of every subject at a time."""
    direction = np.where(resolved, -1.0, 1.0)
    gain = direction[own.subject] * _strength(own, outlook)
    log_odds, since = _logit(outlook.base_rate), np.full(len(resolved), today)
    subjects, first = np.unique(own.subject, return_index=True)  # a base rate does not age before the first word
    since[subjects] = own.day[first]
    for rows in in_turn(own.subject):
        who = own.subject[rows]
        aged = _aged(log_odds[who], who, since[who], own.day[rows], outlook, resolved)
        log_odds[who], since[who] = _clipped(aged + gain[rows]), own.day[rows]
    everyone = np.arange(len(resolved))
    return _aged(log_odds, everyone, since, np.full(len(resolved), today), outlook, resolved)


def _aged(
    log_odds: Floats, subject: Numbers, since: Numbers, until: Numbers, outlook: Outlook, resolved: Flags
) -> Floats:
    """The log-odds of some subjects (k,) some days later, of which nothing is known but the silences between."""
    base = outlook.base_rate[subject]
    left = _fade(until - since, outlook.half_life[subject] * PERSISTENCE)
    later = _logit(base + (_expit(log_odds) - base) * left)
    silent = np.where(resolved[subject], 0, outlook.silences.between(subject, since, until))
    return np.asarray(later + silent * math.log(1.0 - SILENCE))


def _weak_log_odds(weak: Said, own: Floats, outlook: Outlook, today: int) -> Floats:
    """(m,) what all else that was said moves the log-odds by."""
    limit = -WEAK_SHARE * _logit(outlook.base_rate)
    faded = _strength(weak, outlook) * _fade(today - weak.day, outlook.half_life[weak.subject])
    total = _sums(weak, np.where(weak.is_over, -1.0, 1.0) * faded, len(own))
    lowest = np.where(own > 0.0, np.maximum(-limit, -own / 2.0), -limit)
    return np.minimum(np.maximum(total, lowest), limit)


def _strength(said: Said, outlook: Outlook) -> Floats:
    base_rate = outlook.base_rate[said.subject]
    probability = said.probability * (1.0 - said.habit)
    return said.weight * (_logit(np.minimum(np.maximum(probability, base_rate), CEILING)) - _logit(base_rate))


def _sums(said: Said, weights: Floats, subjects: int) -> Floats:
    return np.bincount(said.subject, weights, subjects).astype(np.float64)


def _fade(days: Numbers, half_life: Floats) -> Floats:
    return np.asarray(0.5 ** (days / half_life))


def _clipped(log_odds: Floats) -> Floats:
    bound = math.log(CLIP / (1.0 - CLIP))
    return np.clip(log_odds, -bound, bound)


def _logit(probability: Floats) -> Floats:
    return np.asarray(np.log(probability / (1.0 - probability)))


def _expit(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))
