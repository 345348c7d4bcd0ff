"""Channels of a physician of whom nothing is logged: the priors of their like, and the consent that is on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from .base_rates import Cell
from .belief import INTERVAL
from .channel_priors import Counts, fit_channel_priors
from .consents import is_consented, latest_consents
from .engagement_log import Numbers

Row = dict[str, Any]


def expected_channels(
    channels: pa.Table, *, cells: Mapping[str, Cell], consents: pa.Table, hcp_id: str, as_of: date
) -> list[Row]:
    """A row for each channel of CHANNEL_PREFERENCES in the shape of `inspect`, the likeliest first.

    The priors are fitted on the exposures and responses of `channels`, whatever their age; `cells` (specialty, country,
    segment) are by hcp_id.
    """
    names = sorted(set(channels["channel"].to_pylist()))
    if not names:
        return []
    own = pa.table({"hcp_id": [hcp_id] * len(names), "channel": names, "exposures": [0] * len(names)})
    logged = pa.concat_tables(
        [channels.select(["hcp_id", "channel", "exposures", "responses"]), own], promote_options="permissive"
    )
    priors = fit_channel_priors(_counts(logged), _cell_codes(logged, cells), elsewhere=False)
    permissions, segment = latest_consents(consents, as_of), cells.get(hcp_id, (None,))[-1]
    found = []
    for place, channel in enumerate(names, start=len(channels)):
        mean, strength = float(priors.mean[place]), float(priors.strength[place])
        _, low, high = beta_interval(mean * strength, (1.0 - mean) * strength)
        allowed = is_consented(channel, permissions.get((hcp_id, channel)))
        belief = {"p_engage": mean, "low": low, "high": high, "rank": 0, "exposures": 0, "stated": None}
        found.append({"channel": channel, **belief, "consented": allowed, "why": _why(segment, allowed)})
    found.sort(key=lambda row: (-row["p_engage"], row["channel"]))
    return [row | {"rank": rank} for rank, row in enumerate(found, start=1)]


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
