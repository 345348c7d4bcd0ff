"""Flattening: the objects of `inspect` as rows of one CSV, one row for each thing that is said of a physician."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

CSV_COLUMNS = (
    "hcp_id",
    "brand",
    "as_of",
    "section",  # barrier | driver | channel | adoption_stage | conflict | open_flag | known
    "name",  # the topic, channel, stage or kind of flag; `segment` where only the segment's view is known
    "state",
    "probability",
    "low",
    "high",
    "trend",
    "first_seen",
    "last_seen",
    "rank",
    "exposures",
    "stated",
    "consented",
    "note",  # why (channel, known), what (conflict)
    "evidence_source",  # the newest piece of evidence
    "evidence_id",
    "evidence_date",
    "evidence_text",
)
_ENTRY = ("state", "probability", "low", "high", "trend", "first_seen", "last_seen")
_CHANNEL = ("low", "high", "rank", "exposures", "stated", "consented")


def csv_rows(objects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with exactly CSV_COLUMNS, None where a column does not apply."""
    return [
        dict.fromkeys(CSV_COLUMNS) | {name: item[name] for name in ("hcp_id", "brand", "as_of")} | row
        for item in objects
        for row in _rows(item)
    ]


def _rows(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "known" in item:
        yield {"section": "known", "name": item["known"], "note": item["why"]}
    for section, entries in (("barrier", item["barriers"]), ("driver", item["drivers"])):
        for entry in entries:
            named = {"section": section, "name": entry["topic"]}
            yield {**named, **{field: entry[field] for field in _ENTRY}, **_newest(entry["evidence"])}
    for channel in item["channels"]:
        named = {"section": "channel", "name": channel["channel"], "probability": channel["p_engage"]}
        yield {**named, **{field: channel[field] for field in _CHANNEL}, "note": channel["why"]}
    stage = item["adoption_stage"]
    if stage is not None:
        yield {"section": "adoption_stage", "name": stage["stage"], "probability": stage["probability"]}
    for conflict in item["conflicts"]:
        named = {"section": "conflict", "name": conflict["topic"], "note": conflict["what"]}
        yield {**named, **_newest(conflict["evidence"])}
    for flag in item["open_flags"]:
        yield {"section": "open_flag", "name": flag["kind"], "evidence_source": "note", "evidence_id": flag["note_id"]}


def _newest(evidence: list[dict[str, Any]]) -> dict[str, Any]:
    return {f"evidence_{field}": evidence[0][field] for field in ("source", "id", "date", "text")} if evidence else {}
