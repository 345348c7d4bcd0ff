"""Least squares whose treatment effect has an honest error where few, or few and unequal, clusters were assigned.

CR2 errors (Bell & McCaffrey, 2002) and Satterthwaite's degrees of freedom for one coefficient (Imbens & Kolesár, 2016;
Pustejovsky & Tipton, 2018). All of it is computed from k × k numbers a cluster, k the columns of the design.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats
from .clusters import intraclass_correlation
from .robust_fit import RobustFit

_TREATED = 1
_BOTH = 2
_NOTHING = 1e-10


@dataclass(frozen=True)
class _Leverage:
    """What the covariance of the coefficient rests on, a row for each of G clusters.

    Attributes:
        weights: (G,) a'a of the cluster's weights a, by which its residuals enter the coefficient.
        sums: (G,) the weights added up.
        pulls: (G, k) Z'a of its rows Z of the orthonormal design.
        totals: (G, k) Z'1.
    """

    weights: Floats
    sums: Floats
    pulls: Floats
    totals: Floats


def cluster_fit(outcome: Floats, design: Floats, clusters: NDArray[np.intp]) -> RobustFit:
    """Fit the outcome (n,) by the design (n, k) of full rank, whose second column says who was treated.

    The covariance is CR2's; the degrees of freedom are those of the second coefficient. They rest on a working model:
    units of a cluster are as alike as the residuals are, and each arm has its own variance, so that clusters of one
    unit give Welch's test.
    """
    groups, cluster = np.unique(clusters, return_inverse=True)
    basis, triangle = np.linalg.qr(design)
    fitted = basis.T @ outcome
    residuals = outcome - basis @ fitted
    back = np.linalg.inv(triangle)
    blocks = _blocks(basis, cluster, len(groups))
    roots = _inverse_roots(np.eye(design.shape[1]) - blocks)
    scores = np.einsum("gij,gj->gi", roots, _sums(basis * residuals[:, None], cluster, len(groups)))
    of_coefficient = roots @ back[_TREATED]
    totals = _sums(basis, cluster, len(groups))
    pulls = np.einsum("gij,gj->gi", blocks, of_coefficient)
    leverage = _Leverage((of_coefficient * pulls).sum(axis=1), (of_coefficient * totals).sum(axis=1), pulls, totals)
    alike = intraclass_correlation(residuals, cluster.tolist()) or 0.0
    arms = _arms(design[:, _TREATED] > 0, cluster, len(groups))
    freedom = _degrees_of_freedom(leverage, (scores @ back[_TREATED]) ** 2, arms, alike)
    return RobustFit(back @ fitted, back @ (scores.T @ scores) @ back.T, residuals, freedom)


def _sums(rows: Floats, cluster: NDArray[np.intp], count: int) -> Floats:
    """(G, k) rows (n, k) added up by cluster."""
    return np.stack([np.bincount(cluster, column, count) for column in rows.T], axis=1)


def _blocks(basis: Floats, cluster: NDArray[np.intp], count: int) -> Floats:
    """(G, k, k) Z'Z of each cluster's rows."""
    return np.stack([_sums(basis * column[:, None], cluster, count) for column in basis.T], axis=1)


def _inverse_roots(matrices: Floats) -> Floats:
    """(G, k, k) the symmetric inverse square roots; a direction that one cluster alone decides counts nothing."""
    values, vectors = np.linalg.eigh(matrices)
    known = values > _NOTHING
    roots = np.where(known, 1 / np.sqrt(np.where(known, values, 1.0)), 0.0)
    return np.asarray((vectors * roots[:, None, :]) @ vectors.transpose(0, 2, 1))


def _arms(treated: NDArray[np.bool_], cluster: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """(G,) 0 or 1 where all units of a cluster are in one arm, else 2."""
    shares = np.bincount(cluster, treated, count) / np.bincount(cluster, minlength=count)
    return np.where(np.isin(shares, (0.0, 1.0)), shares, _BOTH).astype(np.intp)


def _degrees_of_freedom(leverage: _Leverage, parts: Floats, arms: NDArray[np.intp], alike: float) -> float:
    """2 E(v)² / Var(v) of the variance v = sum of parts (G,), a quadratic form with the matrix P of the working model.

    P is a diagonal (G,) and a product of few columns, `sides @ core @ sides.T`; G × G numbers are never held.
    """
    k = leverage.pulls.shape[1]
    diagonal = (1 - alike) * leverage.weights + alike * leverage.sums**2
    sides = np.hstack([leverage.pulls, leverage.sums[:, None] * leverage.totals])
    own = alike * leverage.totals.T @ leverage.totals - (1 - alike) * np.eye(k)
    core = np.block([[own, -alike * np.eye(k)], [-alike * np.eye(k), np.zeros((k, k))]])
    expected = diagonal + ((sides @ core) * sides).sum(axis=1)
    scale = _scale_of_arms(parts, expected, arms)
    diagonal, sides = scale * diagonal, np.sqrt(scale)[:, None] * sides
    inner = core @ (sides.T @ sides)
    squared = (
        (diagonal**2).sum() + 2 * (diagonal * ((sides @ core) * sides).sum(axis=1)).sum() + np.trace(inner @ inner)
    )
    return max(1.0, float((scale * expected).sum() ** 2 / squared))


def _scale_of_arms(parts: Floats, expected: Floats, arms: NDArray[np.intp]) -> Floats:
    """(G,) by how much each cluster's arm varies more than the working model says; 1 where nothing varies."""
    if parts.sum() <= 0:
        return np.ones(len(parts))
    seen, modelled = np.bincount(arms, parts), np.bincount(arms, expected)
    return np.asarray((seen / np.where(modelled > 0, modelled, 1.0))[arms])
