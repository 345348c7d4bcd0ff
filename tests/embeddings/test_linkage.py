from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import AgglomerativeClustering

from hcplens.embeddings.linkage import average_linkage


def unit(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_clusters_merge_by_the_mean_cosine_of_all_pairs() -> None:
    # cos 20° = 0.94; between the pair and the third vector the mean is (cos 50° + cos 70°) / 2 = 0.49
    assert average_linkage(unit(0, 20, 70), 0.5).tolist() == [0, 0, 1]
    assert average_linkage(unit(0, 20, 70), 0.49).tolist() == [0, 0, 0]


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_to_merge(rows: int) -> None:
    assert average_linkage(unit(*range(rows)), 0.5).tolist() == list(range(rows))


@given(st.integers(0, 2**32 - 1), st.floats(-0.2, 0.9), st.integers(2, 60))
def test_it_is_what_merging_the_nearest_pair_first_gives(seed: int, least: float, rows: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    slow = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - least)
    expected, found = slow.fit_predict(vectors), average_linkage(vectors, least)
    assert len({*zip(expected, found, strict=True)}) == len({*expected}) == len({*found})


@given(st.lists(st.integers(0, 359), min_size=1, max_size=40, unique=True), st.randoms())
def test_the_order_of_the_rows_does_not_matter(degrees: list[int], random: Random) -> None:
    # distinct sums of angles: where two pairs are exactly as near, the lower rows go first
    angles = [degree + degree * degree / 997 for degree in degrees]
    order = list(range(len(angles)))
    random.shuffle(order)

    def clusters(of: list[int]) -> set[frozenset[int]]:
        labels = average_linkage(unit(*(angles[row] for row in of)), 0.8)
        return {frozenset(of[place] for place in np.flatnonzero(labels == label)) for label in set(labels.tolist())}

    assert sorted(map(len, clusters(order))) == sorted(map(len, clusters(sorted(order))))
