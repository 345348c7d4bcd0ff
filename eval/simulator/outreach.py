"""What is sent, offered and visited, and what comes of it: every response is drawn from the hidden probability."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats
from .codes import DAY_SECONDS
from .consents import OPT_IN, Consents
from .draws import Draws
from .engagement import Engagement
from .event_log import NO_BRAND, Events
from .histories import Histories
from .options import MONTH_DAYS, SimulationOptions
from .population import CHANNELS, POLARITIES, Codes, Physicians, Setting, one_brand
from .response import acts
from .visits import Visits

VERSIONS = 3
"""Pieces of content on each topic."""
_EVERY_DAYS = {"email": 15, "messaging": 30, "webinar": 60, "congress": 90, "website": MONTH_DAYS}
_SENT = 0.9
_DELIVERED = 0.97
_DELIVERED_AFTER = 10.0
_DECLINED = 0.4
_LAST_SENT_DAYS = 3
_MORNING, _WORKING_SECONDS = 8 * 3600, 10 * 3600
_OPENED_AFTER = (40.0, 90_000.0)
_SCANNER_CLICKS = 0.75


def contents(setting: Setting) -> list[str]:
    """Names of the pieces of content, without the brand before them; a piece's code is topic x VERSIONS + version."""
    return [f"{topic}-{version + 1}" for topic in setting.topics for version in range(VERSIONS)]


@dataclass(frozen=True)
class _Approaches:
    """Approaches (n,) in one channel: whom, for which brand, with what, when (day, second), and what comes of it.

    `more` (n, 5) are draws for what follows.
    """

    channel: str
    physician: Codes
    brand: Codes
    content: Codes
    day: Floats
    at: Floats
    engages: NDArray[np.bool_]
    more: Floats

    def of_rows(self, rows: NDArray[np.bool_]) -> _Approaches:
        return _Approaches(self.channel, *(getattr(self, field.name)[rows] for field in fields(self)[1:]))

    def events(self, action: str, after: Floats | float, *, seconds: Floats | float = np.nan) -> Events:
        """That action at so many seconds after each approach."""
        where = (self.physician, self.brand, self.channel)
        return Events.of(action, *where, self.at + after, content=self.content, seconds=seconds)


def draw_outreach(
    draws: Draws,
    options: SimulationOptions,
    physicians: Physicians,
    histories: Histories,
    engagement: Engagement,
    consents: Consents,
) -> Events:
    """Events of every channel but the visits and calls."""
    scanned = draws.take() < options.noise.scanners
    found = {
        channel: _approaches(draws, options, physicians, histories, engagement, consents, channel)
        for channel in _EVERY_DAYS
    }
    parts = [part for channel in ("email", "messaging") for part in _messages(found[channel], histories)]
    parts += _scans(found["email"].of_rows(scanned[found["email"].physician]))
    parts += [part for channel in ("webinar", "congress") for part in _invitations(found[channel])]
    visitors = found["website"].of_rows(found["website"].engages)
    parts.append(visitors.events("viewed", 0.0, seconds=20 + 100 * visitors.more[:, 0]))
    parts += [_unsubscriptions(channel, consents) for channel in ("email", "messaging")]
    return Events.concat(parts)


def met(visits: Visits) -> Events:
    """Events of visits and calls: taken or declined."""
    at = visits.day * DAY_SECONDS + _MORNING
    taken = np.flatnonzero(visits.taken)
    declined = np.flatnonzero(~visits.taken)
    return Events.concat(
        [
            Events.of(action, visits.physician[rows], visits.brand[rows], visits.channel[rows], at[rows])
            for action, rows in (("attended", taken), ("declined", declined))
        ]
    )


def _approaches(
    draws: Draws,
    options: SimulationOptions,
    physicians: Physicians,
    histories: Histories,
    engagement: Engagement,
    consents: Consents,
    channel: str,
) -> _Approaches:
    every = _EVERY_DAYS[channel]
    occasions = -(-options.days // every)
    sent, when, second, side, what, engages, *more = np.moveaxis(draws.take(occasions, 11), -1, 0)
    days = np.arange(occasions) * every + np.floor(when * every)
    latest = options.days - (0 if channel == "website" else _LAST_SENT_DAYS)
    made = np.ones_like(sent, bool) if channel == "website" else engagement.often(slice(None), sent, _SENT)
    where = np.nonzero(made & (days < latest))
    physician, day = where[0], days[where]
    found = _Approaches(
        channel=channel,
        physician=physician,
        brand=one_brand(physicians, physician, side[where]),
        content=(what[where] * histories.opened.shape[-1] * VERSIONS).astype(np.intp),
        day=day,
        at=day * DAY_SECONDS + _MORNING + np.floor(second[where] * _WORKING_SECONDS),
        engages=engages[where] < engagement.on(physician, day)[:, CHANNELS.index(channel)],
        more=np.stack([draw[where] for draw in more], axis=-1),
    )
    return found.of_rows(consents.allow(channel, physician, day))


def _messages(found: _Approaches, histories: Histories) -> list[Events]:
    arrived = found.of_rows(_is_delivered(found))
    opened = arrived.of_rows(arrived.engages)
    after = _OPENED_AFTER[0] * (_OPENED_AFTER[1] / _OPENED_AFTER[0]) ** opened.more[:, 1]
    acting = opened.more[:, 2] < _acts(opened, histories)
    return [
        found.events("sent", 0.0),
        arrived.events("delivered", _DELIVERED_AFTER),
        opened.events("opened", after, seconds=5 + 60 * opened.more[:, 3]),
        opened.of_rows(acting).events("clicked", after[acting] + 20, seconds=10 + 90 * opened.more[acting, 3]),
    ]


def _acts(opened: _Approaches, histories: Histories) -> Floats:
    barrier, driver = (
        histories.at((opened.physician, opened.brand, polarity, opened.content // VERSIONS)).held(opened.day)
        for polarity in (POLARITIES.index("barrier"), POLARITIES.index("driver"))
    )
    return acts(barrier, driver)


def _scans(found: _Approaches) -> list[Events]:
    """What a mail gateway opens and clicks within a second."""
    arrived = found.of_rows(_is_delivered(found))
    clicked = arrived.of_rows(arrived.more[:, 4] < _SCANNER_CLICKS)
    return [
        part.events(action, _DELIVERED_AFTER + 1, seconds=0.0)
        for part, action in ((arrived, "opened"), (clicked, "clicked"))
    ]


def _is_delivered(found: _Approaches) -> NDArray[np.bool_]:
    return np.asarray(found.more[:, 0] < _DELIVERED)


def _invitations(found: _Approaches) -> list[Events]:
    comes = found.of_rows(found.engages)
    declines = found.of_rows(~found.engages & (found.more[:, 0] < _DECLINED))
    return [
        found.events("sent", 0.0),
        comes.events("registered", 3600.0),
        comes.events("attended", 2.0 * DAY_SECONDS, seconds=900 + 2400 * comes.more[:, 1]),
        declines.events("declined", 7200.0),
    ]


def _unsubscriptions(channel: str, consents: Consents) -> Events:
    left = consents.left[:, OPT_IN.index(channel)]
    who = np.flatnonzero(np.isfinite(left))
    return Events.of("unsubscribed", who, np.full(len(who), NO_BRAND), channel, left[who] * DAY_SECONDS)
