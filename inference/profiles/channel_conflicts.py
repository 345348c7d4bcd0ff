"""Conflicts over channels: what a physician says, what the physician does, and what we are allowed to do.

Topic `channel_preference`: a preferred channel that stays unanswered, is refused by the consent on record, or that only
a scanner seems to answer while another is preferred; an unwanted one that is answered; a note and a survey of opposite
stance within 60 days, or that prefer different channels within 180. Topic `consent`: a channel that is well used
without permission.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import pyarrow as pa

from .conflicts import WINDOW_DAYS, Conflict, channel_conflict
from .consents import REFUSALS, Consent
from .engagement_log import Engagement, EngagementLog, Pair
from .evidence import Evidence, of_consent, of_exposure, of_row
from .preferences import Stance
from .statements import EVEN

IGNORED_EXPOSURES, IGNORED_RATE = 5, 0.15
USED_RESPONSES, USED_RATE = 3, 0.5
SCANNED = 3  # opens by a machine that make a channel look used
WISH_DAYS = 180  # for so long a wish for one channel speaks against one for another


def channel_conflicts(
    channels: pa.Table,
    channel_statements: Mapping[Pair, Sequence[dict[str, Any]]],
    stances: Mapping[Pair, Stance],
    consents: Mapping[Pair, Consent],
    engagement: EngagementLog,
) -> Iterator[Conflict]:
    """Conflicts from CHANNEL_PREFERENCES, what was said, the latest stances and consents, and what was done."""
    scanned = frozenset(engagement.scanned(SCANNED))
    some = _that_may_conflict(channels, stances, consents, scanned)
    for hcp_id, group in groupby(some.to_pylist(), key=lambda row: str(row["hcp_id"])):
        rows = list(group)
        wished = [stance for row in rows if (stance := stances.get((hcp_id, row["channel"]))) and stance.stated]
        said = [statement for row in rows for statement in channel_statements.get((hcp_id, row["channel"]), ())]
        for row in rows:
            pair = (hcp_id, row["channel"])
            found = (
                _stance_and_behaviour(row, stances.get(pair)),
                _between_sources(row, channel_statements.get(pair, ())),
                _wish_and_consent(row, stances.get(pair), consents.get(pair)),
                _wish_and_scanner(row, wished, engagement.get(pair) if pair in scanned else None),
            )
            yield from (conflict for conflict in found if conflict is not None)
        other = _different_wishes(hcp_id, said)
        if other is not None:
            yield other


def _that_may_conflict(
    channels: pa.Table, stances: Mapping[Pair, Stance], consents: Mapping[Pair, Consent], scanned: frozenset[Pair]
) -> pa.Table:
    """Rows of which something was said, that were refused, or that machines opened: others have no conflict."""
    refused = {pair for pair, consent in consents.items() if consent.status in REFUSALS}
    pairs = zip(channels["hcp_id"].to_pylist(), channels["channel"].to_pylist(), strict=True)
    return channels.filter(
        pa.array([pair in stances or pair in refused or pair in scanned for pair in pairs], pa.bool_())
    )


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
    evidence = [of_row(note), of_row(survey)]
    return channel_conflict(row["hcp_id"], "channel_preference", ("note", "survey"), what, evidence)


def _wish_and_consent(row: dict[str, Any], stance: Stance | None, consent: Consent | None) -> Conflict | None:
    if consent is None or consent.status not in REFUSALS:
        return None
    refusal = "has opted out of it" if consent.status == "opt_out" else "never opted in"
    if stance is not None and row["stated"] == "prefers":
        evidence = [*stance.evidence[:1], of_consent(consent)]
        what = f"{_wish(row)} but {refusal}"
        return channel_conflict(row["hcp_id"], "channel_preference", (stance.source, "consent"), what, evidence)
    if row["responses"] >= USED_RESPONSES and row["responses"] / row["exposures"] >= USED_RATE:
        answers = f"answers {row['responses']} of {row['exposures']} times"
        what = f"{answers} by {_words(row)} but {refusal}"
        return channel_conflict(
            row["hcp_id"], "consent", ("event", "consent"), what, [*_events(row), of_consent(consent)]
        )
    return None


def _wish_and_scanner(row: dict[str, Any], wished: Sequence[Stance], engagement: Engagement | None) -> Conflict | None:
    """A channel that a machine makes look used, and the wish that it hides: not this one, or another."""
    if engagement is None or len(engagement.machine) <= row["responses"]:
        return None
    if any(stance.channel == row["channel"] and stance.stated == "prefers" for stance in wished):
        return None
    against = [s for s in wished if s.stated == ("avoids" if s.channel == row["channel"] else "prefers")]
    if not against:
        return None
    wish = max(against, key=lambda stance: (stance.channel == row["channel"], stance.date, stance.channel))
    wanted = "preferred" if wish.stated == "prefers" else "not wanted"
    seen = f"a scanner opened {len(engagement.machine)} times by {_words(row)}, the physician {row['responses']} times"
    what = f"{seen} and says that {wish.channel.replace('_', ' ')} is {wanted}"
    evidence = [*wish.evidence[:1], *(of_exposure(exposure) for exposure in engagement.machine[-SCANNED:])]
    return channel_conflict(row["hcp_id"], "channel_preference", (wish.source, "event"), what, evidence)


def _different_wishes(hcp_id: str, said: Sequence[dict[str, Any]]) -> Conflict | None:
    """The channel that the latest note has the physician prefer, where the latest survey names only others."""
    clear = [s for s in said if s["probability"] >= EVEN and s["stance"] == "prefers"]
    notes = [s for s in clear if s["source"] == "note"]
    surveys = [s for s in clear if s["source"] == "survey"]
    if not notes or not surveys:
        return None
    day = max(s["date"] for s in surveys)
    named = [s for s in surveys if s["date"] == day]
    noted = {s["channel"] for s in notes}
    if noted & {s["channel"] for s in named}:
        return None
    note = max(notes, key=lambda s: (s["date"], s["probability"], s["channel"]))
    if abs((note["date"] - day).days) > WISH_DAYS:
        return None
    chosen = ", ".join(sorted(s["channel"].replace("_", " ") for s in named))
    what = f"a note of {note['date']} says {_words(note)} is preferred, a survey answer of {day} names {chosen}"
    evidence = [of_row(note), *(of_row(s) for s in named)]
    return channel_conflict(hcp_id, "channel_preference", ("note", "survey"), what, evidence)


def _wish(row: dict[str, Any]) -> str:
    return f"says that {_words(row)} is {'preferred' if row['stated'] == 'prefers' else 'not wanted'}"


def _wanted(statement: dict[str, Any]) -> str:
    return "preferred" if statement["stance"] == "prefers" else "not wanted"


def _words(row: dict[str, Any]) -> str:
    return str(row["channel"]).replace("_", " ")


def _events(row: dict[str, Any]) -> list[Evidence]:
    return [evidence for evidence in row["evidence"] if evidence["source"] == "event"]
