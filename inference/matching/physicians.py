"""What the tables say of each physician, looked up by id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...prompts.taxonomy import Taxonomy
from ..records.brands import brand_key
from ..records.derived import CHANNEL_PREFERENCES, FLAGS, PROFILES
from ..records.schemas import CONSENTS, CONTENT_EVENTS, HCPS
from ..runs import Run
from .channel_choice import ChannelChoice, ChannelPreference
from .consent import ConsentLedger
from .eligibility import Physician
from .need_book import NeedBook
from .needs import Need
from .off_label_words import OffLabelWords
from .ranking_settings import RankingSettings
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

    @classmethod
    def of(cls, run: Run) -> MatchTables:
        """Those of a published run."""
        return cls(**{each.name: run.table(each.name) for each in fields(cls)})

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Physician and brand of profiles and flags, sorted; of several spellings of a brand the first."""
        found: dict[tuple[str, str], str] = {}
        for table in (self.profiles, self.flags):
            for hcp_id, brand in zip(table["hcp_id"].to_pylist(), table["brand"].to_pylist(), strict=True):
                if hcp_id and brand:
                    pair = (hcp_id, brand_key(brand))
                    found[pair] = min(brand, found.get(pair, brand))
        return tuple(sorted((hcp_id, brand) for (hcp_id, _), brand in found.items()))

    def require_topics(self, taxonomy: Taxonomy) -> None:
        """Raise InputError where the profiles have a topic that the taxonomy does not have."""
        unknown = sorted(set(pc.unique(self.profiles["topic"]).to_pylist()) - set(taxonomy.ids))
        if unknown:
            raise InputError(
                f"topic {unknown[0]!r} of the profiles is not in the taxonomy {taxonomy.name} {taxonomy.version}: "
                "match with the taxonomy that the run was made with"
            )


class Physicians:
    """Attributes, consents, showings, channel preferences and needs, by physician; safe to use from several threads."""

    def __init__(self, tables: MatchTables, ranking: RankingSettings | None = None) -> None:
        self._attributes = {row["hcp_id"]: row for row in tables.hcps.to_pylist()}
        self._consents = ConsentLedger(tables.consents, tables.content_events)
        self._showings = ShowingLog(tables.content_events)
        self._choices = _choices(tables.channels)
        self._needs = NeedBook(tables.profiles, OffLabelWords(tables.flags), ranking)
        self._observing = Lock()

    def observe(self, content_events: pa.Table) -> None:
        """Count events that came after the run: showings, contacts and unsubscriptions; each counts once.

        An unsubscription counts from now on at the latest: clocks differ, and nobody who said so is written to again.
        """
        with self._observing:
            self._consents.add_unsubscribed(_told_by_now(content_events))
            self._showings.add(content_events)

    def knows(self, hcp_id: str) -> bool:
        """Whether the physician is listed; one who is not listed has no known attribute."""
        return hcp_id in self._attributes

    def own_words(self, pairs: Iterable[tuple[str, str]] | None = None) -> list[str]:
        """Every quote that speaks for a need of some physicians for a brand, or of all; each once, in order."""
        return self._needs.own_words(pairs)

    def open_channels(self, hcp_id: str, as_of: date) -> frozenset[str]:
        """See `ConsentLedger.open_channels`."""
        return self._consents.open_channels(hcp_id, as_of)

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
        return self._needs.needs(hcp_id, brand, as_of)

    def choice(self, hcp_id: str) -> ChannelChoice:
        """Which channel the physician would rather be reached by."""
        return self._choices.get(hcp_id, _NO_CHOICE)


_NO_CHOICE = ChannelChoice({})


def _told_by_now(content_events: pa.Table) -> pa.Table:
    place = content_events.schema.get_field_index("timestamp")
    now = pa.scalar(datetime.now(UTC), content_events.schema.field(place).type)
    told = content_events["timestamp"]
    by_now = pc.if_else(pc.greater(told, now), now, told)
    return content_events.set_column(place, content_events.schema.field(place), by_now)


def _choices(channels: pa.Table) -> dict[str, ChannelChoice]:
    preferences: dict[str, dict[str, ChannelPreference]] = defaultdict(dict)
    for row in channels.select(["hcp_id", "channel", "p_engage", "stated"]).to_pylist():
        preference = ChannelPreference(row["p_engage"] or 0.0, row["stated"] == "avoids")
        preferences[row["hcp_id"]][row["channel"]] = preference
    return {hcp_id: ChannelChoice(known) for hcp_id, known in preferences.items()}
