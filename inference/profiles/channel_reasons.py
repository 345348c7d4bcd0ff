"""Why a channel is preferred or not: counts in words, and the events and statements behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..records.derived import EVIDENCE
from .channel_facts import STATED, ChannelFacts
from .channel_rules import ChannelRules
from .engagement_log import ACTION_NAMES, CHANNEL_NAMES, NEVER, Floats, Numbers, Occasions, moment
from .evidence import newest_first, of_exposure
from .ordering import is_first, ordered

SHOWN_EVENTS = 3
TOLD_MOVE = 0.05  # of the prior by responses elsewhere, from which on it is told
_DAY = 86_400 * 1_000_000
_SAYS = {"prefers": "says it is preferred", "avoids": "says it is not wanted"}


def reasons(facts: ChannelFacts, moved: Floats, rules: ChannelRules) -> pa.Array:
    """(n,) one line each; `moved` is how far responses elsewhere moved the prior."""
    elsewhere = np.where(np.abs(moved) >= TOLD_MOVE, np.sign(moved), 0.0).astype(np.int64)
    answers = facts.log.exposures.response
    left_on = np.where(facts.left == NEVER, -1, facts.left // _DAY)
    columns = (
        facts.channel,
        _count(facts, facts.log.exposures, answers == 1.0),
        _count(facts, facts.log.exposures, answers >= 0.0),
        _count(facts, facts.log.exposures, (answers > 0.0) & (answers < 1.0)),
        _count(facts, facts.log.machine, facts.log.machine.at >= 0),
        facts.stated(),
        left_on,
        facts.consented.astype(np.int64),
        elsewhere,
    )
    kind, first = _kinds(columns)
    lines = [_line(rules, *(int(column[row]) for column in columns)) for row in first.tolist()]
    return pa.array(lines, pa.string()).take(pa.array(kind))


def _count(facts: ChannelFacts, occasions: Occasions, rows: NDArray[np.bool_]) -> Numbers:
    return facts.of_log(occasions.pair, rows.astype(np.float64)).astype(np.int64)


def _kinds(columns: tuple[Numbers, ...]) -> tuple[Numbers, NDArray[np.intp]]:
    """(n,) a number for each different row, and where each is first."""
    kind = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values, code = np.unique(column, return_inverse=True)
        _, kind = np.unique(kind * len(values) + code, return_inverse=True)
    _, first = np.unique(kind, return_index=True)
    return kind, first


def _line(
    rules: ChannelRules,
    channel: int,
    answered: int,
    exposures: int,
    partly: int,
    machine: int,
    stated: int,
    left_on: int,
    consented: int,
    elsewhere: int,
) -> str:
    rule = rules.channels[CHANNEL_NAMES[channel]]
    parts = [rule.phrase.format(answered, exposures) if exposures else "nothing logged"]
    parts += [rule.partly.format(partly)] if partly else []
    parts += [_SAYS[STATED[stated]]] if stated >= 0 else []
    parts += [f"unsubscribed on {moment(left_on * _DAY).date().isoformat()}"] if left_on >= 0 else []
    parts += [f"answers {'more' if elsewhere > 0 else 'less'} than its like in other channels"] if elsewhere else []
    line = ", ".join(parts + ([] if consented else ["no consent"]))
    return f"{line}; {machine} scanner {'open' if machine == 1 else 'opens'} left out" if machine else line


def evidence(facts: ChannelFacts) -> pa.Array:
    """(n,) lists of EVIDENCE: the latest events of each row and everything said of it, newest first."""
    spoken = sorted(facts.stances)
    events, of_place = _events(facts)
    silent = of_place[facts.place] if len(of_place) else np.full(len(facts), -1)
    silent = np.where(facts.place >= 0, silent, -1)
    silent[spoken] = len(events) + np.arange(len(spoken))
    said = pa.array([_with_stance(facts, row) for row in spoken], pa.list_(EVIDENCE))
    nothing = pa.array([[]], pa.list_(EVIDENCE))
    silent = np.where(silent < 0, len(events) + len(said), silent)
    return pa.concat_arrays([events, said, nothing]).take(pa.array(silent))


def _with_stance(facts: ChannelFacts, row: int) -> list[Any]:
    place = int(facts.place[row])
    shown = facts.log.latest(place, SHOWN_EVENTS) if place >= 0 else ()
    return newest_first([*facts.stances[row].evidence, *(of_exposure(exposure) for exposure in shown)])


def _events(facts: ChannelFacts) -> tuple[pa.Array, Numbers]:
    """Lists of the latest events of pairs of the log, and (pairs,) where the list of each is; -1: it has none."""
    log = facts.log
    shown = log.exposures.of_rows(log.exposures.row >= 0)
    from_end = np.searchsorted(shown.pair, shown.pair, side="right") - np.arange(len(shown))
    shown = shown.of_rows(from_end <= SHOWN_EVENTS)
    shown = shown.of_rows(ordered((shown.pair, -(shown.at // _DAY)), shown.row, log.events["event_id"]))
    first = np.flatnonzero(is_first(shown.pair))
    of_place = np.full(len(log), -1)
    of_place[shown.pair[first]] = np.arange(len(first))
    offsets = pa.array(np.append(first, len(shown)), pa.int32())
    return pa.ListArray.from_arrays(offsets, _structs(shown, log.events), type=pa.list_(EVIDENCE)), of_place


def _structs(shown: Occasions, events: pa.Table) -> pa.Array:
    row = pa.array(shown.row)
    done = pa.array([*ACTION_NAMES, *(f"{name}, no response" for name in ACTION_NAMES)])
    what = done.take(pa.array(shown.action + len(ACTION_NAMES) * (shown.response == 0.0)))
    content = _flat(events["content_id"].take(row))
    text = pc.if_else(pc.is_null(content), what, pc.binary_join_element_wise(what, content, ": "))
    columns = {
        "source": pa.repeat("event", len(shown)),
        "id": _flat(events["event_id"].take(row)),
        "date": pa.array((shown.at // _DAY).astype(np.int32)).cast(pa.date32()),
        "start": pa.nulls(len(shown), pa.int32()),
        "end": pa.nulls(len(shown), pa.int32()),
        "text": text,
    }
    return pa.StructArray.from_arrays(
        [columns[field.name].cast(field.type) for field in EVIDENCE], fields=list(EVIDENCE)
    )


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
