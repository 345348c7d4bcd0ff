from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hcplens.eval.datasets import BanditLog, read_bandit_log

ReadTable = Callable[[pd.DataFrame], BanditLog]
MakeLog = Callable[..., BanditLog]


@pytest.fixture
def read_table(tmp_path: Path) -> ReadTable:
    """A table as the log that is read from its file."""

    def read(table: pd.DataFrame) -> BanditLog:
        path = tmp_path / "log.csv"
        table.to_csv(path, index=False)
        return read_bandit_log(path)

    return read


@pytest.fixture
def make_log() -> MakeLog:
    """A log of few rows at one position; each row its own cluster unless said otherwise."""

    def make(
        actions: Sequence[int],
        rewards: Sequence[float],
        propensities: Sequence[float],
        *,
        names: Sequence[str] = ("a", "b"),
        clusters: Sequence[int] | None = None,
    ) -> BanditLog:
        own = list(range(len(actions))) if clusters is None else list(clusters)
        return BanditLog(
            name="small",
            action_names=tuple(names),
            actions=np.asarray(actions, dtype=np.intp),
            rewards=np.asarray(rewards, dtype=np.float64),
            propensities=np.asarray(propensities, dtype=np.float64),
            position_names=("all",),
            positions=np.zeros(len(actions), dtype=np.intp),
            contexts=np.empty((len(actions), 0)),
            cluster_names=tuple(f"H{number}" for number in range(max(own) + 1)),
            clusters=np.asarray(own, dtype=np.intp),
        )

    return make
