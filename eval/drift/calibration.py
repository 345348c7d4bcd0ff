"""Whether claimed probabilities still mean what they say: claims held against labels, in both periods."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from ..metrics import holm, means
from .aspect import Aspect, judged
from .calibration_error import calibration_error_change
from .confidence import equal_mass_bins
from .effects import absolute
from .period import Period
from .sides import Question, Sides
from .thresholds import CALIBRATION_EFFECT

Labels = Mapping[str, AbstractSet[str]]
"""True labels, such as `coverage barrier`, by note; a note that is not there was not labelled."""


@dataclass(frozen=True)
class Truths:
    """The labels of the old notes and of the new ones, and what a reader must know of how the notes were picked."""

    old: Labels
    new: Labels
    notices: tuple[str, ...] = ()


def calibration_drift(old: Period, new: Period, truths: Truths, level: float) -> Aspect:
    """How far probabilities lie above the truth, and the calibration error in ten bins of equal mass of all claims."""
    before, now = _checked(old, truths.old), _checked(new, truths.new)
    sides = Sides.of([physician for physician, _, _ in before], [physician for physician, _, _ in now])
    if sides.too_few:
        return judged("calibration", sides, [], level=level)
    probabilities, right = np.array([row[1:] for row in (*before, *now)], dtype=np.float64).T
    gaps = probabilities - right
    bins = equal_mass_bins(probabilities, probabilities)
    above = Question("probability above truth", means(gaps), absolute(CALIBRATION_EFFECT))
    each = level / 2
    changes = [*sides.changes([above], level=each), calibration_error_change(gaps, bins, sides, each)]
    corrected = holm([change.p_value for change in changes])
    changes = [replace(change, p_value=p_value) for change, p_value in zip(changes, corrected, strict=True)]
    return judged("calibration", sides, changes, level=level)


def _checked(period: Period, labels: Labels) -> list[tuple[str, float, float]]:
    """Physician, probability and whether it is true, of each claim about a labelled note."""
    physician = {note.note_id: note.physician for note in period.notes}
    return [
        (physician[claim.note_id], claim.probability, float(claim.label in labels[claim.note_id]))
        for claim in period.statements or ()
        if claim.probability is not None and claim.note_id in labels
    ]
