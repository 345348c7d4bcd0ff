from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import fisher_exact, norm, t, ttest_ind
from statsmodels.regression.linear_model import OLS

from hcplens.eval.experiments import TwoGroups, difference_in_means
from hcplens.eval.experiments.robust_fit import robust_fit
from hcplens.eval.metrics import Floats

RANDOM = np.random.default_rng(17)


def halves(count: int) -> NDArray[np.bool_]:
    return np.asarray(np.arange(count) % 2 == 1)


def drawn(seed: int, count: int) -> Floats:
    return np.random.default_rng(seed).normal(size=count)


def test_a_hand_computed_difference() -> None:
    outcome = np.asarray([1.0, 2, 3, 4, 5, 3, 4, 5, 6, 7])
    found = difference_in_means(TwoGroups(outcome, np.arange(10) >= 5), planned=10)
    half = t.isf(0.025, 8)  # both variances 2.5, so the error is 1 and Welch's degrees of freedom are 8
    assert found.estimate.value == pytest.approx(2)
    assert found.standard_error == pytest.approx(1)
    assert found.degrees_of_freedom == pytest.approx(8)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((2 - half, 2 + half))
    assert found.control_mean == pytest.approx(3)
    assert found.uplift == pytest.approx(2 / 3)
    assert (found.estimate.items, found.estimate.clusters) == (10, 10)
    assert found.estimate.caution == "few clusters"


def test_without_clusters_it_is_welchs_test() -> None:
    control, treated = RANDOM.normal(0, 1, 40), RANDOM.normal(0.5, 3, 25)
    expected = ttest_ind(treated, control, equal_var=False)
    groups = TwoGroups(np.concatenate([control, treated]), np.arange(65) >= 40)
    found = difference_in_means(groups, planned=65)
    interval = expected.confidence_interval(0.95)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.degrees_of_freedom == pytest.approx(expected.df)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((interval.low, interval.high))


def dense_cluster_fit(outcome: Floats, design: Floats, clusters: NDArray[np.intp]) -> tuple[float, float]:
    """Bell & McCaffrey's variance of the second coefficient and Satterthwaite's freedom, by n × n matrices.

    The working covariance is the identity, as where units of a cluster are not alike.
    """
    inverse = np.linalg.inv(design.T @ design)
    off = np.eye(len(outcome)) - design @ inverse @ design.T
    columns = []
    for one in np.unique(clusters):
        rows = clusters == one
        values, vectors = np.linalg.eigh(off[np.ix_(rows, rows)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        columns.append(off[:, rows] @ root @ design[rows] @ inverse[:, 1])
    sides = np.stack(columns, axis=1)
    inner = sides.T @ sides
    return float(((sides.T @ outcome) ** 2).sum()), float(np.trace(inner) ** 2 / (inner**2).sum())


@pytest.mark.parametrize("covariates", [0, 2])
def test_with_clusters_the_error_is_bell_and_mccaffreys(covariates: int) -> None:
    random = np.random.default_rng(19)
    clusters = np.repeat(np.arange(24), random.integers(1, 9, 24))
    treated = clusters % 2 == 1
    outcome = random.normal(size=24)[clusters] + random.normal(size=len(clusters)) + treated
    before = random.normal(size=(len(clusters), covariates))
    found = difference_in_means(TwoGroups(outcome, treated, clusters), before if covariates else None, planned=24)
    design = np.column_stack([np.ones(len(treated)), treated, before])
    variance, _ = dense_cluster_fit(outcome, design, clusters)
    assert found.standard_error == pytest.approx(sqrt(variance))
    assert found.estimate.clusters == 24
    assert found.smaller_arm == 12


def test_the_degrees_of_freedom_are_satterthwaites_where_both_arms_are_in_every_cluster() -> None:
    clusters, treated = np.arange(120) // 8, halves(120)
    outcome = np.random.default_rng(20).normal(size=120)
    outcome -= np.bincount(clusters, outcome)[clusters] / 8  # units of a cluster are not alike: the identity holds
    outcome += 0.4 * treated * (clusters % 3)
    found = difference_in_means(TwoGroups(outcome, treated, clusters), planned=15)
    design = np.column_stack([np.ones(120), treated])
    variance, freedom = dense_cluster_fit(outcome, design, clusters)
    assert found.standard_error == pytest.approx(sqrt(variance))
    assert found.degrees_of_freedom == pytest.approx(freedom)


def test_clusters_of_equal_size_are_welchs_test_of_their_means() -> None:
    random = np.random.default_rng(21)
    clusters = np.repeat(np.arange(18), 6)
    treated = clusters < 7
    outcome = random.normal(size=18)[clusters] * (1 + treated) + random.normal(size=108)
    means = outcome.reshape(18, 6).mean(axis=1)
    expected = ttest_ind(means[:7], means[7:], equal_var=False)
    found = difference_in_means(TwoGroups(outcome, treated, clusters), planned=18)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.degrees_of_freedom == pytest.approx(expected.df)


def test_clusters_of_one_unit_are_welchs_test_of_units() -> None:
    outcome, treated = drawn(22, 50) * (1 + halves(50)), np.arange(50) >= 35
    one_by_one = difference_in_means(TwoGroups(outcome, treated), planned=50)
    clustered = difference_in_means(TwoGroups(outcome, treated, np.arange(50)), planned=50)
    assert clustered.p_value == pytest.approx(one_by_one.p_value)
    assert clustered.degrees_of_freedom == pytest.approx(one_by_one.degrees_of_freedom)


@pytest.mark.parametrize(
    ("treated_clusters", "control_clusters", "unequal", "adjusted"),
    [(5, 95, False, False), (15, 15, False, False), (20, 20, True, False), (5, 95, True, True), (15, 15, True, True)],
)
def test_intervals_of_few_or_unequal_clusters_cover_the_truth(
    treated_clusters: int, control_clusters: int, unequal: bool, adjusted: bool
) -> None:
    covered, draws, count = 0, 600, treated_clusters + control_clusters
    for seed in range(draws):
        random = np.random.default_rng(seed + 1000)
        sizes = random.integers(2, 30, count) if unequal else np.full(count, 10)
        clusters = np.repeat(np.arange(count), sizes)
        before = random.normal(size=count)[clusters] + random.normal(size=len(clusters))
        noise = random.normal(0, 0.4, count)[clusters] + random.normal(size=len(clusters))
        groups = TwoGroups(noise + 0.5 * before * adjusted, clusters < treated_clusters, clusters)
        estimate = difference_in_means(groups, before[:, None] if adjusted else None, planned=100).estimate
        covered += (estimate.low or 0) <= 0 <= (estimate.high or 0)
    chance = 2 * sqrt(0.05 * 0.95 / draws)
    assert 0.93 - chance <= covered / draws <= 0.97 + chance


def test_the_smaller_arm_says_how_far_to_trust_the_interval() -> None:
    clusters = np.arange(400) // 4
    found = difference_in_means(TwoGroups(drawn(5, 400), clusters < 6, clusters), planned=100)
    assert found.caution == "few units or clusters (6 in the smaller arm)"
    even = difference_in_means(TwoGroups(drawn(5, 400), clusters < 50, clusters), planned=100)
    assert even.caution == ""


def test_no_and_yes_in_all_is_a_certain_difference_by_fishers_test() -> None:
    found = difference_in_means(TwoGroups(np.where(halves(20), 1.0, 0.0), halves(20)), planned=20)
    assert found.p_value == pytest.approx(2 / comb(20, 10))
    assert found.estimate.value == 1
    wilson = 10 / (10 + norm.isf(0.025) ** 2)  # the lower end of 10 of 10, as far from 1 as the upper end of 0 from 0
    assert (found.estimate.low, found.estimate.high) == pytest.approx((1 - sqrt(2) * (1 - wilson), 1))
    assert found.half_width is not None


def test_an_arm_without_a_single_yes_is_compared_exactly() -> None:
    outcome, treated = np.zeros(200), halves(200)
    outcome[np.flatnonzero(treated)[:4]] = 1
    found = difference_in_means(TwoGroups(outcome, treated), planned=200)
    assert found.p_value == pytest.approx(fisher_exact([[4, 96], [0, 100]]).pvalue)


def test_clusters_all_no_and_all_yes_are_counted_rather_than_their_units() -> None:
    clusters = np.arange(120) // 10
    found = difference_in_means(TwoGroups(np.where(clusters < 6, 1.0, 0.0), clusters < 6, clusters), planned=12)
    assert found.p_value == pytest.approx(2 / comb(12, 6))


def test_one_arm_of_clusters_without_a_yes_has_an_exact_p_value() -> None:
    clusters = np.arange(120) // 10
    outcome = np.where((clusters < 3) & (np.arange(120) % 2 == 0), 1.0, 0.0)
    found = difference_in_means(TwoGroups(outcome, clusters < 6, clusters), planned=12)
    assert found.p_value == pytest.approx(fisher_exact([[3, 3], [0, 6]]).pvalue)
    assert found.standard_error is not None


def test_errors_without_clusters_are_statsmodels_hc2() -> None:
    design = np.column_stack([np.ones(50), halves(50), RANDOM.normal(size=50)])
    outcome = RANDOM.normal(size=50) * (1 + design[:, 1])
    expected = OLS(outcome, design).fit(cov_type="HC2").cov_params()
    assert robust_fit(outcome, design, None).covariance == pytest.approx(expected)


def test_cuped_is_the_textbook_formula() -> None:
    before, treated = RANDOM.normal(5, 2, 200), halves(200)
    outcome = 0.8 * before + RANDOM.normal(size=200) + 0.5 * treated
    parts = [(outcome[rows], before[rows]) for rows in (treated, ~treated)]
    covariance = sum(((y - y.mean()) * (x - x.mean())).sum() for y, x in parts)
    theta = covariance / sum(((x - x.mean()) ** 2).sum() for _, x in parts)
    corrected = outcome - theta * (before - before.mean())
    found = difference_in_means(TwoGroups(outcome, treated), before[:, None], planned=200)
    assert found.estimate.value == pytest.approx(corrected[treated].mean() - corrected[~treated].mean())
    expected = ttest_ind(corrected[treated], corrected[~treated], equal_var=False).confidence_interval(0.95)
    assert found.half_width == pytest.approx((expected.high - expected.low) / 2, rel=0.02)


def test_cuped_narrows_the_interval_by_what_the_covariate_explains() -> None:
    before, treated = RANDOM.normal(size=4000), halves(4000)
    outcome = 0.8 * before + 0.6 * RANDOM.normal(size=4000)
    groups = TwoGroups(outcome, treated)
    plain = difference_in_means(groups, planned=4000).half_width
    adjusted = difference_in_means(groups, before[:, None], planned=4000).half_width
    assert plain is not None
    assert adjusted is not None
    assert adjusted / plain == pytest.approx(sqrt(1 - 0.8**2), abs=0.03)


@settings(max_examples=30)
@given(st.integers(0, 99), st.floats(-1000, 1000))
def test_adding_a_constant_to_every_outcome_changes_no_effect(seed: int, constant: float) -> None:
    outcome = drawn(seed, 60)
    before, after = (difference_in_means(TwoGroups(y, halves(60)), planned=60) for y in (outcome, outcome + constant))
    assert after.estimate.value == pytest.approx(before.estimate.value, abs=1e-9)
    assert after.half_width == pytest.approx(before.half_width or 0, abs=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 99))
def test_the_order_of_the_rows_changes_no_effect(seed: int) -> None:
    outcome, clusters = drawn(seed, 60), np.arange(60) // 3
    treated = clusters % 2 == 1
    order = np.random.default_rng(seed).permutation(60)
    first = difference_in_means(TwoGroups(outcome, treated, clusters), planned=20)
    second = difference_in_means(TwoGroups(outcome[order], treated[order], clusters[order]), planned=20)
    assert second.estimate.value == pytest.approx(first.estimate.value)
    assert second.standard_error == pytest.approx(first.standard_error or 0)


@settings(max_examples=30)
@given(st.integers(0, 99), st.floats(-3, 3))
def test_a_perfect_covariate_leaves_no_doubt(seed: int, effect: float) -> None:
    before, treated = drawn(seed, 50), halves(50)
    found = difference_in_means(TwoGroups(before + effect * treated, treated), before[:, None], planned=50)
    assert found.estimate.value == pytest.approx(effect, abs=1e-9)
    assert found.half_width == pytest.approx(0, abs=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 99))
def test_treating_whole_clusters_is_never_surer_than_their_number_allows(seed: int) -> None:
    clusters = np.arange(200) // 10
    outcome = drawn(seed, 20)[clusters]  # units of a cluster are all the same
    treated = clusters % 2 == 1
    clustered = difference_in_means(TwoGroups(outcome, treated, clusters), planned=20)
    naive = difference_in_means(TwoGroups(outcome, treated), planned=200)
    assert (clustered.half_width or 0) > 2 * (naive.half_width or 0)


def test_an_arm_of_four_has_too_few_to_say() -> None:
    found = difference_in_means(TwoGroups(np.arange(20.0), np.arange(20) >= 16), planned=20)
    assert found.estimate.value == pytest.approx(10)
    assert found.estimate.caution == "too few to say"
    assert found.p_value is None
    assert found.sequential_low is None


def test_four_clusters_have_too_few_to_say_however_many_units() -> None:
    clusters = np.arange(400) % 8
    found = difference_in_means(TwoGroups(RANDOM.normal(size=400), clusters < 4, clusters), planned=8)
    assert found.estimate.caution == "too few to say"


def test_an_outcome_that_never_varies_has_nothing_to_say() -> None:
    found = difference_in_means(TwoGroups(np.full(40, 0.1), halves(40)), planned=40)
    assert found.caution == "does not vary"
    assert found.p_value is None


def test_an_empty_arm_has_no_value() -> None:
    found = difference_in_means(TwoGroups(np.ones(10), np.zeros(10, dtype=bool)), planned=10)
    assert np.isnan(found.estimate.value)


def test_no_relative_uplift_over_a_mean_that_is_not_positive() -> None:
    found = difference_in_means(TwoGroups(drawn(1, 40) - 5, halves(40)), planned=40)
    assert found.uplift is None


def test_a_constant_covariate_changes_nothing() -> None:
    groups = TwoGroups(drawn(3, 60), halves(60))
    plain = difference_in_means(groups, planned=60)
    adjusted = difference_in_means(groups, np.full((60, 1), 0.1), planned=60)
    assert adjusted.estimate.value == pytest.approx(plain.estimate.value)


def test_a_covariate_that_repeats_another_changes_nothing() -> None:
    groups, before = TwoGroups(drawn(3, 60), halves(60)), drawn(4, 60)[:, None]
    once = difference_in_means(groups, before, planned=60)
    twice = difference_in_means(groups, np.column_stack([before, 2 * before + 1]), planned=60)
    assert twice.estimate.value == pytest.approx(once.estimate.value)
    assert twice.half_width == pytest.approx(once.half_width or 0)


def test_intervals_cover_the_truth_with_a_hundred_clusters() -> None:
    random = np.random.default_rng(23)
    clusters = np.repeat(np.arange(100), random.integers(3, 15, 100))
    treated = clusters % 2 == 1
    covered = 0
    for _ in range(1000):
        outcome = random.normal(0, 0.5, 100)[clusters] + random.exponential(1.0, len(clusters)) + 0.3 * treated
        estimate = difference_in_means(TwoGroups(outcome, treated, clusters), planned=100).estimate
        covered += (estimate.low or 0) <= 0.3 <= (estimate.high or 0)
    assert 0.93 <= covered / 1000 <= 0.97


def test_uplift_intervals_cover_the_truth() -> None:
    random = np.random.default_rng(29)
    treated = halves(400)
    covered = 0
    for _ in range(1000):
        found = difference_in_means(TwoGroups(random.exponential(2.0 + treated), treated), planned=400)
        covered += (found.uplift_low or 0) <= 0.5 <= (found.uplift_high or 0)
    assert 0.93 <= covered / 1000 <= 0.97
