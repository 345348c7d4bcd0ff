"""Conflicts over channels: what a physician says, what the physician does, and what we are allowed to do.

Topic `channel_preference`: a preferred channel that stays unanswered, an unwanted one that is answered, or a note and a
survey of opposite stance within 60 days. Topic `consent`: a preferred or well-used channel without permission.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from .conflicts import WINDOW_DAYS, Conflict, channel_conflict
from .consents import REFUSALS, Consent
from .evidence import Evidence, of_channel_statement, of_consent
from .preferences import Stance
from .priors import Pair
from .statements import EVEN

IGNORED_EXPOSURES, IGNORED_RATE = 5, 0.15
USED_RESPONSES, USED_RATE = 3, 0.5


def channel_conflicts(
    channels: pa.Table,
    channel_statements: Mapping[Pair, Sequence[dict[str, Any]]],
    stances: Mapping[Pair, Stance],
    consents: Mapping[Pair, Consent],
) -> Iterator[Conflict]:
    """Conflicts from CHANNEL_PREFERENCES, the statements and latest stance, and the latest consent of each channel."""
    for row in channels.to_pylist():
        pair = (row["hcp_id"], row["channel"])
        found = (
            _stance_and_behaviour(row, stances.get(pair)),
            _between_sources(row, channel_statements.get(pair, ())),
            _wish_and_consent(row, stances.get(pair), consents.get(pair)),
        )
        yield from (conflict for conflict in found if conflict is not None)


def _stance_and_behaviour(row: dict[str, Any], stance: Stance | None) -> Conflict | None:
    if stance is None or row["stated"] is None or not row["exposures"]:
        return None
    rate = row["responses"] / row["exposures"]
    ignored = row["exposures"] >= IGNORED_EXPOSURES and rate <= IGNORED_RATE
    used = row["responses"] >= USED_RESPONSES and rate >= USED_RATE
    if not (ignored if row["stated"] == "prefers" else used):
        return None
    what = f"{_wish(row)} but answers {row['responses']} of {row['exposures']} times"
    evidence = [*stance.evidence[:1], *_events(row)]
    return channel_conflict(row["hcp_id"], "channel_preference", (stance.source, "event"), what, evidence)


def _between_sources(row: dict[str, Any], statements: Sequence[dict[str, Any]]) -> Conflict | None:
    latest = {s["source"]: s for s in statements if s["probability"] >= EVEN}
    note, survey = latest.get("note"), latest.get("survey")
    if note is None or survey is None or note["stance"] == survey["stance"]:
        return None
    if abs((note["date"] - survey["date"]).days) > WINDOW_DAYS:
        return None
    what = (
        f"a note of {note['date']} says {_words(row)} is {_wanted(note)}, "
        f"a survey answer of {survey['date']} says it is {_wanted(survey)}"
    )
    evidence = [of_channel_statement(note), of_channel_statement(survey)]
    return channel_conflict(row["hcp_id"], "channel_preference", ("note", "survey"), what, evidence)


def _wish_and_consent(row: dict[str, Any], stance: Stance | None, consent: Consent | None) -> Conflict | None:
    if consent is None or consent.status not in REFUSALS:
        return None
    refusal = "has opted out of it" if consent.status == "opt_out" else "never opted in"
    if stance is not None and row["stated"] == "prefers":
        what, source, wish = f"{_wish(row)} but {refusal}", stance.source, list(stance.evidence[:1])
    elif row["responses"] >= USED_RESPONSES and row["responses"] / row["exposures"] >= USED_RATE:
        answers = f"answers {row['responses']} of {row['exposures']} times"
        what, source, wish = f"{answers} by {_words(row)} but {refusal}", "event", _events(row)
    else:
        return None
    return channel_conflict(row["hcp_id"], "consent", (source, "consent"), what, [*wish, of_consent(consent)])


def _wish(row: dict[str, Any]) -> str:
    return f"says that {_words(row)} is {'preferred' if row['stated'] == 'prefers' else 'not wanted'}"


def _wanted(statement: dict[str, Any]) -> str:
    return "preferred" if statement["stance"] == "prefers" else "not wanted"


def _words(row: dict[str, Any]) -> str:
    return str(row["channel"]).replace("_", " ")


def _events(row: dict[str, Any]) -> list[Evidence]:
    return [evidence for evidence in row["evidence"] if evidence["source"] == "event"]
