"""Many statements to one physician: the whole stage, from tables to tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from ...prompts.taxonomy import Taxonomy
from .adoption import adoption
from .base_rates import Cell
from .channel_conflicts import channel_conflicts
from .channels import channel_preferences
from .conflicts import conflicts_table, statement_conflicts
from .consents import latest_consents
from .engagement import read_engagement
from .ledger import build_ledger
from .preferences import channel_statements_by_pair, latest_stances
from .statements import read_statements


@dataclass(frozen=True)
class ProfileTables:
    """What is known of each physician: PROFILES, TRANSITIONS, CONFLICTS, CHANNEL_PREFERENCES and STAGES."""

    profiles: pa.Table
    transitions: pa.Table
    conflicts: pa.Table
    channels: pa.Table
    stages: pa.Table


def build_profiles(
    *,
    statements: pa.Table,
    channel_statements: pa.Table,
    uses: pa.Table | None = None,
    content_events: pa.Table,
    consents: pa.Table,
    hcps: pa.Table,
    taxonomy: Taxonomy,
    as_of: date,
) -> ProfileTables:
    """Profiles on `as_of` from STATEMENTS, CHANNEL_STATEMENTS, USE_STATEMENTS and the canonical tables, empty or not.

    Rows dated later play no part, nor do the order of rows and repeated rows. Of `hcps` specialty, country and segment
    are used; physicians whom it does not list are profiled too. Raises InputError where a topic is not in the taxonomy.
    """
    said = read_statements(statements, as_of)
    ledger = build_ledger(said, taxonomy=taxonomy, as_of=as_of, cells=_cells(hcps))
    wishes = channel_statements_by_pair(channel_statements, as_of)
    stances = latest_stances(wishes)
    permissions = latest_consents(consents, as_of)
    segments = dict(zip(hcps["hcp_id"].to_pylist(), hcps["segment"].to_pylist(), strict=True))
    engagement = read_engagement(content_events, as_of)
    channels = channel_preferences(engagement, stances, permissions, segments, as_of)
    conflicts = [*statement_conflicts(said), *channel_conflicts(channels, wishes, stances, permissions, engagement)]
    adopted = adoption(said, uses, as_of)
    return ProfileTables(
        profiles=ledger.profiles,
        transitions=pa.concat_tables([ledger.transitions, adopted.transitions]),
        conflicts=conflicts_table(conflicts),
        channels=channels,
        stages=adopted.stages,
    )


def _cells(hcps: pa.Table) -> dict[str, Cell]:
    """What each physician has in common with others."""
    columns = (hcps[name].to_pylist() for name in ("hcp_id", "specialty", "country", "segment"))
    return {hcp_id: tuple(_bare(value) for value in cell) for hcp_id, *cell in zip(*columns, strict=True)}


def _bare(value: str | None) -> str | None:
    """Sources write a specialty or a country in capitals or not."""
    return value.strip().casefold() if value else None
