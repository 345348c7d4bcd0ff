"""What the outcome looks like without treatment: its mean and how much it varies."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

import numpy as np

from ...errors import InputError
from ..metrics import Floats

Scale = Literal["rate", "mean", "standard deviations"]
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Baseline:
    """The outcome of untreated units.

    Attributes:
        scale: a rate of yes/no outcomes, a mean, or, where nothing is known, standard deviations.
        mean: None where unknown.
        standard_deviation: between units.
        source: where the figures come from.
    """

    scale: Scale
    mean: float | None
    standard_deviation: float
    source: str

    def treated_standard_deviation(self, effect: float) -> float:
        """Between units that gain `effect`: a rate's follows from the rate, any other stays.

        Raises:
            InputError: the effect takes a rate out of [0, 1].
        """
        if self.scale != "rate" or self.mean is None:
            return self.standard_deviation
        rate = self.mean + effect
        if not -_ROUNDING <= rate <= 1 + _ROUNDING:
            raise InputError(f"an effect of {effect:g} on a baseline rate of {self.mean:g} gives {rate:g}, no rate")
        return sqrt(max(0.0, rate * (1 - rate)))

    @property
    def largest_effect(self) -> float | None:
        """What can be gained at most; None without bound."""
        return 1 - self.mean if self.scale == "rate" and self.mean is not None else None


def given_baseline(rate: float | None, mean: float | None, standard_deviation: float | None) -> Baseline | None:
    """The baseline that the user states; None where nothing is.

    Raises:
        InputError: a rate together with a mean, a mean without standard deviation, or values out of range.
    """
    if rate is not None:
        if mean is not None or standard_deviation is not None:
            raise InputError("give --baseline-rate for a yes/no outcome, or --mean and --sd for any other, not both")
        if not 0 < rate < 1:
            raise InputError(f"--baseline-rate {rate:g} is not between 0 and 1")
        return Baseline("rate", rate, sqrt(rate * (1 - rate)), "given as --baseline-rate")
    if standard_deviation is None:
        if mean is not None:
            raise InputError(f"--mean {mean:g} needs --sd too: power depends on how much the outcome varies")
        return None
    if not 0 < standard_deviation < float("inf"):
        raise InputError(f"--sd {standard_deviation:g} is not above 0")
    if mean is not None and not isfinite(mean):
        raise InputError(f"--mean {mean:g} is no number")
    return Baseline("mean", mean, standard_deviation, "given as --sd")


def observed_baseline(values: Floats, column: str) -> Baseline:
    """The baseline of measured values (n,), a rate where all are 0 or 1.

    Raises:
        InputError: fewer than two values, or all the same.
    """
    if len(values) < 2 or np.ptp(values) == 0:
        raise InputError(f"outcome {column!r}: {len(values)} values that do not vary; power cannot be told from them")
    mean = float(values.mean())
    if np.isin(values, (0.0, 1.0)).all():
        return Baseline("rate", mean, sqrt(mean * (1 - mean)), f"column {column}")
    return Baseline("mean", mean, float(values.std(ddof=1)), f"column {column}")


UNKNOWN = Baseline("standard deviations", None, 1.0, "nothing given: effects are in standard deviations")
