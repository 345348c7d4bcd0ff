"""Hidden probabilities of engaging: the segment's, the physician's own, and how the physician's own drifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats
from .draws import Draws
from .options import MONTH_DAYS, SimulationOptions, Variety
from .population import CHANNELS, Codes, Physicians, Setting

PHYSICIAN_SPREAD = 0.8
_SPARSE_RATE = 0.25
_WITH_A_REP = np.array([channel in {"face_to_face", "video", "phone"} for channel in CHANNELS])
_YEAR_MONTHS = 365 / MONTH_DAYS


@dataclass(frozen=True)
class Engagement:
    """Of a block of physicians, (n, months, channels) probabilities of engaging, and (n,) how often one approaches."""

    by_month: Floats
    approached: Floats

    @property
    def last(self) -> Floats:
        """(n, channels) on the last day: the truth."""
        return np.asarray(self.by_month[:, -1])

    def on(self, physician: Codes, day: Floats) -> Floats:
        """(m, channels) of physicians (m,) on days (m,)."""
        month = (day // MONTH_DAYS).astype(np.intp)
        return np.asarray(self.by_month[physician, np.clip(month, 0, self.by_month.shape[1] - 1)])

    def often(self, physician: Codes | slice, uniform: Floats, share: float) -> NDArray[np.bool_]:
        """Whether approaches that have that share of chances are made."""
        rates = self.approached[physician]
        return np.asarray(uniform < share * rates.reshape(-1, *(1,) * (uniform.ndim - 1)))


def draw_engagement(
    draws: Draws, variety: Draws, options: SimulationOptions, setting: Setting, physicians: Physicians
) -> Engagement:
    """Log-odds are the segment's plus the physician's own; the latter is a stationary first-order autoregression.

    It is drawn from the last month backwards, so that drift changes the past and not the truth.
    """
    from scipy.special import expit

    chosen = options.variety
    kept = kept_in_a_month(chosen)
    own = [_own(chosen, draws.take(len(CHANNELS)), variety.take(_MORE))]
    own += [_own(chosen, *np.split(fresh, [len(CHANNELS)], axis=-1)) for fresh in _months(variety, options)]
    for month in range(1, options.months):
        own[month] = kept * own[month - 1] + np.sqrt(1.0 - kept**2) * own[month]
    logits = setting.segment_logits[physicians.segment][:, None] + PHYSICIAN_SPREAD * np.stack(own[::-1], axis=1)
    sparse = variety.take() < chosen.sparse
    return Engagement(np.asarray(expit(logits)), np.where(sparse, _SPARSE_RATE, 1.0))


def kept_in_a_month(variety: Variety) -> float:
    """Correlation of a physician's own log-odds with those of the month before."""
    return float((1.0 - variety.drift) ** (0.5 / _YEAR_MONTHS))


def channel_correlations(variety: Variety) -> Floats:
    """(channels, channels) correlations of physicians' own log-odds."""
    shared = np.where(_WITH_A_REP[:, None] == _WITH_A_REP, variety.shared + variety.affinity, variety.shared)
    return np.asarray(np.where(np.eye(len(CHANNELS), dtype=np.bool_), 1.0, shared))


_MORE = 3  # what all channels share, those with a rep, those without


def _months(variety: Draws, options: SimulationOptions) -> list[Floats]:
    return list(np.moveaxis(variety.take(options.months - 1, len(CHANNELS) + _MORE), 1, 0))


def _own(chosen: Variety, alone: Floats, common: Floats) -> Floats:
    """(n, channels) standard normal, correlated as chosen."""
    from scipy.special import ndtri

    apart, together = (ndtri(np.clip(uniform, 1e-9, 1 - 1e-9)) for uniform in (alone, common))
    kind = np.where(_WITH_A_REP, together[:, 1:2], together[:, 2:3])
    parts = (chosen.shared, together[:, :1]), (chosen.affinity, kind), (1 - chosen.shared - chosen.affinity, apart)
    return np.asarray(sum(np.sqrt(share) * part for share, part in parts))
