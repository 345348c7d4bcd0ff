import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.grid import on_grid


def unit_vectors(seed: int, n: int, d: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@given(st.integers(0, 2**32 - 1), st.integers(1, 768))
def test_inner_products_are_exact_in_any_order_and_shape(seed: int, d: int) -> None:
    one, other = on_grid(unit_vectors(seed, 3, d)), on_grid(unit_vectors(seed + 1, 40, d))
    exact = one.astype(np.float64) @ other.astype(np.float64).T
    order = np.random.default_rng(seed).permutation(d)
    assert (one @ other.T == exact).all()
    assert (one[:, order] @ other[:, order].T == exact).all()
    assert ((one[:1] @ other.T)[0] == exact[0]).all()


def test_a_product_moves_little() -> None:
    one, other = unit_vectors(0, 200, 384), unit_vectors(1, 200, 384)
    assert np.abs(on_grid(one) @ on_grid(other).T - one @ other.T).max() < 0.001
