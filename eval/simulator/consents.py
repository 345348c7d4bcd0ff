"""Who may be written to and called, and who took it back: the less somebody engages, the likelier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...inference.records.schemas import CONSENTS
from ..metrics import Floats
from .codes import DAY_SECONDS, moments, named
from .draws import Draws
from .options import SimulationOptions
from .population import CHANNELS, Codes, Physicians

OPT_IN = ("email", "messaging", "phone")
"""Simulated channels that need an opt-in; the others need none."""
_STATUSES = ("opt_in", "never", "pending")
_SHARES = (0.78, 0.93)
_ASKED_BEFORE_DAYS = 400
_OPT_OUT = 0.3


@dataclass(frozen=True)
class Consents:
    """First answers (physicians, channels of OPT_IN) as codes, their days (negative), days of opting out (or inf)."""

    status: Codes
    asked: Floats
    left: Floats

    def allow(self, channel: str, physician: Codes, day: Floats) -> NDArray[np.bool_]:
        """Whether physicians (n,) may be approached through the channel on days (n,)."""
        if channel not in OPT_IN:
            return np.ones(len(physician), dtype=np.bool_)
        column = OPT_IN.index(channel)
        return np.asarray((self.status[physician, column] == 0) & (day < self.left[physician, column]))

    def to_table(self, options: SimulationOptions, physicians: Physicians) -> pa.Table:
        """CONSENTS, every answer a row."""
        asked = np.nonzero(np.isfinite(self.asked))
        left = np.nonzero(np.isfinite(self.left))
        day = np.concatenate([self.asked[asked], self.left[left]])
        status = np.concatenate([self.status[asked], np.full(len(left[0]), len(_STATUSES))])
        rows = {
            "hcp_id": named(physicians.ids, np.concatenate([asked[0], left[0]])),
            "channel": named(OPT_IN, np.concatenate([asked[1], left[1]])),
            "status": named((*_STATUSES, "opt_out"), status),
            "captured_at": moments(options.first_day, day * DAY_SECONDS),
        }
        return pa.table(rows, schema=CONSENTS.schema)


def draw_consents(draws: Draws, options: SimulationOptions, engagement: Floats) -> Consents:
    """Consents of physicians with these hidden probabilities (physicians, channels)."""
    answer, asked, leaves, when = np.moveaxis(draws.take(len(OPT_IN), 4), -1, 0)
    status = np.searchsorted(_SHARES, answer, side="right")
    own = engagement[:, [CHANNELS.index(channel) for channel in OPT_IN]]
    has_left = (status == 0) & (leaves < _OPT_OUT * (1 - own) ** 2)
    return Consents(
        status=status,
        asked=-1 - np.floor(asked * _ASKED_BEFORE_DAYS),
        left=np.where(has_left, np.floor(when * options.days), np.inf),
    )
