"""A log drawn by a simulator, with what the uniform policy would truly earn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, softmax

from ..metrics import Floats

ACTIONS, POSITIONS = 12, 3
_SPECIALTIES = ("cardiology", "general practice", "oncology")
_TIERS = 4
_SPREAD = 0.5
"""Standard deviation, in log-odds, of how readily physicians click."""
_NODES = 40


@dataclass(frozen=True, eq=False)
class SimulatedLog:
    """A log as `read_bandit_log` reads it, and the exact value of the uniform policy over all physicians like these."""

    table: pd.DataFrame
    value: float


@dataclass(frozen=True, eq=False)
class _World:
    """Log-odds of a click: specialty × action, tier and position."""

    affinity: Floats
    tier: Floats
    position: Floats

    @classmethod
    def drawn(cls, random: np.random.Generator, positions: int) -> _World:
        affinity = random.normal(-1.6, 0.7, size=(len(_SPECIALTIES), ACTIONS))
        return cls(affinity, np.linspace(-0.3, 0.3, _TIERS), np.linspace(0.2, -0.2, positions))

    def log_odds(self, specialty: NDArray[np.intp], tier: NDArray[np.intp], position: NDArray[np.intp]) -> Floats:
        """(n, actions) of a physician of average readiness."""
        return np.asarray(self.affinity[specialty] + (self.tier[tier] + self.position[position])[:, None])

    def uniform_value(self) -> float:
        """Mean over all situations, each alike, and over readiness by Gauss-Hermite quadrature."""
        shape = (len(_SPECIALTIES), _TIERS, len(self.position))
        specialty, tier, position = (axis.ravel() for axis in np.indices(shape))
        nodes, shares = np.polynomial.hermite_e.hermegauss(_NODES)
        clicks = expit(self.log_odds(specialty, tier, position)[..., None] + _SPREAD * nodes)
        return float(clicks.mean(axis=(0, 1)) @ shares / shares.sum())


def simulate_log(
    rows: int, physicians: int, *, seed: int, positions: int = POSITIONS, greed: float = 1.0
) -> SimulatedLog:
    """Draw a log: physicians of a specialty and a tier, each as often as the other, who click more or less readily.

    The logging policy knows the specialty and chooses by a softmax of `greed` times the log-odds: with 0 it chooses all
    alike. Propensities are those it chose with, rounded to the six decimals that the table holds.

    Args:
        rows: of the log.
        physicians: dealt out over the rows in turn, so that each has as many.
        seed: the same seed draws the same log.
        positions: places where actions are shown.
        greed: how closely the logging policy follows what is clicked.
    """
    random = np.random.default_rng(seed)
    world = _World.drawn(random, positions)
    physician = np.arange(rows) % physicians
    specialty = random.integers(len(_SPECIALTIES), size=physicians)[physician]
    tier = random.integers(_TIERS, size=physicians)[physician]
    readiness = random.normal(0, _SPREAD, size=physicians)[physician]
    position = random.integers(positions, size=rows)
    log_odds = world.log_odds(specialty, tier, position)
    action, propensity = _chosen(random, softmax(greed * log_odds, axis=1))
    click = random.random(rows) < expit(log_odds[np.arange(rows), action] + readiness)
    table = pd.DataFrame(
        {
            "hcp_id": [f"H{number:04d}" for number in physician],
            "item_id": [f"M{number:02d}" for number in action],
            "position": position + 1,
            "click": click.astype(int),
            "propensity_score": propensity.round(6),
            "user_feature_specialty": [_SPECIALTIES[number] for number in specialty],
            "user_feature_tier": [f"tier {number + 1}" for number in tier],
        }
    )
    return SimulatedLog(table, world.uniform_value())


def _chosen(random: np.random.Generator, choice: Floats) -> tuple[NDArray[np.intp], Floats]:
    """One action a row by its probabilities (n, actions), and how likely it was."""
    drawn = random.random(len(choice))
    action = np.minimum((np.cumsum(choice, axis=1) < drawn[:, None]).sum(axis=1), choice.shape[1] - 1)
    return action, choice[np.arange(len(choice)), action]
