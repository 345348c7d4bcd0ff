"""Whether new notes are like the old ones: what changed, by how much, and which examples show it."""

from .aspect import Aspect, Moved, Verdict
from .calibration import Labels, Truths
from .drift import Drift, measure_drift
from .drift_json import drift_json
from .period import Claim, Period, PeriodNote
from .reading import read_period, read_truths
from .rendering import drift_page
from .sides import Change

__all__ = [
    "Aspect",
    "Change",
    "Claim",
    "Drift",
    "Labels",
    "Moved",
    "Period",
    "PeriodNote",
    "Truths",
    "Verdict",
    "drift_json",
    "drift_page",
    "measure_drift",
    "read_period",
    "read_truths",
]
