"""Channel preference: how likely each physician is to engage in each channel, how sure that is, and why.

A hierarchical Beta-Binomial model. Exposures and responses (see `channel_rules`) count half after a year: a discounted
likelihood, as in West, Harrison and Migon (J. Am. Stat. Assoc. 80, 1985) or the power priors of Ibrahim and Chen
(Statistical Science 15, 2000). They are added to the prior of `channel_priors`. A stated preference counts as three
exposures, all answered (prefers) or all ignored (avoids), times its probability; having unsubscribed and not opted in
again as ten ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from ..records.derived import CHANNEL_PREFERENCES
from .base_rates import Cell
from .channel_facts import STATED, ChannelFacts
from .channel_priors import Priors, fit_channel_priors
from .channel_reasons import evidence, reasons
from .channel_rules import ChannelRules
from .consents import Consent
from .engagement_log import CHANNEL_NAMES, NEVER, EngagementLog, Floats, Numbers, Pair
from .preferences import Stance

INTERVAL = 0.90


@dataclass(frozen=True)
class ChannelModel:
    """What counts how much; the defaults were chosen on simulated physicians, of other seeds than those reported.

    Attributes:
        half_life_days: after which an exposure and its response count half.
        stated_exposures: that a stated preference counts as.
        unsubscribed_exposures: ignored, that having unsubscribed counts as.
        like: whether priors know specialty, country and segment.
        elsewhere: whether priors know responses in other channels.
    """

    half_life_days: float = 365.0
    stated_exposures: float = 3.0
    unsubscribed_exposures: float = 10.0
    like: bool = True
    elsewhere: bool = True


def channel_preferences(
    engagement: EngagementLog,
    stances: Mapping[Pair, Stance],
    consents: Mapping[Pair, Consent],
    cells: Mapping[str, Cell],
    as_of: date,
    *,
    rules: ChannelRules | None = None,
    model: ChannelModel | None = None,
) -> pa.Table:
    """CHANNEL_PREFERENCES of each physician and channel with an exposure, an unsubscription or a stated stance.

    The mappings are by (hcp_id, channel), `cells` (specialty, country, segment) by hcp_id. Who unsubscribed has not
    consented until opting in later.
    """
    chosen = model or ChannelModel()
    facts = ChannelFacts.of(engagement, stances, consents)
    if not len(facts):
        return CHANNEL_PREFERENCES.empty_table()
    counts = facts.counts(as_of, chosen.half_life_days)
    priors = fit_channel_priors(counts, facts.cells(cells) if chosen.like else (), elsewhere=chosen.elsewhere)
    said = chosen.stated_exposures
    yes = priors.mean * priors.strength + counts.responses + said * facts.stance("prefers")
    no = (1.0 - priors.mean) * priors.strength + counts.exposures - counts.responses + said * facts.stance("avoids")
    return _table(facts, yes, no + chosen.unsubscribed_exposures * (facts.left != NEVER), priors, rules)


def _table(facts: ChannelFacts, yes: Floats, no: Floats, priors: Priors, rules: ChannelRules | None) -> pa.Table:
    from scipy.special import betaincinv

    mean, tail = yes / (yes + no), (1.0 - INTERVAL) / 2.0
    logged = facts.log.exposures
    columns = {
        "hcp_id": facts.hcp_ids.take(pa.array(facts.physician)),
        "channel": pa.array(CHANNEL_NAMES).take(pa.array(facts.channel)),
        "p_engage": mean,
        "low": np.minimum(betaincinv(yes, no, tail), mean),
        "high": np.maximum(betaincinv(yes, no, 1.0 - tail), mean),
        "rank": _ranks(facts, mean),
        "exposures": facts.of_log(logged.pair, np.ones(len(logged))),
        "responses": facts.of_log(logged.pair, (logged.response == 1.0).astype(np.float64)),
        "stated": pa.array([*STATED, None]).take(pa.array(facts.stated() % (len(STATED) + 1))),
        "consented": facts.consented,
        "why": reasons(facts, priors.moved, rules or ChannelRules.default()),
        "evidence": evidence(facts),
    }
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in CHANNEL_PREFERENCES]
    return pa.table(arrays, schema=CHANNEL_PREFERENCES)


def _ranks(facts: ChannelFacts, mean: Floats) -> Numbers:
    """(n,) places within each physician from 1: by probability, then name; what the physician avoids comes last."""
    avoided = facts.stated() == STATED.index("avoids")
    order = np.lexsort((facts.channel, -mean, avoided, facts.physician))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order)) - np.searchsorted(facts.physician, facts.physician[order]) + 1
    return ranks
