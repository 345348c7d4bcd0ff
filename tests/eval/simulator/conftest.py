from __future__ import annotations

import pytest

from hcplens.eval.simulator import Noise, SimulationOptions, World, simulate


@pytest.fixture(scope="session")
def world() -> World:
    """A hundred and fifty physicians, with everything that stands between the truth and the records."""
    return simulate(SimulationOptions(physicians=150))


@pytest.fixture(scope="session")
def clear_world() -> World:
    """The same physicians, everything read, heard and logged as it is."""
    return simulate(SimulationOptions(physicians=150, noise=Noise.none()))
