"""Suites: each measures one stage, and says what on."""

from .running import SUITES, run_suites, shipped_benchmark
from .suite import Findings, MissingDataError, SuiteContext

__all__ = [
    "SUITES",
    "Findings",
    "MissingDataError",
    "SuiteContext",
    "run_suites",
    "shipped_benchmark",
]
