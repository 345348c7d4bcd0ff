"""Whether the calibration error has changed by more than chance makes of unequal numbers of claims.

The error in bins is a sum of absolute values: chance makes it larger, the more so the fewer claims there are, so that
fifty perfectly calibrated claims have a larger one than fifteen hundred. So both errors are computed again and again
where nothing has changed: every bin keeps its common gap of old and new claims, and what a physician's claims stray
from it keeps its size but takes a sign at random, one for all of a physician's claims (wild cluster bootstrap with the
null hypothesis imposed; Cameron, Gelbach & Miller, 2008). Their mean difference is what chance makes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..metrics import Estimate, Floats
from ..metrics.cluster_bootstrap import DRAWS, LEVEL
from .effects import absolute
from .rounding import without_rounding
from .sides import Change, Sides
from .thresholds import CALIBRATION_EFFECT, POWER


def calibration_error_change(gaps: Floats, bins: NDArray[np.intp], sides: Sides, level: float) -> Change:
    """The change of the error; `new` is what it would be of as many claims as `old`.

    Args:
        gaps: (n,) probability less truth of each claim, old ones first.
        bins: (n,) numbers of their bins.
        sides: whose claims they are.
        level: the significance that the change will be held to.
    """
    from scipy.stats import t

    cells = bins + (int(bins.max()) + 1) * sides.is_new
    sizes = np.bincount(cells, minlength=2 * (int(bins.max()) + 1)).astype(np.float64)
    sums = np.bincount(cells, gaps, len(sizes)).astype(np.float64)
    old, new = _errors(sums[None], sizes)[0]
    chance = np.diff(_errors(_drawn_sums(gaps, bins, cells, sizes, sides), sizes), axis=1)[:, 0]
    error, degrees = without_rounding(sides.standard_error(chance)), sides.effective_physicians - 1
    excess = without_rounding(float(new - old - chance.mean()))
    half = float(t.isf((1 - LEVEL) / 2, degrees)) * error
    scale = absolute(CALIBRATION_EFFECT)
    return Change(
        what="calibration error",
        old=float(old),
        new=float(old) + excess,
        difference=Estimate(excess, excess - half, excess + half, len(gaps), int(sides.clusters.max()) + 1),
        p_value=2 * float(t.sf(abs(excess) / error, degrees)) if error > 0 else float(excess == 0),
        effect=excess,
        measure=scale.name,
        least=scale.least,
        detectable=float(t.isf(level / 2, degrees) + t.ppf(POWER, degrees)) * error,
        farthest=abs(excess) + half,
    )


def _errors(sums: Floats, sizes: Floats) -> Floats:
    """(draws, 2) errors of the old and of the new claims from gaps (draws, 2 bins) added up within bins."""
    totals = np.abs(sums).reshape(len(sums), 2, -1).sum(axis=2)
    return np.asarray(totals / sizes.reshape(2, -1).sum(axis=1), dtype=np.float64)


def _drawn_sums(gaps: Floats, bins: NDArray[np.intp], cells: NDArray[np.intp], sizes: Floats, sides: Sides) -> Floats:
    """(draws, 2 bins) gaps added up within bins of each side, where nothing has changed."""
    common = np.bincount(bins, gaps) / np.maximum(1, np.bincount(bins))
    strays = np.zeros((int(sides.clusters.max()) + 1, len(sizes)))
    np.add.at(strays, (sides.clusters, cells), gaps - common[bins])
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(DRAWS, len(strays)))
    drawn: Floats = np.tile(common, 2) * sizes + signs @ strays
    return drawn
