"""Matching beside the bare product of need vectors and module vectors, and one question at a time."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np

from ...inference.matching import ContentMatcher, EpsilonGreedy, MatchSettings, MatchTables, ScoreWeights
from ...inference.records.catalogue import Catalogue
from ...prompts import Taxonomy
from .market import AS_OF, BRAND, NEEDS, ChanceEncoder, modules, physicians

MODULES = 5000
PHYSICIANS = 100_000
QUESTIONS = 2000
_VECTORS_AT_ONCE = 4096


@dataclass(frozen=True)
class MatchingSpeed:
    """Seconds for all physicians, and milliseconds of one question (median and 99th percentile)."""

    product: float
    dense: float
    fused: float
    median: float
    slow: float


def measure_matching(count: int = PHYSICIANS) -> MatchingSpeed:
    """Time batches over everybody, own words encoded beforehand, and single questions with everything logged."""
    taxonomy = Taxonomy.default()
    catalogue, tables = modules(MODULES), physicians(count, MODULES, taxonomy)
    product = _product(count)
    dense = _batch(tables, catalogue, taxonomy, ScoreWeights(dense=1.0))
    fused = _batch(tables, catalogue, taxonomy, ScoreWeights())
    times = _questions(tables, catalogue, taxonomy)
    median, slow = np.percentile(times, [50, 99])
    return MatchingSpeed(product, dense, fused, float(median) * 1000, float(slow) * 1000)


def _product(count: int) -> float:
    draw = np.random.default_rng(0)
    shelf = draw.standard_normal((MODULES, ChanceEncoder.dimension), dtype=np.float32)
    needs = draw.standard_normal((count * NEEDS, ChanceEncoder.dimension), dtype=np.float32)
    started = time.perf_counter()
    for start in range(0, len(needs), _VECTORS_AT_ONCE):
        needs[start : start + _VECTORS_AT_ONCE] @ shelf.T
    return time.perf_counter() - started


def _batch(tables: MatchTables, catalogue: Catalogue, taxonomy: Taxonomy, weights: ScoreWeights) -> float:
    settings = MatchSettings(weights=weights)
    matcher = ContentMatcher(tables, catalogue, ChanceEncoder(), taxonomy, as_of=AS_OF, settings=settings)
    matcher.prepare()
    started = time.perf_counter()
    matcher.match_frame(workers=os.cpu_count() or 1)
    return time.perf_counter() - started


def _questions(tables: MatchTables, catalogue: Catalogue, taxonomy: Taxonomy) -> list[float]:
    settings = MatchSettings(policy=EpsilonGreedy())
    matcher = ContentMatcher(tables, catalogue, ChanceEncoder(), taxonomy, as_of=AS_OF, settings=settings)
    matcher.prepare()
    times = []
    for hcp_id, _ in matcher.pairs[:QUESTIONS]:
        started = time.perf_counter()
        matcher.match(hcp_id, BRAND, log=True)
        times.append(time.perf_counter() - started)
    return times
