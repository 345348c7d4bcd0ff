"""Decisions and what came of them: a log of exposures that off-policy evaluation reads as it is."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from .decision_log import LoggedDecision
from .profiles import ChannelRules
from .profiles.engagement import read_engagement
from .runs import published_file

WINDOW_DAYS = 30

Reward = Literal["response", "opened", "clicked", "accepted"]
REWARDS: tuple[Reward, ...] = get_args(Reward)
"""What counts as success: the best answer by the rules of the channel, an open, a click, or a suggestion taken up."""

COLUMNS = (
    "decision_id",
    "hcp_id",
    "as_of",
    "position",
    "module_id",
    "channel",
    "propensity",
    "propensity_error",
    "candidates",  # modules that the slot could have held, given those above, with | between them
    "reward",
    "exposed",
    "opened",
    "clicked",
    "response",
    "accepted",  # empty where no feedback came
    "policy",
    "user_feature_brand",
    "user_feature_specialty",
    "user_feature_country",
    "user_feature_need",
)
_BETWEEN_CANDIDATES = "|"
_OPENS = ("opened", "clicked")
_SHOWS = ("sent", "delivered", "viewed")

Key = tuple[str, str, str]
"""Physician, module and channel."""


@dataclass(frozen=True)
class ExposureLog:
    """Rows with COLUMNS, and how many decisions are not among them, by reason."""

    rows: tuple[dict[str, Any], ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class _Answer:
    day: date
    action: str
    decision_id: str | None  # as whoever told the event says


def join_outcomes(
    decisions: Iterable[LoggedDecision],
    content_events: pa.Table,
    *,
    feedback: Mapping[str, bool] | None = None,
    named: Mapping[str, str] | None = None,
    window_days: int = WINDOW_DAYS,
    reward: Reward = "response",
    until: date | None = None,
    rules: ChannelRules | None = None,
) -> ExposureLog:
    """What became of each decision within `window_days` days after its day.

    An event belongs to a decision where physician, module and channel are the same and it came 1 to `window_days` days
    after the decision's day; where several decisions fit, to the latest of them, so that nothing counts twice. One that
    names its decision belongs to it, if physician, module and channel are its own, from the decision's day on. Opens
    and clicks of a mail gateway are left out, as in profiles. Every decision has a row, carried out or not (`exposed`):
    to leave out those that nobody acted upon would select by what came after the choice.

    Left out and counted: repeats of a decision, and decisions whose window reaches beyond `until` (default: the day of
    the last event), as their outcome is not known yet.

    Args:
        decisions: of a log.
        content_events: rows of CONTENT_EVENTS.
        feedback: by decision id, whether the suggestion was taken up.
        named: by event id, the decision that the event names.
        window_days: how long an outcome may take.
        reward: what the column `reward` holds.
        until: the day up to which outcomes are known.
        rules: what counts as a response in each channel.

    Raises:
        InputError: nothing tells until when outcomes are known, or a module's id has a |.
    """
    until = until or _last_day(content_events)
    rules = rules or ChannelRules.default()
    left_out: Counter[str] = Counter()
    kept: dict[str, LoggedDecision] = {}
    for decision in decisions:
        if decision.decision_id in kept:
            left_out["logged before"] += 1
        elif decision.as_of + timedelta(days=window_days) > until:
            left_out[f"with a window that reaches beyond {until}"] += 1
        else:
            kept[decision.decision_id] = decision
    answers = _answers(kept.values(), _told(content_events, named or {}, until, rules), window_days)
    taken_up = feedback or {}
    rows = (_row(each, answers[each.decision_id], taken_up.get(each.decision_id), rules) for each in kept.values())
    return ExposureLog(tuple(row | {"reward": row[reward] or 0} for row in rows), left_out)


def write_exposures(target: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows as CSV, whole or not at all; raises InputError where the target is no .csv."""
    if target.suffix != ".csv":
        raise InputError(f"{target}: off-policy evaluation reads CSV; give it a name that ends in .csv")
    with published_file(target) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _last_day(content_events: pa.Table) -> date:
    last = pc.max(content_events["timestamp"]).as_py()
    if last is None:
        raise InputError("there are no events: name the day until which outcomes are known with --as-of")
    day: date = last.date()
    return day


def _told(
    content_events: pa.Table, named: Mapping[str, str], until: date, rules: ChannelRules
) -> dict[Key, list[_Answer]]:
    """What people, not machines, did by the end of `until`: by physician, module and channel."""
    log = read_engagement(content_events, until, rules)
    machine = set(log.events["event_id"].take(pa.array(log.machine.row)).to_pylist())
    columns = ("event_id", "hcp_id", "content_id", "channel", "timestamp", "action")
    told: defaultdict[Key, list[_Answer]] = defaultdict(list)
    for row in content_events.select(columns).to_pylist():
        if row["content_id"] and row["event_id"] not in machine:
            key = (row["hcp_id"], row["content_id"], row["channel"])
            told[key].append(_Answer(row["timestamp"].date(), row["action"], named.get(row["event_id"])))
    return told


def _answers(
    decisions: Iterable[LoggedDecision], told: Mapping[Key, list[_Answer]], window_days: int
) -> dict[str, frozenset[str]]:
    """The actions that belong to each decision, by its id."""
    days: defaultdict[Key, dict[str, date]] = defaultdict(dict)
    for each in decisions:
        days[each.hcp_id, each.module_id, each.channel][each.decision_id] = each.as_of
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, decided in days.items():
        for answer in told.get(key, ()):
            owner = _owner(answer, decided)
            if owner is not None and answer.day <= decided[owner] + timedelta(days=window_days):
                found[owner].add(answer.action)
    return defaultdict(frozenset, {name: frozenset(actions) for name, actions in found.items()})


def _owner(answer: _Answer, decided: Mapping[str, date]) -> str | None:
    """The decision that the answer names, else the latest of an earlier day; `decided` has the days by decision."""
    named = answer.decision_id
    if named is not None and named in decided and decided[named] <= answer.day:
        return named
    earlier = [name for name, day in decided.items() if day < answer.day]
    return max(reversed(earlier), key=lambda name: decided[name], default=None)


def _row(
    decision: LoggedDecision, actions: frozenset[str], taken_up: bool | None, rules: ChannelRules
) -> dict[str, Any]:
    rule = rules.channels[decision.channel]
    response = max((rule.response.get(action, 0.0) for action in actions), default=0.0)
    candidates = [candidate.module_id for candidate in decision.candidates]
    for module_id in candidates:
        if _BETWEEN_CANDIDATES in module_id:
            raise InputError(f"module {module_id!r}: an id with a {_BETWEEN_CANDIDATES} cannot be told from two")
    return {
        "decision_id": decision.decision_id,
        "hcp_id": decision.hcp_id,
        "as_of": decision.as_of.isoformat(),
        "position": decision.slot,
        "module_id": decision.module_id,
        "channel": decision.channel,
        "propensity": decision.propensity,
        "propensity_error": decision.standard_error,
        "candidates": _BETWEEN_CANDIDATES.join(candidates),
        "exposed": int(response > 0 or not actions.isdisjoint({*_SHOWS, *rule.exposure})),
        "opened": int(not actions.isdisjoint(_OPENS)),
        "clicked": int("clicked" in actions),
        "response": response,
        "accepted": None if taken_up is None else int(taken_up),
        "policy": decision.policy,
        "user_feature_brand": decision.brand,
        "user_feature_specialty": decision.specialty or "",
        "user_feature_country": decision.country or "",
        "user_feature_need": decision.need or "",
    }
