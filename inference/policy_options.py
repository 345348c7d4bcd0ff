"""Options of the policy that chooses modules."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from .matching import MatchSettings, Policy


class PolicyName(StrEnum):
    """Policies, as `matching.policy` has them."""

    GREEDY = "greedy"
    EPSILON_GREEDY = "epsilon-greedy"
    SOFTMAX = "softmax"
    THOMPSON = "thompson"


PolicyOption = Annotated[
    PolicyName, typer.Option("--policy", help="How modules are chosen; all but greedy try others now and then.")
]
Epsilon = Annotated[
    float | None,
    typer.Option("--epsilon", min=0, max=1, help="How often epsilon-greedy tries any module. Default: 0.05."),
]
Temperature = Annotated[
    float | None, typer.Option("--temperature", help="How freely softmax tries modules of lower score. Default: 0.05.")
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed makes the same choices.")]


def policy_of(name: PolicyName, epsilon: float | None = None, temperature: float | None = None) -> Policy:
    """The policy that the options name; raises InputError where another policy's parameter is given."""
    from .matching import EpsilonGreedy, Greedy, Softmax, Thompson
    from .matching.policy import EPSILON, TEMPERATURE

    if epsilon is not None and name is not PolicyName.EPSILON_GREEDY:
        raise InputError(f"--epsilon is for --policy epsilon-greedy, not for {name.value}")
    if temperature is not None and name is not PolicyName.SOFTMAX:
        raise InputError(f"--temperature is for --policy softmax, not for {name.value}")
    if name is PolicyName.EPSILON_GREEDY:
        return EpsilonGreedy(EPSILON if epsilon is None else epsilon)
    if name is PolicyName.SOFTMAX:
        return Softmax(TEMPERATURE if temperature is None else temperature)
    return Greedy() if name is PolicyName.GREEDY else Thompson()


def match_settings(
    eligibility: Path | None, policy: Policy | None = None, seed: int = 0, ranking: Path | None = None
) -> MatchSettings:
    """What was asked for by options; greedy, with the rules that ship, where nothing was."""
    from .matching import EligibilitySettings, Greedy, MatchSettings, RankingSettings

    return MatchSettings(
        ranking=RankingSettings.load(ranking) if ranking else RankingSettings(),
        eligibility=EligibilitySettings.load(eligibility) if eligibility else EligibilitySettings(),
        policy=policy or Greedy(),
        seed=seed,
    )
