"""One metric a file, and the intervals around them."""

from .cluster_bootstrap import Estimate, clustered_estimate
from .statement_f1 import Counts, count_statements, micro_f1, total

__all__ = ["Counts", "Estimate", "clustered_estimate", "count_statements", "micro_f1", "total"]
