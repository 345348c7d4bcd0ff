"""Channels of a physician of whom nothing is logged: the priors of their like, and the consent that is on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from .base_rates import Cell
from .belief import INTERVAL
from .channel_priors import Counts, Priors, fit_channel_priors
from .consents import is_consented, latest_consents
from .engagement_log import Numbers

Row = dict[str, Any]


class ExpectedChannels:
    """What is expected in each channel of CHANNEL_PREFERENCES, worked out once for every kind of physician.

    The priors are fitted on the exposures and responses of `channels`, whatever their age; `cells` (specialty, country,
    segment) are by hcp_id.
    """

    def __init__(self, channels: pa.Table, cells: Mapping[str, Cell]) -> None:
        self._cells = cells
        self._expected: Mapping[Cell | None, list[Row]] = _expected(channels, cells)

    def of(self, hcp_id: str, consents: pa.Table, as_of: date) -> list[Row]:
        """A row for each channel in the shape of `inspect`, the likeliest first; `consents` may be those of anybody."""
        permissions = latest_consents(consents, as_of)
        segment, kind = _segment(self._cells.get(hcp_id)), _kind(self._cells.get(hcp_id))
        found = []
        for row in self._expected[kind]:
            allowed = is_consented(row["channel"], permissions.get((hcp_id, row["channel"])))
            found.append(row | {"consented": allowed, "why": _why(segment, allowed)})
        return found


def _expected(channels: pa.Table, cells: Mapping[str, Cell]) -> dict[Cell | None, list[Row]]:
    """Rows by kind, without consent: each kind has its priors from a physician of whom nothing is logged."""
    names = sorted(set(channels["channel"].to_pylist()))
    kinds = list(dict.fromkeys([None, *map(_kind, cells.values())]))
    if not names:
        return {kind: [] for kind in kinds}
    unheard = {f"\x00{place}": kind for place, kind in enumerate(kinds)}
    ids = [hcp_id for hcp_id in unheard for _ in names]
    own = pa.table({"hcp_id": ids, "channel": names * len(kinds), "exposures": [0] * len(ids)})
    logged = pa.concat_tables(
        [channels.select(["hcp_id", "channel", "exposures", "responses"]), own], promote_options="permissive"
    )
    stood_for = {hcp_id: kind or (None,) for hcp_id, kind in unheard.items()}
    priors = fit_channel_priors(_counts(logged), _cell_codes(logged, {**cells, **stood_for}), elsewhere=False)
    return {
        kind: _ranked(names, priors, len(channels) + place * len(names)) for place, kind in enumerate(unheard.values())
    }


def _ranked(names: list[str], priors: Priors, start: int) -> list[Row]:
    found: list[Row] = []
    for place, channel in enumerate(names, start=start):
        mean, strength = float(priors.mean[place]), float(priors.strength[place])
        _, low, high = beta_interval(mean * strength, (1.0 - mean) * strength)
        belief = {"p_engage": mean, "low": low, "high": high, "rank": 0, "exposures": 0, "stated": None}
        found.append({"channel": channel, **belief})
    found.sort(key=lambda row: (-row["p_engage"], row["channel"]))
    return [row | {"rank": rank} for rank, row in enumerate(found, start=1)]


def _segment(cell: Cell | None) -> str | None:
    return cell[-1] if cell else None


def _kind(cell: Cell | None) -> Cell | None:
    """What the priors know of a physician: a cell counts only with its segment."""
    return cell if _segment(cell) else None


def beta_interval(yes: float, no: float) -> tuple[float, float, float]:
    """The mean of Beta(yes, no) and the 90 % interval around it; both counts are positive."""
    from scipy.special import betaincinv

    mean, tail = yes / (yes + no), (1.0 - INTERVAL) / 2.0
    low, high = (float(betaincinv(yes, no, side)) for side in (tail, 1.0 - tail))
    return mean, min(low, mean), max(high, mean)


def _counts(logged: pa.Table) -> Counts:
    exposures, responses = (
        np.nan_to_num(logged[name].to_numpy().astype(np.float64)) for name in ("exposures", "responses")
    )
    return Counts(
        physician=_codes(logged["hcp_id"].to_pylist()),
        channel=_codes(logged["channel"].to_pylist()),
        exposures=exposures,
        responses=responses,
        squares=exposures,
        seen=exposures,
        answered=responses,
    )


def _cell_codes(logged: pa.Table, cells: Mapping[str, Cell]) -> tuple[Numbers, Numbers]:
    """(n,) codes of each row's segment, and of its specialty, country and segment; -1 where it has no segment."""
    known = [cells.get(hcp_id, (None,)) for hcp_id in logged["hcp_id"].to_pylist()]
    return _codes([cell[-1] for cell in known]), _codes([cell if cell[-1] else None for cell in known])


def _codes(values: list[Any]) -> Numbers:
    """(n,) a code for each value that occurs, -1 for none."""
    code = {value: place for place, value in enumerate(dict.fromkeys(value for value in values if value))}
    return np.array([code.get(value, -1) for value in values], dtype=np.int64)


def _why(segment: str | None, allowed: bool) -> str:
    of_whom = f"segment {segment}" if segment else "all physicians"
    return f"expected of {of_whom}, nothing logged" + ("" if allowed else ", no consent")
