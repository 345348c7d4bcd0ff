"""One metric a file, and the intervals around them."""

from .calibration import (
    BrierDecomposition,
    brier_decomposition,
    calibration_error,
    calibration_error_by_chance,
    equal_mass_bins,
)
from .cluster_bootstrap import (
    bootstrap_values,
    cluster_numbers,
    clustered_difference,
    clustered_estimate,
    interval,
    summed_by_cluster,
)
from .counts import claim_counts, label_counts, means, precision_counts, recall_counts
from .coverage import catalogue_coverage
from .diversity import intra_list_diversity
from .estimate import FEW_CLUSTERS, TOO_FEW_CLUSTERS, Estimate
from .formulas import AUC, COUNTED_SHARE, F1, FORMULAS, MACRO_F1, MEAN_ABSOLUTE, RATIO, SHARE, Floats, Formula
from .holm import holm
from .krippendorff import KRIPPENDORFF_ALPHA, coincidence_matrix, krippendorff_alpha, nominal_agreement
from .numbers import UNDEFINED, apart, decimals, interval_text, number
from .probability_scores import brier_excesses, brier_scores, log_loss_excesses, log_losses
from .rank_correlation import rank_correlation
from .ranking import best_first, expected_ndcg, ranking_scores
from .span_overlap import Place, Span, character_counts, characters, exact_span_counts, overlap, partial_span_counts

__all__ = [
    "AUC",
    "COUNTED_SHARE",
    "F1",
    "FEW_CLUSTERS",
    "FORMULAS",
    "KRIPPENDORFF_ALPHA",
    "MACRO_F1",
    "MEAN_ABSOLUTE",
    "RATIO",
    "SHARE",
    "TOO_FEW_CLUSTERS",
    "UNDEFINED",
    "BrierDecomposition",
    "Estimate",
    "Floats",
    "Formula",
    "Place",
    "Span",
    "apart",
    "best_first",
    "bootstrap_values",
    "brier_decomposition",
    "brier_excesses",
    "brier_scores",
    "calibration_error",
    "calibration_error_by_chance",
    "catalogue_coverage",
    "character_counts",
    "characters",
    "claim_counts",
    "cluster_numbers",
    "clustered_difference",
    "clustered_estimate",
    "coincidence_matrix",
    "decimals",
    "equal_mass_bins",
    "exact_span_counts",
    "expected_ndcg",
    "holm",
    "interval",
    "interval_text",
    "intra_list_diversity",
    "krippendorff_alpha",
    "label_counts",
    "log_loss_excesses",
    "log_losses",
    "means",
    "nominal_agreement",
    "number",
    "overlap",
    "partial_span_counts",
    "precision_counts",
    "rank_correlation",
    "ranking_scores",
    "recall_counts",
    "summed_by_cluster",
]
