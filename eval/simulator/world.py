"""A simulated world: records as a company has them, and the truth that no company has.

Physicians have drivers and barriers that open, are resolved and come back, and channels with a hidden probability of
engaging. Reps visit them and note some of what is said, some hear one topic everywhere; notes are read with calibrated
doubt; messages are opened by people and by machines. Whatever infers profiles from the records can be held against the
truth, to the last figure. What it cannot tell is how well notes are read: their words come from a stock of phrases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from ..metrics import Floats
from .codes import named, numbered
from .consents import draw_consents
from .draws import Draws
from .engagement import draw_engagement
from .event_log import Events, event_log
from .histories import Histories, draw_histories
from .notes import note_tables
from .options import SimulationOptions
from .outreach import contents, draw_outreach, met
from .population import (
    BRANDS,
    CHANNELS,
    POLARITIES,
    TERRITORY,
    Codes,
    Physicians,
    Setting,
    draw_habits,
    draw_physicians,
)
from .response import Response, prescribes
from .sayings import ORIGINS, Sayings, draw_sayings
from .surveys import draw_surveys
from .visits import Visits, draw_visits
from .wishes import draw_wishes

_BLOCK = 500
_RECORDS = ("hcps", "rep_assignments", "notes", "surveys", "content_events", "consents")

TRUE_CHANNELS = pa.schema([("hcp_id", pa.string()), ("channel", pa.string()), ("p_engage", pa.float64())])
TRUE_REPS = pa.schema([("rep_id", pa.string()), ("over_reports", pa.string())])  # a topic; null: none
TRUE_PRESCRIBING = pa.schema([("hcp_id", pa.string()), ("brand", pa.string()), ("p_prescribe", pa.float64())])


@dataclass(frozen=True)
class Truth:
    """What no company has.

    Attributes:
        topics: TRUE_TOPICS, the drivers and barriers that ever held, and how they stand on the last day.
        channels: TRUE_CHANNELS, the hidden probabilities of engaging on the last day.
        reps: TRUE_REPS, what each hears everywhere.
        prescribing: TRUE_PRESCRIBING, on the last day.
        statements: TRUE_STATEMENTS, what lies behind each statement of a note; row by row beside the first ones of
            the world's statements.
    """

    topics: pa.Table
    channels: pa.Table
    reps: pa.Table
    prescribing: pa.Table
    statements: pa.Table


@dataclass(frozen=True)
class World:
    """Canonical tables, the statements read out of them (STATEMENTS, CHANNEL_STATEMENTS), and the truth."""

    options: SimulationOptions
    hcps: pa.Table
    rep_assignments: pa.Table
    notes: pa.Table
    surveys: pa.Table
    content_events: pa.Table
    consents: pa.Table
    statements: pa.Table
    channel_statements: pa.Table
    truth: Truth

    @cached_property
    def response(self) -> Response:
        """How the physicians respond, for policies and experiments."""
        return Response.of(self.truth.topics, self.truth.channels)


def simulate(options: SimulationOptions | None = None) -> World:
    """A world; about a second a thousand physicians."""
    chosen = options or SimulationOptions()
    setting = Setting.draw(chosen)
    first = range(0, chosen.physicians, _BLOCK)
    blocks = [_block(chosen, setting, range(start, min(start + _BLOCK, chosen.physicians))) for start in first]

    def joined(name: str) -> pa.Table:
        return pa.concat_tables([block[name] for block in blocks]).combine_chunks()

    return World(
        options=chosen,
        statements=pa.concat_tables([joined("note_statements"), joined("survey_statements")]).combine_chunks(),
        channel_statements=pa.concat_tables([joined("note_wishes"), joined("survey_wishes")]).combine_chunks(),
        truth=Truth(
            topics=joined("true_topics"),
            channels=joined("true_channels"),
            reps=_reps(chosen, setting),
            prescribing=joined("true_prescribing"),
            statements=joined("true_statements"),
        ),
        **{name: joined(name) for name in _RECORDS},
    )


def _block(options: SimulationOptions, setting: Setting, numbers: range) -> dict[str, pa.Table]:
    draws = Draws(options.seed, numbers)
    physicians = draw_physicians(draws, numbers)
    variety = Draws.of_variety(options.seed, numbers)
    engagement = draw_engagement(draws, variety, options, setting, physicians)
    histories = draw_histories(draws, options, setting, physicians)
    consents = draw_consents(draws, options, engagement.last)
    attempts = draw_visits(draws, options, physicians, engagement, consents)
    visits = attempts.of(attempts.taken)
    habits = draw_habits(options, len(setting.topics), visits.rep)
    sayings = draw_sayings(draws, options, setting, visits, histories, habits)
    wishes = draw_wishes(draws, options, visits, engagement)
    surveys = draw_surveys(draws, options, setting, physicians, histories, engagement)
    outreach = draw_outreach(draws, options, physicians, histories, engagement, consents)
    events = Events.concat([met(attempts), outreach])
    written = note_tables(options, setting, physicians, visits, sayings, wishes)
    hcps, rep_assignments = physicians.to_tables()
    return {
        "hcps": hcps,
        "rep_assignments": rep_assignments,
        "notes": written.notes,
        "note_statements": written.statements,
        "note_wishes": written.channel_statements,
        "surveys": surveys.surveys,
        "survey_statements": surveys.statements,
        "survey_wishes": surveys.channel_statements,
        "consents": consents.to_table(options, physicians),
        "content_events": event_log(draws, options, physicians, contents(setting), events),
        "true_topics": histories.to_table(options, setting, physicians, _times_said(histories, visits, sayings)),
        "true_channels": _channels(physicians, engagement.last),
        "true_prescribing": _prescribing(options, physicians, histories),
        "true_statements": written.truth,
    }


def _times_said(histories: Histories, visits: Visits, sayings: Sayings) -> Codes:
    times = np.zeros(histories.opened.shape, dtype=np.intp)
    said = np.flatnonzero(sayings.origin == ORIGINS.index("said"))
    visit = sayings.visit[said]
    np.add.at(times, (visits.physician[visit], visits.brand[visit], sayings.polarity[said], sayings.topic[said]), 1)
    return times


def _channels(physicians: Physicians, engagement: Floats) -> pa.Table:
    who, channel = np.indices(engagement.shape)
    columns = [named(physicians.ids, who.ravel()), named(CHANNELS, channel.ravel()), engagement.ravel()]
    return pa.table(columns, schema=TRUE_CHANNELS)


def _prescribing(options: SimulationOptions, physicians: Physicians, histories: Histories) -> pa.Table:
    held = histories.held(options.days - 1).sum(axis=-1)
    who, brand = np.nonzero(physicians.brands)
    barriers, drivers = (held[who, brand, POLARITIES.index(polarity)] for polarity in ("barrier", "driver"))
    columns = [named(physicians.ids, who), named(BRANDS, brand), prescribes(barriers, drivers)]
    return pa.table(columns, schema=TRUE_PRESCRIBING)


def _reps(options: SimulationOptions, setting: Setting) -> pa.Table:
    numbers = np.arange(2 * (-(-options.physicians // TERRITORY)))
    habits = draw_habits(options, len(setting.topics), numbers)
    return pa.table([numbered("R", 4, numbers), named(setting.topics, habits)], schema=TRUE_REPS)
