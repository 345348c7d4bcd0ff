"""Notes of visits as records: the text, the statements read out of it, and what was true of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ...inference.records.derived import CHANNEL_STATEMENTS, STATEMENTS
from ...inference.records.schemas import NOTES
from .codes import dates, named, numbered
from .options import SimulationOptions
from .population import BRANDS, CHANNELS, POLARITIES, SPECIALTIES, Codes, Physicians, Setting
from .sayings import HOLDERS, ORIGINS, STATUSES, Sayings
from .visits import Visits
from .wishes import STANCES, Wishes
from .wording import Words, statement, wish

ANNOTATOR = "simulated"

TRUE_STATEMENTS = pa.schema(
    [
        ("note_id", pa.string()),
        ("topic", pa.string()),  # what the note says
        ("read", pa.string()),  # what was read out of it
        ("polarity", pa.string()),
        ("status", pa.string()),
        ("holder", pa.string()),
        ("probability", pa.float64()),
        ("origin", pa.string()),  # said | over_reported (the rep's habit) | hearsay
    ]
)


@dataclass(frozen=True)
class NoteTables:
    """NOTES, STATEMENTS and CHANNEL_STATEMENTS of a block, and TRUE_STATEMENTS row by row beside the statements."""

    notes: pa.Table
    statements: pa.Table
    channel_statements: pa.Table
    truth: pa.Table


def note_tables(
    options: SimulationOptions,
    setting: Setting,
    physicians: Physicians,
    visits: Visits,
    sayings: Sayings,
    wishes: Wishes,
) -> NoteTables:
    """Records of the visits taken (`visits` holds no others)."""
    brands, variants = [BRANDS[brand] for brand in visits.brand], visits.slot.tolist()
    said = _clauses(setting, brands, variants, sayings)
    wished = [
        wish(CHANNELS[channel], STANCES[stance], variants[visit])
        for visit, channel, stance in zip(wishes.visit, wishes.channel, wishes.stance, strict=True)
    ]
    texts, starts = _texts(brands, np.concatenate([sayings.visit, wishes.visit]).tolist(), [*said, *wished])
    notes = _notes(options, physicians, visits, texts)
    return NoteTables(
        notes=notes,
        statements=_statements(setting, notes, sayings, said, starts[: len(said)]),
        channel_statements=_channel_statements(notes, wishes, wished, starts[len(said) :]),
        truth=_truth(setting, notes, sayings),
    )


def _clauses(setting: Setting, brands: list[str], variants: list[int], sayings: Sayings) -> list[str]:
    return [
        statement(
            setting.topic_names[topic],
            brands[visit],
            POLARITIES[polarity],
            STATUSES[status],
            HOLDERS[holder],
            variants[visit],
        )
        for visit, topic, polarity, status, holder in zip(
            sayings.visit, sayings.topic, sayings.polarity, sayings.status, sayings.holder, strict=True
        )
    ]


def _texts(brands: list[str], visit_of: list[int], clauses: list[str]) -> tuple[list[str], list[int]]:
    """A text a visit, and where each clause starts in the text of its visit."""
    of_visit: dict[int, list[int]] = defaultdict(list)
    for clause, visit in enumerate(visit_of):
        of_visit[visit].append(clause)
    texts, starts = [], [0] * len(clauses)
    for visit, brand in enumerate(brands):
        words = Words.of(f"Visit about {brand}", [clauses[clause] for clause in of_visit[visit]])
        texts.append(words.text)
        for clause, (start, _) in zip(of_visit[visit], words.spans, strict=True):
            starts[clause] = start
    return texts, starts


def _notes(options: SimulationOptions, physicians: Physicians, visits: Visits, texts: list[str]) -> pa.Table:
    ids, n = physicians.ids, len(visits)
    columns = {
        "note_id": [
            f"N-{ids[physician]}-{brand + 1}{slot:03d}"
            for physician, brand, slot in zip(visits.physician, visits.brand, visits.slot, strict=True)
        ],
        "hcp_id": named(ids, visits.physician),
        "date": dates(options.first_day, visits.day),
        "text": texts,
        "rep_id": numbered("R", 4, visits.rep),
        "channel": named(CHANNELS, visits.channel),
        "brand": named(BRANDS, visits.brand),
        "specialty": named(SPECIALTIES, physicians.specialty[visits.physician]),
        "country": ["US"] * n,
        **{name: pa.nulls(n, pa.string()) for name in ("objection", "reaction", "outcome")},
    }
    return pa.table(columns, schema=NOTES.schema)


def _statements(setting: Setting, notes: pa.Table, sayings: Sayings, said: list[str], starts: list[int]) -> pa.Table:
    columns = _of_note(notes, sayings.visit, "brand", "rep_id") | {
        "topic": named(setting.topics, sayings.read),
        "polarity": named(POLARITIES, sayings.polarity),
        "status": named(STATUSES, sayings.status),
        "holder": named(HOLDERS, sayings.holder),
        "probability": sayings.probability,
        **_evidence(said, starts),
    }
    return pa.table({name: columns[name] for name in STATEMENTS.names}, schema=STATEMENTS)


def _channel_statements(notes: pa.Table, wishes: Wishes, wished: list[str], starts: list[int]) -> pa.Table:
    columns = _of_note(notes, wishes.visit) | {
        "channel": named(CHANNELS, wishes.channel),
        "stance": named(STANCES, wishes.stance),
        "probability": wishes.probability,
        **_evidence(wished, starts),
    }
    return pa.table({name: columns[name] for name in CHANNEL_STATEMENTS.names}, schema=CHANNEL_STATEMENTS)


def _of_note(notes: pa.Table, visit: Codes, *more: str) -> dict[str, Any]:
    rows = notes.take(pa.array(visit, pa.int64()))
    columns = {name: rows[name] for name in ("hcp_id", "date", *more)}
    return columns | {"source": ["note"] * len(visit), "source_id": rows["note_id"]}


def _evidence(clauses: list[str], starts: list[int]) -> dict[str, Any]:
    return {
        "start": starts,
        "end": [start + len(clause) for start, clause in zip(starts, clauses, strict=True)],
        "evidence": clauses,
        "masked": [False] * len(clauses),
        "annotator": [ANNOTATOR] * len(clauses),
    }


def _truth(setting: Setting, notes: pa.Table, sayings: Sayings) -> pa.Table:
    columns = {
        "note_id": notes["note_id"].take(pa.array(sayings.visit, pa.int64())),
        "topic": named(setting.topics, sayings.topic),
        "read": named(setting.topics, sayings.read),
        "polarity": named(POLARITIES, sayings.polarity),
        "status": named(STATUSES, sayings.status),
        "holder": named(HOLDERS, sayings.holder),
        "probability": sayings.probability,
        "origin": named(ORIGINS, sayings.origin),
    }
    return pa.table(columns, schema=TRUE_STATEMENTS)
