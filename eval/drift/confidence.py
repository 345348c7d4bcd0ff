"""How sure the claims are: the distribution of their probabilities, in ten bins of equal mass of the old ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats, means
from .aspect import Aspect, judged
from .effects import Effect, absolute, stability_index
from .period import Claim, Period
from .sides import Change, Question, Sides
from .thresholds import STABILITY_EFFECT

_BINS = 10


def confidence_drift(old: Period, new: Period, level: float) -> Aspect:
    """The population stability index; beyond chance where the share of any bin is."""
    before, now = (_claims(period) for period in (old, new))
    physicians = [_physicians(period, claims) for period, claims in ((old, before), (new, now))]
    sides = Sides.of(*physicians)
    if sides.too_few:
        return judged("confidence", sides, [], level=level)
    probabilities = np.array([claim.probability for claim in (*before, *now)], dtype=np.float64)
    bins = equal_mass_bins(probabilities[: sides.old], probabilities)
    before_counts, now_counts = (
        np.bincount(part, minlength=_BINS).astype(np.float64) for part in (bins[: sides.old], bins[sides.old :])
    )
    index = stability_index(before_counts, now_counts)
    change = _change(sides, probabilities, bins, index, level)
    return judged("confidence", sides, [change], level=level)


def _claims(period: Period) -> list[Claim]:
    return [claim for claim in period.statements or () if claim.probability is not None]


def _physicians(period: Period, claims: list[Claim]) -> list[str]:
    physician = {note.note_id: note.physician for note in period.notes}
    return [physician[claim.note_id] for claim in claims]


def equal_mass_bins(reference: Floats, values: Floats) -> NDArray[np.intp]:
    """Numbers (n,) of the bins of values, in ten bins that hold as much of the reference each; fewer where it ties."""
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="left")


def _change(sides: Sides, probabilities: Floats, bins: NDArray[np.intp], index: float, level: float) -> Change:
    scale = absolute(STABILITY_EFFECT)
    shares = [
        Question(f"bin {number}", means((bins == number).astype(np.float64)), scale) for number in np.unique(bins)
    ]
    p_values = [change.p_value for change in sides.changes(shares, level=level)]
    known = [p_value for p_value in p_values if p_value is not None]
    stability = Effect("population stability index", lambda _old, _new: index, STABILITY_EFFECT)
    [mean] = sides.changes([Question("probability claimed", means(probabilities), stability)], level=level)
    return replace(mean, p_value=min(known, default=None), detectable=None)
