"""Channel preference: how likely each physician is to engage in each channel, how sure that is, and why.

A hierarchical Beta-Binomial, first version. Exposures and responses (see `engagement.RULES`) count half after 180 days.
The prior is the channel's and the segment's (see `priors`). A stated preference counts as three exposures, all answered
(prefers) or all ignored (avoids), times its probability; having unsubscribed and not opted in again as ten ignored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from ..records.derived import CHANNEL_PREFERENCES
from .consents import Consent, is_consented
from .engagement import RULES, Engagement, Exposure
from .evidence import Evidence, newest_first, of_exposure
from .preferences import Stance
from .priors import Count, Pair, Prior, fit_priors

HALF_LIFE_DAYS = 180.0
STATED_EXPOSURES = 3.0
UNSUBSCRIBED_EXPOSURES = 10.0
INTERVAL = 0.90
SHOWN_EVENTS = 3


def channel_preferences(
    engagement: Mapping[Pair, Engagement],
    stances: Mapping[Pair, Stance],
    consents: Mapping[Pair, Consent],
    segments: Mapping[str, str | None],
    as_of: date,
) -> pa.Table:
    """CHANNEL_PREFERENCES of each physician and channel with an exposure, an unsubscription or a stated stance.

    The mappings are by (hcp_id, channel), `segments` by hcp_id. Who unsubscribed has not consented until opting in
    later.
    """
    pairs = sorted({p for p, e in engagement.items() if e.exposures or e.unsubscribed_at} | set(stances))
    counts = {pair: _count(engagement[pair].exposures, as_of) for pair in pairs if pair in engagement}
    priors = fit_priors(counts, segments)
    facts = [
        _Facts(pair, engagement.get(pair, Engagement(())), stances.get(pair), consents.get(pair)) for pair in pairs
    ]
    nothing = Count(0.0, 0.0, 0.0)
    betas = [
        fact.posterior(priors.of(fact.pair[1], segments.get(fact.pair[0])), counts.get(fact.pair, nothing))
        for fact in facts
    ]
    return pa.Table.from_pylist(_rows(facts, betas), schema=CHANNEL_PREFERENCES)


def _count(exposures: Iterable[Exposure], as_of: date) -> Count:
    weighted = [(_fade(exposure, as_of), exposure.response) for exposure in exposures]
    return Count(
        sum(weight for weight, _ in weighted),
        sum(weight * response for weight, response in weighted),
        sum(weight**2 for weight, _ in weighted),
    )


def _fade(exposure: Exposure, as_of: date) -> float:
    return float(0.5 ** ((as_of - exposure.at.date()).days / HALF_LIFE_DAYS))


@dataclass(frozen=True)
class _Facts:
    """All that is known of one physician and channel."""

    pair: Pair
    engagement: Engagement
    stance: Stance | None
    consent: Consent | None

    @property
    def stated(self) -> str | None:
        return None if self.stance is None else self.stance.stated

    @property
    def has_left(self) -> bool:
        left = self.engagement.unsubscribed_at
        back = self.consent if self.consent is not None and self.consent.status == "opt_in" else None
        return left is not None and (back is None or back.captured_at <= left)

    @property
    def is_consented(self) -> bool:
        return not self.has_left and is_consented(self.pair[1], self.consent)

    @property
    def answered(self) -> int:
        return sum(exposure.response == 1.0 for exposure in self.engagement.exposures)

    def posterior(self, prior: Prior, count: Count) -> tuple[float, float]:
        yes = prior.mean * prior.strength + count.responses
        no = (1.0 - prior.mean) * prior.strength + count.exposures - count.responses
        if self.stance is not None:
            weight = STATED_EXPOSURES * self.stance.probability
            yes, no = (yes + weight, no) if self.stance.stance == "prefers" else (yes, no + weight)
        return yes, no + (UNSUBSCRIBED_EXPOSURES if self.has_left else 0.0)

    def why(self) -> str:
        exposures, machine = self.engagement.exposures, len(self.engagement.machine)
        half = sum(exposure.response == 0.5 for exposure in exposures)
        parts = [RULES[self.pair[1]].phrase.format(self.answered, len(exposures)) if exposures else "nothing logged"]
        parts += [f"registered for {half} more"] if half else []
        parts += {"prefers": ["says it is preferred"], "avoids": ["says it is not wanted"]}.get(self.stated or "", [])
        left = self.engagement.unsubscribed_at
        parts += [f"unsubscribed on {left.date().isoformat()}"] if left is not None and self.has_left else []
        line = ", ".join(parts + ([] if self.is_consented else ["no consent"]))
        return f"{line}; {machine} scanner {'open' if machine == 1 else 'opens'} left out" if machine else line

    def evidence(self) -> list[Evidence]:
        logged = [exposure for exposure in self.engagement.exposures if exposure.event_id is not None]
        stated = [] if self.stance is None else self.stance.evidence
        return newest_first([*stated, *(of_exposure(exposure) for exposure in logged[-SHOWN_EVENTS:])])


def _rows(facts: list[_Facts], betas: list[tuple[float, float]]) -> list[dict[str, Any]]:
    from scipy.stats import beta

    yes, no = np.array(betas, dtype=np.float64).reshape(-1, 2).T
    mean = yes / (yes + no)
    low = np.minimum(beta.ppf((1.0 - INTERVAL) / 2.0, yes, no), mean)
    high = np.maximum(beta.ppf((1.0 + INTERVAL) / 2.0, yes, no), mean)
    ranks = _ranks(facts, mean.tolist())
    return [
        {
            "hcp_id": fact.pair[0],
            "channel": fact.pair[1],
            "p_engage": float(mean[i]),
            "low": float(low[i]),
            "high": float(high[i]),
            "rank": ranks[fact.pair],
            "exposures": len(fact.engagement.exposures),
            "responses": fact.answered,
            "stated": fact.stated,
            "consented": fact.is_consented,
            "why": fact.why(),
            "evidence": fact.evidence(),
        }
        for i, fact in enumerate(facts)
    ]


def _ranks(facts: list[_Facts], means: list[float]) -> dict[Pair, int]:
    """Ranks within each physician from 1: by probability, then name; what the physician avoids comes last."""
    order = sorted((f.pair[0], f.stated == "avoids", -mean, f.pair[1]) for f, mean in zip(facts, means, strict=True))
    ranks: dict[Pair, int] = {}
    reached: dict[str, int] = defaultdict(int)
    for hcp_id, _, _, channel in order:
        reached[hcp_id] += 1
        ranks[hcp_id, channel] = reached[hcp_id]
    return ranks
