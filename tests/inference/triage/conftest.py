from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from hcplens.inference.triage.identifier_network import REACH, TABLES, IdentifierNetwork
from hcplens.inference.triage.words import FAMILIARITIES, FORMS, PIECES, SHAPES, numbers_of

VOCABULARY = 30_522
ROWS = (FORMS, PIECES, PIECES, SHAPES, FAMILIARITIES)


@pytest.fixture(scope="session")
def network() -> Callable[..., IdentifierNetwork]:
    """Makes a network that says 2 log-odds for a known word, -2 for others, and adds `beside` for the word behind."""

    def made(*, known: str = "kev", beside: float = 0.0) -> IdentifierNetwork:
        weights: dict[str, NDArray[np.float32]]
        weights = {table: np.zeros((rows, 1), np.float32) for table, rows in zip(TABLES, ROWS, strict=True)}
        weights["form"][numbers_of(known, {})[0]] = 1
        weights["pieces"] = np.zeros((VOCABULARY, 1), np.float32)
        weights |= {"enter": np.ones((1, 1), np.float32), "enter.bias": np.zeros(1, np.float32)}
        around = np.zeros((REACH, 1, 1), np.float32)
        around[1] = beside  # what stands one word before
        weights |= {"around.0": around, "around.0.bias": np.zeros(1, np.float32)}
        weights |= {"answer": np.full(1, 4, np.float32), "answer.bias": np.full(1, -2, np.float32)}
        return IdentifierNetwork(weights, {})

    return made
