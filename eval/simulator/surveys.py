"""Survey answers: a scale each quarter on one possible barrier, and once the preferred channel.

In the tables each answer is read for what it asks. Whoever runs the files has the questions read by the model instead,
which may not tell what every question is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ...inference.records.derived import CHANNEL_STATEMENTS, STATEMENTS
from ...inference.records.schemas import SURVEYS
from ..metrics import Floats
from .codes import dates, named
from .draws import Draws
from .engagement import Engagement
from .histories import Histories
from .options import MONTH_DAYS, SimulationOptions
from .population import BRANDS, CHANNELS, POLARITIES, Codes, Physicians, Setting, one_brand

_QUARTER_DAYS = 3 * MONTH_DAYS
_ANSWERED = 0.6
_UNDECIDED = 0.1
_MIDDLE = 4
_ASKED_FOR_CHANNEL = 0.4
_TRUE_CHANNEL = 0.8
_SCALE_PROBABILITY, _CHOICE_PROBABILITY = 0.9, 0.95


@dataclass(frozen=True)
class SurveyTables:
    """SURVEYS of a block, and the STATEMENTS and CHANNEL_STATEMENTS in them."""

    surveys: pa.Table
    statements: pa.Table
    channel_statements: pa.Table


@dataclass(frozen=True)
class _Answers:
    """Answers (n,) of one kind."""

    ids: list[str]
    physician: Codes
    brand: Codes
    day: Floats
    question: list[str]
    answer: list[str]


def draw_surveys(
    draws: Draws,
    options: SimulationOptions,
    setting: Setting,
    physicians: Physicians,
    histories: Histories,
    engagement: Engagement,
) -> SurveyTables:
    """Answers that follow from what is true on their day."""
    scales, topic = _draw_scales(draws, options, setting, physicians, histories)
    choices, channel = _draw_choices(draws, options, physicians, engagement)
    surveys = pa.concat_tables(
        [_records(options, physicians, scales, "scale"), _records(options, physicians, choices, "choice")]
    )
    return SurveyTables(
        surveys,
        _statements(options, setting, physicians, scales, topic),
        _channel_statements(options, physicians, choices, channel),
    )


def _draw_scales(
    draws: Draws, options: SimulationOptions, setting: Setting, physicians: Physicians, histories: Histories
) -> tuple[_Answers, Codes]:
    quarters = -(-options.days // _QUARTER_DAYS)
    answered, when, which, side, mood, strength = np.moveaxis(draws.take(quarters, 6), -1, 0)
    days = np.arange(quarters) * _QUARTER_DAYS + np.floor(when * _QUARTER_DAYS)
    where = np.nonzero((answered < _ANSWERED) & (days < options.days))
    physician, day = where[0], days[where]
    brand, topic = one_brand(physicians, physician, side[where]), (which[where] * len(setting.topics)).astype(np.intp)
    holds = histories.at((physician, brand, POLARITIES.index("barrier"), topic)).held(day)
    extreme = (strength[where] < 0.5).astype(np.intp)
    values = np.where(mood[where] < _UNDECIDED, _MIDDLE, np.where(holds, 6 + extreme, 2 - extreme))
    answers = _Answers(
        ids=[f"Q-{physicians.ids[who]}-{quarter + 1:02d}" for who, quarter in zip(*where, strict=True)],
        physician=physician,
        brand=brand,
        day=day,
        question=[f"{setting.topic_names[t]} is a problem for me (1 disagree - 7 agree)" for t in topic],
        answer=[str(value) for value in values],
    )
    return answers, topic


def _draw_choices(
    draws: Draws, options: SimulationOptions, physicians: Physicians, engagement: Engagement
) -> tuple[_Answers, Codes]:
    asked, when, true, which, side = draws.take(5).T
    physician = np.flatnonzero(asked < _ASKED_FOR_CHANNEL)
    day = np.floor(when[physician] * options.days)
    best = engagement.on(physician, day).argmax(axis=1)
    anything = (which[physician] * len(CHANNELS)).astype(np.intp)
    channel = np.where(true[physician] < _TRUE_CHANNEL, best, anything)
    answers = _Answers(
        ids=[f"Q-{physicians.ids[who]}-00" for who in physician],
        physician=physician,
        brand=one_brand(physicians, physician, side[physician]),
        day=day,
        question=["Which channel do you prefer?"] * len(physician),
        answer=[CHANNELS[code].replace("_", " ") for code in channel],
    )
    return answers, channel


def _records(options: SimulationOptions, physicians: Physicians, answers: _Answers, kind: str) -> pa.Table:
    columns = {
        "response_id": answers.ids,
        "hcp_id": named(physicians.ids, answers.physician),
        "date": dates(options.first_day, answers.day),
        "brand": named(BRANDS, answers.brand),
        "question": answers.question,
        "answer": answers.answer,
        "kind": [kind] * len(answers.ids),
    }
    return pa.table(columns, schema=SURVEYS.schema)


def _statements(
    options: SimulationOptions, setting: Setting, physicians: Physicians, answers: _Answers, topic: Codes
) -> pa.Table:
    n = len(answers.ids)
    columns = _said(options, physicians, answers) | {
        "brand": named(BRANDS, answers.brand),
        "rep_id": pa.nulls(n, pa.string()),
        "topic": named(setting.topics, topic),
        "polarity": ["barrier"] * n,
        "status": ["current" if int(answer) > _MIDDLE else "resolved" for answer in answers.answer],
        "holder": ["hcp"] * n,
        "probability": [_SCALE_PROBABILITY] * n,
        "annotator": ["scale"] * n,
    }
    table = pa.table({name: columns[name] for name in STATEMENTS.names}, schema=STATEMENTS)
    return table.filter(pa.array([int(answer) != _MIDDLE for answer in answers.answer], pa.bool_()))


def _channel_statements(
    options: SimulationOptions, physicians: Physicians, answers: _Answers, channel: Codes
) -> pa.Table:
    n = len(answers.ids)
    columns = _said(options, physicians, answers) | {
        "channel": named(CHANNELS, channel),
        "stance": ["prefers"] * n,
        "probability": [_CHOICE_PROBABILITY] * n,
        "annotator": ["choice"] * n,
    }
    return pa.table({name: columns[name] for name in CHANNEL_STATEMENTS.names}, schema=CHANNEL_STATEMENTS)


def _said(options: SimulationOptions, physicians: Physicians, answers: _Answers) -> dict[str, Any]:
    n = len(answers.ids)
    return {
        "source": ["survey"] * n,
        "source_id": answers.ids,
        "hcp_id": named(physicians.ids, answers.physician),
        "date": dates(options.first_day, answers.day),
        "start": pa.nulls(n, pa.int32()),
        "end": pa.nulls(n, pa.int32()),
        "evidence": [
            f"{question}: {answer}" for question, answer in zip(answers.question, answers.answer, strict=True)
        ],
        "masked": [False] * n,
    }
