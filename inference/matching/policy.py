"""Policies: how the module of a slot is chosen among those that may be shown, and how likely each of them was.

All see the same values (marginal relevance: score and diversity), so that they differ only in how much they try.
A policy that never tries anything else cannot be evaluated from its own log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

Values = NDArray[np.float64]

EPSILON = 0.05
TEMPERATURE = 0.05


@dataclass(frozen=True, eq=False)
class OpenSlot:
    """What may go into one slot, given what stands above it: n candidates, at least one.

    Attributes:
        values: (n,) marginal relevance; of equal ones the first is the better.
        spreads: (n, needs) what one standard deviation of the belief in a need does to the value.
    """

    values: Values
    spreads: Values


@dataclass(frozen=True, eq=False)
class Choice:
    """What a policy chose for a slot.

    Attributes:
        place: of the chosen candidate.
        propensities: (n,) the probability of each candidate; they add up to 1.
        standard_errors: (n,) of these where they are estimated; 0 where they are exact.
    """

    place: int
    propensities: Values
    standard_errors: Values


class Policy(Protocol):
    """Chooses the candidate of one slot."""

    @property
    def name(self) -> str:
        """What logs call it."""
        ...

    @property
    def parameters(self) -> Mapping[str, float]:
        """What it was set to, for logs."""
        ...

    def choose(self, slot: OpenSlot, random: np.random.Generator) -> Choice:
        """One candidate, and how likely each was."""
        ...


@dataclass(frozen=True)
class Greedy:
    """Always the candidate of the highest value."""

    name: ClassVar[str] = "greedy"

    @property
    def parameters(self) -> Mapping[str, float]:
        """None."""
        return {}

    def choose(self, slot: OpenSlot, random: np.random.Generator) -> Choice:
        """The best, with certainty."""
        propensities = np.zeros(len(slot.values))
        place = int(np.argmax(slot.values))
        propensities[place] = 1.0
        return Choice(place, propensities, np.zeros_like(propensities))


@dataclass(frozen=True)
class EpsilonGreedy:
    """The best candidate, but with probability epsilon any of them, each alike (Sutton and Barto, 2018, section 2.2).

    Raises:
        InputError: epsilon is not in [0, 1].
    """

    epsilon: float = EPSILON
    name: ClassVar[str] = "epsilon-greedy"

    def __post_init__(self) -> None:
        if not 0 <= self.epsilon <= 1:
            raise InputError(f"epsilon is {self.epsilon}: a probability lies between 0 and 1")

    @property
    def parameters(self) -> Mapping[str, float]:
        """Epsilon."""
        return {"epsilon": self.epsilon}

    def choose(self, slot: OpenSlot, random: np.random.Generator) -> Choice:
        """Of n candidates the best has 1 - epsilon + epsilon / n, each other epsilon / n."""
        propensities = np.full(len(slot.values), self.epsilon / len(slot.values))
        propensities[np.argmax(slot.values)] += 1 - self.epsilon
        return _drawn(propensities, random)


@dataclass(frozen=True)
class Softmax:
    """Candidates with probability proportional to exp(value / temperature) (Sutton and Barto, 2018, section 2.8).

    Values lie in [0, 1] and good modules within a few hundredths of each other: a temperature of 0.05 makes one that is
    0.05 better about 2.7 times as likely.

    Raises:
        InputError: the temperature is not above 0.
    """

    temperature: float = TEMPERATURE
    name: ClassVar[str] = "softmax"

    def __post_init__(self) -> None:
        if not 0 < self.temperature < np.inf:
            raise InputError(f"temperature is {self.temperature}: it is above 0; the policy greedy has none")

    @property
    def parameters(self) -> Mapping[str, float]:
        """The temperature."""
        return {"temperature": self.temperature}

    def choose(self, slot: OpenSlot, random: np.random.Generator) -> Choice:
        """One by its probability."""
        odds = np.exp((slot.values - slot.values.max()) / self.temperature)
        return _drawn(odds / odds.sum(), random)


@dataclass(frozen=True)
class Thompson:
    """Each candidate as often as it is the best one under what is believed (Thompson, 1933).

    The posterior is that of the values. Beliefs in needs are taken as independent Gaussians around their probability
    with the standard deviation that their 90 % interval has; a value is linear in them, so that candidates which answer
    the same need rise and fall together. To each value comes an independent Gaussian of standard deviation `deviation`:
    how well a module answers a need is itself not known exactly.

    Each slot is drawn anew. Of `draws` draws the winner of one is shown, and the propensity of a candidate is the share
    that it won: given these draws exact, of the probability over all draws an estimate with a standard error.

    Raises:
        InputError: the deviation is below 0, or there is no draw.
    """

    deviation: float = 0.02
    draws: int = 1000
    name: ClassVar[str] = "thompson"

    def __post_init__(self) -> None:
        if not 0 <= self.deviation < np.inf or self.draws < 1:
            raise InputError(f"deviation {self.deviation} is at least 0, draws {self.draws} at least 1")

    @property
    def parameters(self) -> Mapping[str, float]:
        """The deviation of a value and the number of draws."""
        return {"deviation": self.deviation, "draws": self.draws}

    def choose(self, slot: OpenSlot, random: np.random.Generator) -> Choice:
        """The winner of one draw, and the share of all draws that each won."""
        beliefs = random.standard_normal((self.draws, slot.spreads.shape[1])) @ slot.spreads.T
        own = self.deviation * random.standard_normal((self.draws, len(slot.values)))
        winners = np.argmax(slot.values + beliefs + own, axis=1)
        shares = np.bincount(winners, minlength=len(slot.values)) / self.draws
        return Choice(int(winners[0]), shares, np.sqrt(shares * (1 - shares) / self.draws))


def _drawn(propensities: Values, random: np.random.Generator) -> Choice:
    steps = np.cumsum(propensities)
    place = min(int(np.searchsorted(steps, random.random() * steps[-1], side="right")), len(steps) - 1)
    return Choice(place, propensities, np.zeros_like(propensities))
