"""Least squares with errors that hold whatever the spread in each arm, and however alike units of a cluster are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from statsmodels.regression.linear_model import OLS

from ..metrics import Floats

_LEAST = 1e-12


@dataclass(frozen=True)
class RobustFit:
    """Coefficients (k,), their covariance (k, k), residuals (n,) and the degrees of freedom of t."""

    coefficients: Floats
    covariance: Floats
    residuals: Floats
    degrees_of_freedom: float


def robust_fit(outcome: Floats, design: Floats, clusters: NDArray[np.intp] | None) -> RobustFit:
    """Fit the outcome (n,) by the design (n, k).

    With clusters (n,): the cluster sandwich with its small-sample factor G / (G - 1) (n - 1) / (n - k), and G - 1
    degrees of freedom (Liang & Zeger, 1986; Cameron & Miller, 2015), by statsmodels. Without: HC2 (MacKinnon & White,
    1985), whose error of a difference in means is Welch's; statsmodels' own HC2 holds n × n numbers, too many here.
    """
    model = OLS(outcome, design)
    if clusters is not None:
        options = {"groups": clusters.astype(np.int64), "use_correction": True}
        fit = model.fit(cov_type="cluster", cov_kwds=options, use_t=True)
        return RobustFit(fit.params, np.asarray(fit.cov_params()), fit.resid, float(fit.df_resid_inference))
    fit = model.fit()
    inverse = np.asarray(model.pinv_wexog)
    leverage = (design * inverse.T).sum(axis=1)
    covariance = (inverse * (fit.resid**2 / np.maximum(1 - leverage, _LEAST))) @ inverse.T
    return RobustFit(fit.params, covariance, fit.resid, float(fit.df_resid))
