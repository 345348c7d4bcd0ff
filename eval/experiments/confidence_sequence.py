"""Intervals that hold however often one looks.

The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Annals of Statistics 52(6),
theorem 2.2, with the normal mixture of Robbins (1970), in standard errors:
sqrt(2 (n r² + 1) / (n r²) · log(sqrt(n r² + 1) / alpha)).
"""

from __future__ import annotations

from math import e, log, sqrt

from scipy.special import lambertw

UNPLANNED = 100
"""What the sequence is tuned at without a plan: never the n at hand, which would move from look to look.

Too small a number costs little: at 100,000 units the interval is a quarter wider than with the best tuning.
"""


def sequence_width(count: float, planned: float, alpha: float) -> float:
    """Half the sequence's width in standard errors.

    Args:
        count: independent units (clusters) so far.
        planned: at how many the sequence is to be narrowest, fixed before the first look.
        alpha: the chance that the sequence ever misses.
    """
    best = -lambertw(-(alpha**2) / e, -1).real - 1  # n r² that minimises the width at n (Howard et al., 2021)
    mixed = best * count / planned
    return sqrt(2 * (mixed + 1) / mixed * log(sqrt(mixed + 1) / alpha))
