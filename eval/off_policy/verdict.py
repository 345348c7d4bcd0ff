"""When a log cannot tell what a policy would have earned, and when it can hardly.

Every threshold of the off-policy evaluation stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .diagnostics import Diagnostics, MeanTest

FEWEST_EFFECTIVE_ROWS = 10
"""Below this effective sample size there is no estimate."""
FEW_EFFECTIVE_ROWS = 100
FEW_EFFECTIVE_SHARE = 0.01
"""Below so many effective rows, or this share of all rows, an estimate comes with a warning."""
FEWEST_EFFECTIVE_CLUSTERS = 5
FEW_EFFECTIVE_CLUSTERS = 30
"""The same of physicians: below the first there is no estimate, below the second it comes with a warning."""
FEW_EFFECTIVE_REWARDS = 30
"""Where fewer rewarded rows than this carry an estimate, it comes with a warning."""
MOST_NEVER_LOGGED = 0.05
"""Where the policy chooses what is never logged more often than this, there is no estimate."""
MOST_OFF = 0.2
CERTAIN = 5.0
"""Means that are off by more than 20 % and by more than 5 standard errors show propensities that cannot be right."""
DOUBTFUL = 3.0
"""A mean weight off by more than so many standard errors comes with a warning."""
MOST_TOP_SHARE = 0.5
"""Where the heaviest 1 % of the rows hold more than this share of the weight, an estimate comes with a warning."""
_BEYOND_CHANCE = 100.0
_NAMED = 5


@dataclass(frozen=True)
class Verdict:
    """Why there is no estimate (empty where there is one), and what a reader must know of it."""

    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


def judged(diagnostics: Diagnostics) -> Verdict:
    """Whether a log can tell."""
    return Verdict(tuple(_refusals(diagnostics)), tuple(_warnings(diagnostics)))


def _refusals(found: Diagnostics) -> Iterator[str]:
    if found.clusters < 2:
        yield "all rows belong to one physician: nothing tells how much others differ; log more physicians"
    if found.never_logged > MOST_NEVER_LOGGED:
        yield (
            f"the policy gives {found.never_logged:.1%} of its choices to actions never logged at their position "
            f"({_named(found.never_logged_actions)}), and at most {MOST_NEVER_LOGGED:.0%} can be done without; "
            "log a policy that tries them"
        )
    if _impossible(found.mean_weight):
        yield (
            f"weights average {_against(found.mean_weight)}: the propensities are wrong, or the log could not choose "
            "what the policy chooses; check how propensities were logged"
        )
    for position, test in found.implied_actions.items():
        if found.knows_candidates and test.z > 0 and _impossible(test):
            yield (
                f"propensities do not add up at position {position!r}: 1 / propensity over the number of actions there "
                f"averages {_against(test)}; check whether they are of the action at its position"
            )
    if found.effective_rows < FEWEST_EFFECTIVE_ROWS:
        yield (
            f"the effective sample size is {found.effective_rows:.1f} of {found.rows:,} rows, and at least "
            f"{FEWEST_EFFECTIVE_ROWS} are needed; log more rows, or ask about a policy nearer to the one logged"
        )
    elif found.effective_clusters < FEWEST_EFFECTIVE_CLUSTERS <= found.clusters:
        yield (
            f"the weight of {found.effective_clusters:.1f} of {found.clusters:,} physicians decides, and at least "
            f"{FEWEST_EFFECTIVE_CLUSTERS} are needed; log more of them, or ask about a policy nearer to the one logged"
        )


def _warnings(found: Diagnostics) -> Iterator[str]:
    share = found.effective_rows / found.rows
    if found.effective_rows < FEW_EFFECTIVE_ROWS or share < FEW_EFFECTIVE_SHARE:
        yield f"the effective sample size is only {found.effective_rows:.1f} of {found.rows:,} rows"
    if found.effective_clusters < FEW_EFFECTIVE_CLUSTERS:
        yield (
            f"no more than {found.effective_clusters:.1f} of {found.clusters:,} physicians effectively carry the "
            "estimate: intervals may be too narrow"
        )
    if found.top_share > MOST_TOP_SHARE:
        yield f"the heaviest 1 % of the rows hold {found.top_share:.0%} of the weight: a few rows decide"
    if not found.rewarded:
        yield "no row has a reward: estimates are 0 and their intervals say nothing"
    elif found.effective_rewards < FEW_EFFECTIVE_REWARDS:
        yield (
            f"of {found.rewarded:,} rewarded rows no more than {found.effective_rewards:.1f} effectively carry the "
            "estimate: intervals may be too narrow"
        )
    if found.never_logged:
        yield (
            f"the policy gives {found.never_logged:.2%} of its choices to actions never logged at their position "
            f"({_named(found.never_logged_actions)}): inverse propensity scoring may be off by up to "
            f"{found.never_logged * found.largest_reward:.2g}, were these rewarded every time"
        )
    if abs(found.mean_weight.z) > DOUBTFUL and not _impossible(found.mean_weight):
        yield f"weights average {_against(found.mean_weight)}: propensities may be wrong"
    yield from _doubtful_positions(found)


def _doubtful_positions(found: Diagnostics) -> Iterator[str]:
    for position, test in found.implied_actions.items():
        if test.z > 0 and _impossible(test) and not found.knows_candidates:
            yield (
                f"at position {position!r}, 1 / propensity over the number of actions seen averages {_against(test)}: "
                "there are actions that the log never shows, or propensities are too low; a column `candidates` tells"
            )
        if test.z < 0 and _impossible(test):
            yield (
                f"at position {position!r}, 1 / propensity over the number of actions averages {_against(test)}: some "
                "actions cannot be chosen in some rows, or propensities are too high"
            )


def _impossible(test: MeanTest) -> bool:
    return abs(test.z) > CERTAIN and test.off_by > MOST_OFF


def _against(test: MeanTest) -> str:
    away = f"{abs(test.z):.1f} standard errors off" if abs(test.z) < _BEYOND_CHANCE else "far more than chance explains"
    return f"{test.mean:.3g} where {test.expected:.3g} is expected ({away})"


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
