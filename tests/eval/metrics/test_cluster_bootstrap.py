from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.metrics import (
    AUC,
    F1,
    MACRO_F1,
    MEAN_ABSOLUTE,
    RATIO,
    SHARE,
    Estimate,
    Floats,
    bootstrap_values,
    cluster_numbers,
    clustered_difference,
    clustered_estimate,
    interval,
    means,
    summed_by_cluster,
)

SIMULATIONS = 400
COVERED = (0.93 - 0.025, 0.97 + 0.025)  # 93 to 97 %, give or take 2.3 standard errors of 400 simulations


def physicians(random: np.random.Generator, count: int) -> Floats:
    """Hits and claims of physicians who differ: the true share of hits is 3/7."""
    claims = random.integers(1, 8, count)
    return np.column_stack([random.binomial(claims, random.beta(3, 4, count)), claims]).astype(np.float64)


@pytest.mark.parametrize("clusters", [100, 250])
def test_intervals_cover_the_truth_as_often_as_they_say(clusters: int) -> None:
    covered = 0
    for seed in range(SIMULATIONS):
        statistics = physicians(np.random.default_rng(seed), clusters)
        estimate = clustered_estimate(SHARE, statistics, list(range(clusters)), seed=seed, draws=500)
        assert estimate.low is not None
        assert estimate.high is not None
        covered += estimate.low <= 3 / 7 <= estimate.high
    assert COVERED[0] <= covered / SIMULATIONS <= COVERED[1]


def test_intervals_of_notes_taken_for_independent_are_too_narrow() -> None:
    random = np.random.default_rng(5)
    of_physician = np.repeat(random.normal(size=40), 10)
    alone = clustered_estimate(RATIO, means(of_physician), list(range(400)))
    clustered = clustered_estimate(RATIO, means(of_physician), list(np.repeat(np.arange(40), 10)))
    assert width(clustered) > 2.5 * width(alone)  # the square root of 10, near enough


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def test_the_interval_is_expanded_for_few_clusters() -> None:
    drawn = np.random.default_rng(0).normal(size=20_000)
    low, high = interval(drawn, 10)
    assert low is not None
    assert high is not None
    # t with 9 degrees of freedom: 2.262; times the square root of 10 / 9
    assert (low, high) == pytest.approx((-2.384, 2.384), abs=0.15)


def test_the_same_seed_gives_the_same_interval() -> None:
    statistics = physicians(np.random.default_rng(1), 50)
    one, other = (clustered_estimate(SHARE, statistics, list(range(50)), seed=4) for _ in range(2))
    assert one == other


def test_sums_by_cluster_and_items_give_the_same_draws() -> None:
    random = np.random.default_rng(2)
    statistics, clusters = physicians(random, 200), random.integers(0, 30, 200)
    numbers = cluster_numbers(list(clusters))
    by_sums = bootstrap_values(SHARE, [statistics], numbers, draws=50)[0]
    sums = summed_by_cluster(statistics, numbers, int(numbers.max()) + 1)
    weights = np.random.default_rng(0).integers(len(sums), size=(50, len(sums)))
    by_items = [SHARE.value(np.concatenate([statistics[numbers == c] for c in row])) for row in weights]
    assert by_sums == pytest.approx(by_items)


def test_draws_of_a_formula_over_items_keep_clusters_together() -> None:
    scored = np.asarray([[0.9, 1], [0.1, 0], [0.2, 1], [0.8, 0]])  # two clusters: AUC 1 and AUC 0
    drawn = bootstrap_values(AUC, [scored], cluster_numbers(["a", "a", "b", "b"]), draws=200)[0]
    assert set(drawn) == {0.0, 0.75, 1.0}


def test_fewer_than_five_clusters_are_too_few_to_say() -> None:
    estimate = clustered_estimate(SHARE, np.ones((40, 2)), [i % 4 for i in range(40)])
    assert (estimate.low, estimate.high, estimate.caution) == (None, None, "too few to say")
    assert str(estimate) == "1.000 (n = 40, 4 clusters, too few to say)"


def test_fewer_than_thirty_clusters_are_few() -> None:
    statistics = physicians(np.random.default_rng(0), 30)
    assert clustered_estimate(SHARE, statistics, list(range(30))).caution == ""
    assert clustered_estimate(SHARE, statistics[:29], list(range(29))).caution == "few clusters"


def test_never_among_few_is_not_proof_of_never() -> None:
    estimate = clustered_estimate(SHARE, means(np.zeros(50)), list(range(50)))
    assert estimate.low == 0.0
    assert estimate.high == pytest.approx(1 - 0.025 ** (1 / 50))  # Clopper-Pearson for 0 of 50


def test_always_among_few_is_not_proof_of_always() -> None:
    estimate = clustered_estimate(F1, np.ones((50, 3)), [i // 2 for i in range(50)])
    assert estimate.high == 1.0
    assert estimate.low == pytest.approx(0.025 ** (1 / 25))


def test_a_figure_that_most_draws_cannot_give_has_no_interval() -> None:
    rare = np.zeros((40, 2))
    rare[0] = 1, 1
    assert clustered_estimate(SHARE, rare, list(range(40))).low is None


def test_a_difference_is_paired() -> None:
    random = np.random.default_rng(8)
    old = means(random.normal(size=200) * 10)
    new = old + np.asarray([0.5, 0])
    difference = clustered_difference(RATIO, old, new, list(range(200)))
    assert difference.value == pytest.approx(0.5)
    assert (difference.low, difference.high) == pytest.approx((0.5, 0.5))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(3, 6)), min_size=6, max_size=30))
def test_the_interval_holds_the_figure(rows: list[tuple[int, int]]) -> None:
    estimate = clustered_estimate(SHARE, np.asarray(rows, dtype=np.float64), list(range(len(rows))), draws=200)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9


@pytest.mark.parametrize(("items", "clusters"), [(0, 0), (3, 2)])
def test_one_cluster_an_item(items: int, clusters: int) -> None:
    with pytest.raises(ValueError, match="one an item"):
        clustered_estimate(SHARE, np.ones((items, 2)), list(range(clusters)))
    with pytest.raises(ValueError, match="as many of each"):
        clustered_difference(SHARE, np.ones((items, 2)), np.ones((items, 2)), list(range(clusters)))


def test_a_great_many_clusters_are_drawn_in_groups_of_the_same_spread() -> None:
    random = np.random.default_rng(3)
    estimate = clustered_estimate(RATIO, means(random.normal(size=60_000)), list(range(60_000)))
    assert estimate.clusters == 60_000
    assert width(estimate) == pytest.approx(2 * 1.96 / 60_000**0.5, rel=0.1)


def test_a_reading_has_nothing_to_caution_of() -> None:
    assert str(Estimate(812.5, None, None, 40, 0)) == "812.5 (n = 40)"


def test_an_error_that_chance_alone_enlarges_lies_in_its_interval() -> None:
    random = np.random.default_rng(6)
    bins = np.eye(10)[np.arange(300) % 10]
    statistics = np.column_stack([bins * random.normal(0.02, 0.5, size=(300, 1)), np.ones(300)])
    drawn = bootstrap_values(MEAN_ABSOLUTE, [statistics], cluster_numbers(list(range(300))))[0]
    estimate = clustered_estimate(MEAN_ABSOLUTE, statistics, list(range(300)))
    assert estimate.value < np.mean(drawn)  # resampling adds to the error
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0 <= estimate.low < estimate.value < estimate.high < np.quantile(drawn, 0.975)


def test_the_order_of_items_changes_no_interval() -> None:
    random = np.random.default_rng(9)
    statistics, clusters = physicians(random, 80), random.integers(0, 20, 80)
    order = random.permutation(80)
    one = clustered_estimate(SHARE, statistics, list(clusters))
    assert clustered_estimate(SHARE, statistics[order], list(clusters[order])) == one


def test_a_macro_average_with_rare_labels_is_corrected_for_the_labels_that_draws_miss() -> None:
    covered = 0
    often, rare = np.full(15, 0.2), np.full(5, 0.05)

    def notes(random: np.random.Generator, count: int) -> Floats:
        true = random.random((count, 20)) < np.concatenate([often, rare])
        claimed = random.random((count, 20)) < np.where(true, 0.6, 0.03)
        return np.concatenate([true & claimed, claimed, true], axis=1).astype(np.float64)

    truth = MACRO_F1.value(notes(np.random.default_rng(99), 200_000))
    for seed in range(200):
        estimate = clustered_estimate(MACRO_F1, notes(np.random.default_rng(seed), 150), list(range(150)), draws=400)
        assert estimate.low is not None
        assert estimate.high is not None
        covered += estimate.low <= truth <= estimate.high
    assert covered / 200 >= 0.90  # of 0.95: what is left is the bias of the figure itself, not of its interval
