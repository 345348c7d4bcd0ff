from __future__ import annotations

import numpy as np
import pytest

from hcplens.inference.themes.neighbourhoods import known_shares


def unit(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_neighbours_weigh_as_much_as_they_are_nearer_than_need_be() -> None:
    finished: list[int] = []
    # beyond 0.5: the open neighbour at 60° - 30° weighs cos 30° - 0.5 = 0.366, the known one at 20° 0.440
    shares = known_shares(unit(0, 30), unit(-20), np.ones(1), 0.5, finished.append)
    assert shares[0] == pytest.approx(0.440 / (0.366 + 0.440), abs=1e-3)
    assert shares[1] == pytest.approx(0.143 / (0.366 + 0.143), abs=1e-3)
    assert finished == [2]


def test_what_is_less_certain_makes_less_known() -> None:
    sure, unsure = (known_shares(unit(0), unit(-20), np.array([p]), 0.5, lambda count: None)[0] for p in (1.0, 0.4))
    assert (sure, unsure) == (1.0, pytest.approx(0.4))


def test_around_a_clause_alone_nothing_is_known() -> None:
    assert known_shares(unit(0, 90), unit(180), np.ones(1), 0.5, lambda count: None).tolist() == [0.0, 0.0]
    assert known_shares(unit(), unit(), np.ones(0), 0.5, lambda count: None).tolist() == []
