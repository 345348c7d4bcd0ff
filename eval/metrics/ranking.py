"""How good rankings are against graded relevance, as ir-measures computes it (trec_eval's code)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .formulas import Floats


def ranking_scores(
    measures: Sequence[str], rankings: Sequence[Sequence[str]], relevance: Sequence[Mapping[str, int]]
) -> dict[str, Floats]:
    """Scores (queries,) of each measure.

    Args:
        measures: in ir-measures' notation: `nDCG@10`, `RR@10`, `R@100`, `Success@10`. nDCG takes a relevance as the
            gain itself; the others count what is 1 or more.
        rankings: ids of the documents found for each query, best first; an empty one scores 0.
        relevance: of each query's documents, by id; a document that is not named has 0.

    Raises:
        ValueError: a query without a relevant document, of which nothing can be said; or an id ranked twice.
    """
    import ir_measures

    for number, (ranking, relevant) in enumerate(zip(rankings, relevance, strict=True)):
        if not any(grade > 0 for grade in relevant.values()):
            raise ValueError(f"query {number} has no relevant document: leave it out")
        if len(set(ranking)) < len(ranking):
            raise ValueError(f"query {number} ranks a document twice")
    wanted = {ir_measures.parse_measure(name): name for name in measures}
    qrels = {str(number): dict(relevant) for number, relevant in enumerate(relevance)}
    # Scores that fall by one from rank to rank: trec_eval would order equal ones by itself.
    run = {
        str(number): {document: float(len(ranking) - rank) for rank, document in enumerate(ranking)}
        for number, ranking in enumerate(rankings)
    }
    scores = {name: np.zeros(len(rankings)) for name in measures}
    for found in ir_measures.iter_calc(list(wanted), qrels, run):
        scores[wanted[found.measure]][int(found.query_id)] = found.value
    return scores


def best_first(ids: Sequence[str], scores: NDArray[np.floating], k: int) -> list[str]:
    """The ids of the k highest scores (n,), best first; an item of score -inf is not found.

    Equal scores stand in descending order of their ids, the order of trec_eval, so that figures agree with its.
    """
    found = np.flatnonzero(scores > -np.inf)
    if len(found) > k:
        least = np.partition(scores[found], len(found) - k)[len(found) - k]
        found = found[scores[found] >= least]
    by_id = sorted(found.tolist(), key=lambda row: ids[row], reverse=True)
    return [ids[row] for row in sorted(by_id, key=lambda row: -scores[row])[:k]]


def expected_ndcg(gains: Sequence[int], ideal: Sequence[int], k: int) -> float:
    """nDCG@k that a random order of n candidates has on average.

    Every place of a random order holds the candidates' mean gain, so the mean DCG@k is that times the discounts
    1 / log2(1 + rank) of the first min(n, k) ranks (Järvelin & Kekäläinen, 2002).

    Args:
        gains: (n,) of the candidates.
        ideal: gains of all relevant documents, of which the best k make the ideal order.
        k: how many ranks count.
    """
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    best = np.sort(np.asarray(ideal, dtype=np.float64))[::-1][:k]
    if not len(gains):
        return 0.0
    return float(np.mean(gains) * discounts[: len(gains)].sum() / (best @ discounts[: len(best)]))
