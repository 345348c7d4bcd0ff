"""Which covariates say something of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import qr

from ..metrics import Floats, cluster_numbers

_NOTHING = 1e-8


def independent_columns(covariates: Floats, arms: Sequence[object]) -> list[int]:
    """The columns of covariates (n, c) that vary within arms (n,), and not only as others do, in order.

    Among columns that say the same, those that vary most stay (QR with pivoting).
    """
    arm = cluster_numbers([str(name) for name in arms])
    spread = covariates.std(axis=0)
    varies = spread > _NOTHING * np.abs(covariates).max(axis=0)
    scaled = covariates / np.where(varies, spread, 1.0)
    sizes = np.bincount(arm)
    means = np.stack([np.bincount(arm, column) / sizes for column in scaled.T], axis=1)
    _, triangle, order = qr(scaled - means[arm], mode="economic", pivoting=True)
    own = np.abs(np.diag(triangle)) > _NOTHING * np.sqrt(len(arm))
    return sorted(int(column) for column, counts in zip(order, own, strict=False) if counts)
