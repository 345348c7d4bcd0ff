from __future__ import annotations

from itertools import permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from hcplens.eval.metrics import best_first, expected_ndcg, ranking_scores

MEASURES = ("nDCG@5", "RR", "R@5", "Success@5", "RR@10", "nDCG@10")
GRADES = {"a": 3, "b": 1, "c": 1}


def scores_of(ranking: list[str], relevance: dict[str, int] = GRADES) -> dict[str, float]:
    return {name: values[0] for name, values in ranking_scores(MEASURES, [ranking], [relevance]).items()}


def test_graded_ndcg_equals_the_hand_computed_one() -> None:
    found = scores_of(["x", "a", "b"])
    ideal = 3 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert found["nDCG@5"] == pytest.approx((3 / log2(3) + 1 / log2(4)) / ideal)


def test_the_reciprocal_rank_is_that_of_the_first_relevant_document() -> None:
    assert scores_of(["x", "y", "b", "a"])["RR"] == pytest.approx(1 / 3)
    assert scores_of(["x", "y", "b", "a"])["RR@10"] == pytest.approx(1 / 3)
    assert scores_of([*"0123456789", "a"])["RR@10"] == 0.0


def test_recall_and_hit_count_what_is_among_the_first_five() -> None:
    found = scores_of(["x", "y", "b", "z", "a", "c"])
    assert found["R@5"] == pytest.approx(2 / 3)
    assert found["Success@5"] == 1.0


def test_a_perfect_ranking_scores_1() -> None:
    assert all(value == pytest.approx(1.0) for value in scores_of(["a", "b", "c", "x"]).values())


def test_nothing_found_scores_0() -> None:
    assert set(scores_of([]).values()) == {0.0}


def test_a_query_without_relevant_documents_is_refused() -> None:
    with pytest.raises(ValueError, match="query 1 has no relevant document"):
        ranking_scores(["nDCG@5"], [["a"], ["a"]], [{"a": 1}, {"a": 0}])


def test_a_document_ranked_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="query 0 ranks a document twice"):
        ranking_scores(["nDCG@5"], [["a", "a"]], [{"a": 1}])


@given(st.permutations(range(8)), st.lists(st.integers(0, 7), min_size=8, max_size=8).filter(any))
def test_ndcg_is_that_of_scikit_learn(order: list[int], grades: list[int]) -> None:
    relevance = {str(document): grade for document, grade in enumerate(grades)}
    found = ranking_scores(["nDCG@5"], [[str(document) for document in order]], [relevance])["nDCG@5"][0]
    scores = np.zeros((1, 8))
    scores[0, order] = np.arange(8, 0, -1)
    assert found == pytest.approx(ndcg_score(np.array([grades]), scores, k=5))


@given(st.permutations(range(4)))
def test_permuting_the_queries_permutes_the_scores(order: list[int]) -> None:
    rankings = [["a"], ["x", "a"], ["x", "y", "b"], []]
    straight = ranking_scores(MEASURES, rankings, [GRADES] * 4)
    permuted = ranking_scores(MEASURES, [rankings[place] for place in order], [GRADES] * 4)
    for name in MEASURES:
        assert permuted[name].tolist() == straight[name][order].tolist()


def test_equal_scores_stand_in_descending_order_of_their_ids_as_in_trec_eval() -> None:
    ids, scores = ["1", "30", "4", "2"], np.array([0.5, 0.5, 0.9, 0.5])
    assert best_first(ids, scores, 4) == ["4", "30", "2", "1"]
    assert best_first(ids, scores, 2) == ["4", "30"]


def test_our_order_of_ties_gives_what_trec_eval_makes_of_the_raw_scores() -> None:
    import ir_measures

    ids, scores = ["d1", "d2", "d3"], np.array([0.5, 0.5, 0.5])
    raw = {"q": dict(zip(ids, scores.tolist(), strict=True))}
    for relevant in ids:
        measure = ir_measures.parse_measure("RR")
        [theirs] = [found.value for found in ir_measures.iter_calc([measure], {"q": {relevant: 1}}, raw)]
        assert scores_of(best_first(ids, scores, 3), {relevant: 1})["RR"] == pytest.approx(theirs)


def test_what_is_not_found_is_not_ranked() -> None:
    assert best_first(["a", "b", "c"], np.array([-np.inf, 0.0, -1.0]), 5) == ["b", "c"]
    assert best_first(["a"], np.array([-np.inf]), 5) == []


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=12), st.integers(1, 12))
def test_the_best_k_are_the_head_of_all(scores: list[float], k: int) -> None:
    ids = [f"d{number}" for number in range(len(scores))]
    everything = sorted(ids, key=lambda name: (scores[int(name[1:])], name), reverse=True)
    assert best_first(ids, np.array(scores), k) == everything[:k]


@given(st.lists(st.integers(0, 7), min_size=1, max_size=5).filter(any), st.integers(1, 6))
def test_the_expected_ndcg_is_the_mean_over_all_orders(gains: list[int], k: int) -> None:
    relevance = {str(place): gain for place, gain in enumerate(gains)}
    orders = list(permutations(relevance))
    found = ranking_scores([f"nDCG@{k}"], orders, [relevance] * len(orders))[f"nDCG@{k}"]
    assert expected_ndcg(gains, gains, k) == pytest.approx(found.mean())


def test_without_candidates_a_random_order_scores_0() -> None:
    assert expected_ndcg([], [3], 5) == 0.0
