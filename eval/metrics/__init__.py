"""One metric a file, and the intervals around them."""

from .cluster_bootstrap import (
    bootstrap_values,
    cluster_numbers,
    clustered_difference,
    clustered_estimate,
    interval,
    summed_by_cluster,
)
from .counts import claim_counts, label_counts, means, precision_counts, recall_counts
from .estimate import FEW_CLUSTERS, TOO_FEW_CLUSTERS, Estimate
from .formulas import AUC, F1, FORMULAS, MACRO_F1, MEAN_ABSOLUTE, RATIO, SHARE, Floats, Formula

__all__ = [
    "AUC",
    "F1",
    "FEW_CLUSTERS",
    "FORMULAS",
    "MACRO_F1",
    "MEAN_ABSOLUTE",
    "RATIO",
    "SHARE",
    "TOO_FEW_CLUSTERS",
    "Estimate",
    "Floats",
    "Formula",
    "bootstrap_values",
    "claim_counts",
    "cluster_numbers",
    "clustered_difference",
    "clustered_estimate",
    "interval",
    "label_counts",
    "means",
    "precision_counts",
    "recall_counts",
    "summed_by_cluster",
]
