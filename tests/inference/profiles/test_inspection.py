from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from hcplens.inference.profiles import CSV_COLUMNS, ProfileTables, csv_rows, inspect
from hcplens.inference.profiles.rendering import bar, interval_bar
from hcplens.inference.records.derived import FLAGS

Row = Callable[..., dict[str, Any]]
Build = Callable[..., ProfileTables]
AS_OF = date(2026, 9, 30)


def flag(note_id: str, disposition: str = "open", brand: str | None = "Dermiqo", hcp_id: str = "H1") -> dict[str, Any]:
    row = dict.fromkeys(FLAGS.names)
    named = {"note_id": note_id, "hcp_id": hcp_id, "brand": brand, "disposition": disposition}
    return row | named | {"kind": "adverse_event"}


@pytest.fixture(scope="module")
def tables(said: Row, wished: Row, logged: Row, consent: Row, profiled: Build) -> ProfileTables:
    statements = [
        said("2026-03-01", topic="cost", status="resolved"),
        said("2026-09-01", topic="supply", holder="rep", evidence="I think stock worries her"),
        said("2026-09-01", topic="coverage"),
        said("2026-09-01", topic="knowledge", probability=0.6),
        said("2026-09-01", topic="efficacy", polarity="driver"),
        said("2026-09-01", hcp_id="H2", brand="Zelvanta"),
    ]
    return profiled(
        statements,
        wishes=[wished("2026-08-01", "email", "prefers")],
        events=[logged("2026-09-01T08:00:00", "phone", "attended")],
        consents=[consent("2026-07-01T08:00:00", "email", "opt_out")],
    )


def objects(tables: ProfileTables, flags: list[dict[str, Any]] | None = None, **chosen: Any) -> list[dict[str, Any]]:
    flagged = pa.Table.from_pylist(flags or [], schema=FLAGS)
    return inspect(tables, pairs=[("H3", "Dermiqo"), ("H1", "Dermiqo")], flags=flagged, as_of=AS_OF, **chosen)


def test_one_object_for_each_pair_of_the_input_and_of_the_tables(tables: ProfileTables) -> None:
    pairs = [(item["hcp_id"], item["brand"]) for item in objects(tables)]
    assert pairs == [("H1", "Dermiqo"), ("H2", "Zelvanta"), ("H3", "Dermiqo")]


def test_the_shape_is_the_documented_one_and_serialises(tables: ProfileTables) -> None:
    item = json.loads(json.dumps(objects(tables)[0]))
    assert list(item) == [
        "hcp_id",
        "brand",
        "as_of",
        "barriers",
        "drivers",
        "channels",
        "adoption_stage",
        "conflicts",
        "open_flags",
    ]
    assert item["as_of"] == "2026-09-30"
    barrier = item["barriers"][0]
    assert list(barrier) == [
        "topic",
        "state",
        "probability",
        "low",
        "high",
        "trend",
        "first_seen",
        "last_seen",
        "evidence",
    ]
    assert barrier["evidence"] == [
        {
            "source": "note",
            "id": "N-2026-09-01",
            "date": "2026-09-01",
            "start": 0,
            "end": 5,
            "text": "words of N-2026-09-01",
        }
    ]
    assert set(item["channels"][0]) == {
        "channel",
        "p_engage",
        "low",
        "high",
        "rank",
        "exposures",
        "stated",
        "consented",
        "why",
    }
    assert set(item["conflicts"][0]) == {"topic", "between", "what", "evidence"}
    assert item["adoption_stage"] == {"stage": "aware", "probability": pytest.approx(0.42)}


def test_open_entries_come_first_then_the_likelier(tables: ProfileTables) -> None:
    barriers = objects(tables)[0]["barriers"]
    assert [barrier["topic"] for barrier in barriers] == ["coverage", "knowledge", "supply", "cost"]


def test_channels_come_by_rank_and_a_physician_without_anything_has_empty_lists(tables: ProfileTables) -> None:
    first, _, last = objects(tables)
    assert [channel["rank"] for channel in first["channels"]] == [1, 2]
    assert (last["barriers"], last["channels"], last["adoption_stage"]) == ([], [], None)


def test_open_flags_of_the_brand_or_of_none_are_listed_once(tables: ProfileTables) -> None:
    flags = [
        flag("N2"),
        flag("N1", brand=None),
        flag("N2"),
        flag("N3", "closed"),
        flag("N4", brand="Zelvanta"),
        flag("N5", hcp_id="H2"),
    ]
    assert objects(tables, flags)[0]["open_flags"] == [
        {"kind": "adverse_event", "note_id": "N1"},
        {"kind": "adverse_event", "note_id": "N2"},
    ]


def test_a_physician_a_brand_and_a_topic_can_be_picked(tables: ProfileTables) -> None:
    assert [item["hcp_id"] for item in objects(tables, hcp_id="H2")] == ["H2"]
    assert [item["hcp_id"] for item in objects(tables, brand="Dermiqo")] == ["H1", "H3"]
    (item,) = objects(tables, topic="cost")
    assert (len(item["barriers"]), item["drivers"], item["conflicts"]) == (1, [], [])
    assert objects(tables, hcp_id="H9") == []


def test_csv_has_one_row_for_each_thing_said(tables: ProfileTables) -> None:
    rows = csv_rows(objects(tables, [flag("N2")])[:1])
    assert [tuple(row) for row in rows] == [CSV_COLUMNS] * len(rows)
    assert [(row["section"], row["name"]) for row in rows] == [
        ("barrier", "coverage"),
        ("barrier", "knowledge"),
        ("barrier", "supply"),
        ("barrier", "cost"),
        ("driver", "efficacy"),
        ("channel", "email"),
        ("channel", "phone"),
        ("adoption_stage", "aware"),
        ("conflict", "channel_preference"),
        ("open_flag", "adverse_event"),
    ]
    assert rows[0]["evidence_text"] == "words of N-2026-09-01"


def test_a_bar_has_ten_cells() -> None:
    assert [bar(0.0), bar(0.44), bar(1.0)] == ["░" * 10, "████" + "░" * 6, "█" * 10]


def test_a_bar_shows_the_interval_and_marks_the_probability() -> None:
    assert interval_bar(0.65, 0.24, 0.93) == "██▒▒▒▒┃▒▒░"
    assert interval_bar(1.0, 1.0, 1.0) == "█" * 9 + "┃"
    assert interval_bar(0.0, 0.0, 0.0) == "┃" + "░" * 9
