"""How sure the claims are: the distribution of their probabilities, in ten bins of equal mass of the old ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats, Formula, bootstrap_values, interval, means
from .aspect import Aspect, judged
from .effects import Effect, absolute, stability_index
from .period import Claim, Period
from .sides import Change, Question, Sides
from .thresholds import STABILITY_EFFECT

_BINS = 10


def confidence_drift(old: Period, new: Period, level: float) -> Aspect:
    """The population stability index less what chance adds to it; beyond chance where the share of any bin is."""
    before, now = (_claims(period) for period in (old, new))
    physicians = [_physicians(period, claims) for period, claims in ((old, before), (new, now))]
    sides = Sides.of(*physicians)
    if sides.too_few:
        return judged("confidence", sides, [], level=level)
    probabilities = np.array([claim.probability for claim in (*before, *now)], dtype=np.float64)
    bins = equal_mass_bins(probabilities[: sides.old], probabilities)
    return judged("confidence", sides, [_change(sides, probabilities, bins, level)], level=level)


def _claims(period: Period) -> list[Claim]:
    return [claim for claim in period.statements or () if claim.probability is not None]


def _physicians(period: Period, claims: list[Claim]) -> list[str]:
    physician = {note.note_id: note.physician for note in period.notes}
    return [physician[claim.note_id] for claim in claims]


def equal_mass_bins(reference: Floats, values: Floats) -> NDArray[np.intp]:
    """Numbers (n,) of the bins of values, in ten bins that hold as much of the reference each; fewer where it ties."""
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="left")


def _change(sides: Sides, probabilities: Floats, bins: NDArray[np.intp], level: float) -> Change:
    shares = [
        Question(f"bin {number}", means((bins == number).astype(np.float64)), absolute(STABILITY_EFFECT))
        for number in np.unique(bins)
    ]
    p_values = [change.p_value for change in sides.changes(shares, level=level)]
    known = [p_value for p_value in p_values if p_value is not None]
    index, farthest = _index(sides, bins)
    stability = Effect("population stability index", lambda _old, _new: index, STABILITY_EFFECT)
    [mean] = sides.changes([Question("probability claimed", means(probabilities), stability)], level=level)
    return replace(mean, p_value=min(known, default=None), detectable=None, farthest=farthest)


def _index(sides: Sides, bins: NDArray[np.intp]) -> tuple[float, float | None]:
    """The index less what chance adds to it, and how large it may be.

    An index is never negative, so chance makes it larger, the more so the fewer claims there are. The draws of a
    bootstrap are larger than it by about as much as it is larger than the truth (Efron & Tibshirani, 1993).
    """
    counts = np.eye(_BINS)[bins]
    by_side = np.concatenate([counts * ~sides.is_new[:, None], counts * sides.is_new[:, None]], axis=1)
    index = _STABILITY.value(by_side)
    drawn = bootstrap_values(_STABILITY, [by_side], sides.clusters)[0]
    chance = float(drawn.mean()) - index
    _, high = interval(drawn, sides.effective_physicians)
    return max(0.0, index - chance), None if high is None else max(0.0, high - 2 * chance)


_STABILITY = Formula("population stability index", of_sums=lambda sums: stability_index(*np.split(sums, 2, axis=1)))
