from __future__ import annotations

import numpy as np
import pytest

from hcplens.eval.comparison.paired_bootstrap import paired_intervals
from hcplens.eval.comparison.pairing import Numbers, Pair, Sample
from hcplens.eval.metrics import AUC, RATIO, Floats, Formula, clustered_estimate, means


def pair(old: Floats, new: Floats, cluster: Numbers, formula: Formula = RATIO) -> Pair:
    item = np.arange(len(cluster))
    ids = tuple(map(str, item))
    return Pair(formula, Sample(old, item), Sample(new, item), ids, cluster, 0, 0)


def test_the_interval_of_a_difference_of_means_is_that_of_the_mean_difference() -> None:
    random = np.random.default_rng(0)
    cluster = np.repeat(np.arange(25), 3)
    old, new = random.normal(size=(2, 75))
    [(low, high)] = paired_intervals([pair(means(old), means(new), cluster)])
    alone = clustered_estimate(RATIO, means(new - old), [f"{number:02}" for number in cluster])
    assert [low, high] == pytest.approx([alone.low, alone.high])


def test_what_both_find_equally_hard_does_not_widen_the_interval() -> None:
    random = np.random.default_rng(1)
    cluster = np.arange(50)
    hard = random.normal(0, 10, size=50)
    [(low, high)] = paired_intervals([pair(means(hard), means(hard + random.normal(1, 0.1, size=50)), cluster)])
    assert low is not None
    assert high is not None
    assert 0.9 < low < high < 1.1


def test_four_clusters_are_too_few_to_say() -> None:
    cluster = np.repeat(np.arange(4), 10)
    assert paired_intervals([pair(means(np.zeros(40)), means(np.ones(40)), cluster)]) == [(None, None)]


def test_a_figure_that_needs_its_items_is_drawn_like_the_others() -> None:
    truth = np.tile([0.0, 1.0], 30)
    scores = np.random.default_rng(2).random(60)
    old, new = np.column_stack([scores, truth]), np.column_stack([scores + truth, truth])
    [(low, high)] = paired_intervals([pair(old, new, np.repeat(np.arange(30), 2), AUC)])
    value = AUC.value(new) - AUC.value(old)
    assert low is not None
    assert high is not None
    assert 0 < low < value < high < 1


def test_95_percent_intervals_cover_the_true_difference_in_93_to_97_of_100_simulations() -> None:
    """1,000 comparisons on 100 clusters of 1 to 5 items, alike within clusters; the true difference is 0.3."""
    random = np.random.default_rng(3)
    pairs = []
    for _ in range(1000):
        cluster = np.repeat(np.arange(100), random.integers(1, 6, size=100))
        shared, gains = random.normal(size=(2, 100))[:, cluster]
        old = shared + random.normal(size=len(cluster))
        new = shared + 0.3 + 0.5 * gains + random.normal(size=len(cluster))
        pairs.append(pair(means(old), means(new), cluster))
    covered = [low is not None and high is not None and low <= 0.3 <= high for low, high in paired_intervals(pairs)]
    assert 0.93 <= np.mean(covered) <= 0.97
