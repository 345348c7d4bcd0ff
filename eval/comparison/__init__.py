"""Is it better than before, and good enough? Paired comparison of two results, and gates."""

from .comparison import Comparison, compare
from .comparison_json import comparison_json
from .differences import Difference, Verdict
from .flips import Flip, Flips
from .gate_check import GateOutcome, GateReport, check_gates
from .gate_rendering import gates_page
from .gates import Bound, Gates
from .rendering import comparison_page

__all__ = [
    "Bound",
    "Comparison",
    "Difference",
    "Flip",
    "Flips",
    "GateOutcome",
    "GateReport",
    "Gates",
    "Verdict",
    "check_gates",
    "compare",
    "comparison_json",
    "comparison_page",
    "gates_page",
]
