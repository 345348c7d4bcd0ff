"""What is said at a visit, what the rep hears, and what is read out of the note in the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats
from .draws import Draws
from .histories import Histories
from .options import SimulationOptions
from .population import BRANDS, POLARITIES, Codes, Setting
from .visits import Visits, slots

STATUSES = ("current", "resolved", "hypothetical")
HOLDERS = ("hcp", "other", "rep")
ORIGINS = ("said", "over_reported", "hearsay")

_SAID = {"barrier": 0.4, "driver": 0.35}
_SAID_OVER = 0.3
_OVER_REPORTED = 0.4
_LEAST_SURE = 0.4


@dataclass(frozen=True)
class Sayings:
    """Statements (n,) of notes: which note, what it says (`topic`), what is read (`read`), how surely, and its origin.

    `visit` counts the visits taken, in their order; the others are codes of the names above.
    """

    visit: Codes
    topic: Codes
    read: Codes
    polarity: Codes
    status: Codes
    holder: Codes
    origin: Codes
    probability: Floats

    def __len__(self) -> int:
        return len(self.visit)


def draw_sayings(
    draws: Draws,
    options: SimulationOptions,
    setting: Setting,
    visits: Visits,
    histories: Histories,
    habits: Codes,
) -> Sayings:
    """Statements at the visits taken, in the order of the visits; `habits` (visits,) are those of their reps."""
    shape = (len(BRANDS), slots(options))
    cell = (visits.physician, visits.brand, visits.slot)
    mention, sure, right, other = np.moveaxis(draws.take(*shape, len(POLARITIES), len(setting.topics), 4)[cell], -1, 0)
    habit, hearsay = draws.take(*shape)[cell], draws.take(*shape, 6)[cell]
    heard = _heard(mention, visits, histories)
    over_reported = _over_reported(habit, habits, heard)
    visit, polarity, topic = np.nonzero(np.isfinite(heard) | over_reported)
    chosen = (visit, polarity, topic)
    said = Sayings(
        visit=visit,
        topic=topic,
        read=_read(options, topic, sure[chosen], right[chosen], other[chosen], len(setting.topics)),
        polarity=polarity,
        status=np.where(over_reported[chosen], 0, np.nan_to_num(heard[chosen], posinf=0)).astype(np.intp),
        holder=np.zeros(len(visit), dtype=np.intp),
        origin=over_reported[chosen].astype(np.intp),
        probability=_probability(sure[chosen]),
    )
    return _together(said, _hearsay(options, hearsay, len(setting.topics)))


def _heard(mention: Floats, visits: Visits, histories: Histories) -> Floats:
    """(visits, polarities, topics) the status that the physician truly voices; inf where nothing."""
    at = histories.at((visits.physician, visits.brand))
    day = visits.day[:, None, None]
    said = np.array([_SAID[polarity] for polarity in POLARITIES])[:, None]
    current, over = at.held(day) & (mention < said), at.ended(day) & (mention < _SAID_OVER)
    return np.where(current, 0.0, np.where(over, 1.0, np.inf))


def _over_reported(habit: Floats, habits: Codes, heard: Floats) -> NDArray[np.bool_]:
    """(visits, polarities, topics) barriers that only the rep's habit hears."""
    hears = np.zeros(heard.shape, dtype=np.bool_)
    rows = np.flatnonzero((habits >= 0) & (habit < _OVER_REPORTED))
    hears[rows, POLARITIES.index("barrier"), habits[rows]] = True
    return hears & ~np.isfinite(heard)


def _hearsay(options: SimulationOptions, draws: Floats, topics: int) -> Sayings:
    """At most one a visit; it tells nothing of the physician."""
    visit = np.flatnonzero(draws[:, 0] < options.noise.hearsay)
    which, polarity, kind, sure, right = draws[visit, 1:].T
    topic, kinds = (which * topics).astype(np.intp), (kind * 3).astype(np.intp)
    return Sayings(
        visit=visit,
        topic=topic,
        read=_read(options, topic, sure, right, which, topics),
        polarity=(polarity * len(POLARITIES)).astype(np.intp),
        status=np.where(kinds == 2, STATUSES.index("hypothetical"), 0),
        holder=np.where(kinds == 2, 0, kinds + 1),
        origin=np.full(len(visit), ORIGINS.index("hearsay")),
        probability=_probability(sure),
    )


def _probability(uniform: Floats) -> Floats:
    """How surely a statement is read: mostly near 1, never under 0.4."""
    return np.asarray(1 - (1 - _LEAST_SURE) * uniform**2)


def _read(options: SimulationOptions, topic: Codes, sure: Floats, right: Floats, other: Floats, topics: int) -> Codes:
    """The topic read: another one with the probability that the reading leaves open."""
    wrong = right < options.noise.misreading * (1 - _probability(sure))
    return np.where(wrong, (topic + 1 + (other * (topics - 1)).astype(np.intp)) % topics, topic)


def _together(*parts: Sayings) -> Sayings:
    order = np.argsort(np.concatenate([part.visit for part in parts]), kind="stable")
    return Sayings(**{name: np.concatenate([vars(part)[name] for part in parts])[order] for name in vars(parts[0])})
