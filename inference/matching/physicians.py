"""What the tables say of each physician, looked up by id."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from ..records.derived import CHANNEL_PREFERENCES, FLAGS, PROFILES
from ..records.schemas import CONSENTS, CONTENT_EVENTS, HCPS
from .consent import ConsentLedger
from .eligibility import Physician
from .needs import Need, needs_of
from .off_label_words import OffLabelWords
from .scoring import SHOWN_HALF_LIFE_DAYS, Audience, ChannelPreference
from .shelf import brand_key
from .showings import ShowingLog


@dataclass(frozen=True)
class MatchTables:
    """The tables that matching reads; one that is left out is empty, and what it would say is unknown."""

    profiles: pa.Table = field(default_factory=PROFILES.empty_table)
    hcps: pa.Table = field(default_factory=HCPS.schema.empty_table)
    consents: pa.Table = field(default_factory=CONSENTS.schema.empty_table)
    content_events: pa.Table = field(default_factory=CONTENT_EVENTS.schema.empty_table)
    flags: pa.Table = field(default_factory=FLAGS.empty_table)
    channels: pa.Table = field(default_factory=CHANNEL_PREFERENCES.empty_table)


class Physicians:
    """Attributes, consents, showings, channel preferences and needs, by physician."""

    def __init__(self, tables: MatchTables) -> None:
        self._attributes = {row["hcp_id"]: row for row in tables.hcps.to_pylist()}
        self._consents = ConsentLedger(tables.consents, tables.content_events)
        self._showings = ShowingLog(tables.content_events)
        self._channels = _channels_by_hcp(tables.channels)
        self._off_label = OffLabelWords(tables.flags)
        self._profiles = tables.profiles
        self._profile_rows = _rows_by_pair(tables.profiles)

    def knows(self, hcp_id: str) -> bool:
        """Whether the physician is listed; one who is not listed has no known attribute."""
        return hcp_id in self._attributes

    def physician(self, hcp_id: str, as_of: date) -> Physician:
        """What eligibility needs to know at the end of `as_of`."""
        row = self._attributes.get(hcp_id, {})
        return Physician(
            hcp_id,
            specialty=row.get("specialty"),
            country=row.get("country"),
            language=row.get("language"),
            region=row.get("region"),
            segment=row.get("segment"),
            tier=row.get("tier"),
            open_channels=self._consents.open_channels(hcp_id, as_of),
            contacts=self._showings.contacts(hcp_id),
        )

    def needs(self, hcp_id: str, brand: str, as_of: date) -> tuple[Need, ...]:
        """Needs from the profile of the pair, heaviest first; none where there is no profile."""
        rows = self._profile_rows.get((hcp_id, brand_key(brand)), [])
        return needs_of(self._off_label.left_out(self._profiles.take(pa.array(rows, pa.int64())).to_pylist()), as_of)

    def audience(self, hcp_id: str, needs: tuple[Need, ...], as_of: date) -> Audience:
        """What scoring needs to know besides."""
        shown = self._showings.weights(hcp_id, as_of, SHOWN_HALF_LIFE_DAYS)
        return Audience(needs, self._channels.get(hcp_id, {}), shown)


def _channels_by_hcp(channels: pa.Table) -> dict[str, dict[str, ChannelPreference]]:
    preferences: dict[str, dict[str, ChannelPreference]] = defaultdict(dict)
    for row in channels.select(["hcp_id", "channel", "p_engage", "stated"]).to_pylist():
        preference = ChannelPreference(row["p_engage"] or 0.0, row["stated"] == "avoids")
        preferences[row["hcp_id"]][row["channel"]] = preference
    return preferences


def _rows_by_pair(profiles: pa.Table) -> dict[tuple[str, str], list[int]]:
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    columns: list[list[Any]] = [profiles["hcp_id"].to_pylist(), profiles["brand"].to_pylist()]
    for row, (hcp_id, brand) in enumerate(zip(*columns, strict=True)):
        if brand:
            rows[hcp_id, brand_key(brand)].append(row)
    return rows
