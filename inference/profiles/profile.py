"""Many statements to one physician: the whole stage, from tables to tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from ...prompts.taxonomy import Taxonomy
from ..records.derived import PROFILES, STAGES, TRANSITIONS, USE_STATEMENTS
from .adoption import Adoption, adoption
from .base_rates import BaseRates, Cell, cells_of
from .channel_conflicts import channel_conflicts
from .channel_rules import ChannelRules
from .channels import channel_preferences
from .conflicts import Conflict, conflicts_table, statement_conflicts
from .consents import latest_consents
from .engagement import read_engagement
from .ledger import Ledger, build_ledger
from .partition import by_physicians
from .preferences import channel_statements_by_pair, latest_stances
from .rep_habits import RepHabits
from .statements import in_order, known_statements, read_statements

ROWS_AT_ONCE = 50_000
"""Statements that are objects at the same time."""


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
    channel_rules: ChannelRules | None = None,
) -> ProfileTables:
    """Profiles on `as_of` from STATEMENTS, CHANNEL_STATEMENTS, USE_STATEMENTS and the canonical tables, empty or not.

    Rows dated later play no part, nor do the order of rows and repeated rows. Of `hcps` specialty, country and segment
    are used; physicians whom it does not list are profiled too. Without `channel_rules` those that ship hold. Raises
    InputError where a topic is not in the taxonomy.
    """
    cells = cells_of(hcps)
    rules = channel_rules or ChannelRules.default()
    channels, over_channels = _reached(channel_statements, content_events, consents, cells, as_of, rules)
    rates, habits = _usual(statements, cells, as_of)
    told = USE_STATEMENTS.empty_table() if uses is None else uses
    spoken = [
        _Spoken.of(in_order(known_statements(some, as_of)), uses_of_some, taxonomy, as_of, rates, habits)
        for some, uses_of_some in by_physicians((statements, told), ROWS_AT_ONCE)
    ]
    return ProfileTables(
        profiles=_concat(PROFILES, (part.ledger.profiles for part in spoken)),
        transitions=_concat(
            TRANSITIONS,
            [*(part.ledger.transitions for part in spoken), *(part.adoption.transitions for part in spoken)],
        ),
        conflicts=conflicts_table([*(conflict for part in spoken for conflict in part.conflicts), *over_channels]),
        channels=channels,
        stages=_concat(STAGES, (part.adoption.stages for part in spoken)),
    )


def _usual(statements: pa.Table, cells: Mapping[str, Cell], as_of: date) -> tuple[BaseRates, RepHabits]:
    """What is common among physicians, and what reps are used to report; the rows counted do not stay in memory."""
    known = known_statements(statements.drop_columns(["evidence", "annotator"]), as_of)
    return BaseRates.of(known, cells), RepHabits.of(known)


def _reached(
    channel_statements: pa.Table,
    content_events: pa.Table,
    consents: pa.Table,
    cells: Mapping[str, Cell],
    as_of: date,
    rules: ChannelRules,
) -> tuple[pa.Table, list[Conflict]]:
    """CHANNEL_PREFERENCES, and where they disagree with what is said, done or allowed; nothing else stays in memory."""
    wishes = channel_statements_by_pair(channel_statements, as_of)
    stances = latest_stances(wishes)
    permissions = latest_consents(consents, as_of)
    engagement = read_engagement(content_events, as_of, rules)
    channels = channel_preferences(engagement, stances, permissions, cells, as_of, rules=rules)
    return channels, list(channel_conflicts(channels, wishes, stances, permissions, engagement))


@dataclass(frozen=True)
class _Spoken:
    """What was said of some physicians, put together."""

    ledger: Ledger
    conflicts: Sequence[Conflict]
    adoption: Adoption

    @classmethod
    def of(
        cls,
        table: pa.Table,
        uses: pa.Table,
        taxonomy: Taxonomy,
        as_of: date,
        rates: BaseRates,
        habits: RepHabits,
    ) -> _Spoken:
        """Of STATEMENTS in `Statement.order`, each once."""
        statements = read_statements(table)
        return cls(
            build_ledger(table, statements, taxonomy=taxonomy, as_of=as_of, rates=rates, habits=habits),
            tuple(statement_conflicts(table, statements)),
            adoption(statements, uses, as_of),
        )


def _concat(schema: pa.Schema, tables: Iterable[pa.Table]) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *tables])
