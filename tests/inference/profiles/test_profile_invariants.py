from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.inference.profiles import ProfileTables

Build = Callable[..., ProfileTables]
DAYS = st.integers(0, 400).map(lambda offset: date(2025, 9, 1) + timedelta(days=offset))


@st.composite
def statement_rows(draw: st.DrawFn) -> dict[str, Any]:
    rep = draw(st.sampled_from(["R1", "R2", None]))
    day = draw(DAYS)
    return {
        "source": draw(st.sampled_from(["note", "survey"])),
        "source_id": f"S{draw(st.integers(0, 9))}",
        "hcp_id": draw(st.sampled_from(["H1", "H2"])),
        "brand": draw(st.sampled_from(["A", None])),
        "date": day,
        "rep_id": rep,
        "topic": draw(st.sampled_from(["coverage", "cost"])),
        "polarity": draw(st.sampled_from(["driver", "barrier"])),
        "status": draw(st.sampled_from(["current", "resolved", "hypothetical"])),
        "holder": draw(st.sampled_from(["hcp", "hcp", "other", "rep"])),
        "probability": draw(st.sampled_from([0.0, 0.3, 0.5, 0.8, 1.0])),
        "start": 0,
        "end": 3,
        "evidence": draw(st.sampled_from(["abc", "xyz", None])),
        "masked": False,
        "annotator": "file",
    }


@st.composite
def event_rows(draw: st.DrawFn) -> dict[str, Any]:
    moment = datetime.combine(draw(DAYS), datetime.min.time(), tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 90)))
    actions = ["sent", "delivered", "opened", "clicked", "viewed", "registered", "attended", "declined", "unsubscribed"]
    return {
        "event_id": f"E{draw(st.integers(0, 5))}",
        "hcp_id": draw(st.sampled_from(["H1", "H2"])),
        "timestamp": moment,
        "channel": draw(st.sampled_from(["email", "webinar", "website", "phone", "mail"])),
        "action": draw(st.sampled_from(actions)),
        "content_id": draw(st.sampled_from(["M1", None])),
        "brand": "A",
        "seconds": draw(st.sampled_from([None, 0.0, 30.0])),
    }


@st.composite
def wish_rows(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "source": draw(st.sampled_from(["note", "survey"])),
        "source_id": f"S{draw(st.integers(0, 3))}",
        "hcp_id": draw(st.sampled_from(["H1", "H2"])),
        "date": draw(DAYS),
        "channel": draw(st.sampled_from(["email", "webinar", "mail"])),
        "stance": draw(st.sampled_from(["prefers", "avoids"])),
        "probability": draw(st.sampled_from([0.3, 0.8, 1.0])),
        "start": 0,
        "end": 3,
        "evidence": "abc",
        "masked": False,
        "annotator": "file",
    }


STATEMENTS = st.lists(statement_rows(), max_size=14)
EVENTS = st.lists(event_rows(), max_size=14)
WISHES = st.lists(wish_rows(), max_size=6)
CASES = settings(max_examples=60, deadline=None)


@CASES
@given(statements=STATEMENTS, events=EVENTS, wishes=WISHES, seed=st.integers(0, 99))
def test_neither_the_order_of_rows_nor_doubling_them_changes_anything(
    profiled: Build,
    statements: list[dict[str, Any]],
    events: list[dict[str, Any]],
    wishes: list[dict[str, Any]],
    seed: int,
) -> None:
    def shuffled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return random.Random(seed).sample(rows + rows, 2 * len(rows))

    plain = profiled(statements, events=events, wishes=wishes)
    assert profiled(shuffled(statements), events=shuffled(events), wishes=shuffled(wishes)) == plain


@CASES
@given(statements=STATEMENTS, events=EVENTS, wishes=WISHES, as_of=DAYS)
def test_rows_after_the_day_change_nothing(
    profiled: Build,
    statements: list[dict[str, Any]],
    events: list[dict[str, Any]],
    wishes: list[dict[str, Any]],
    as_of: date,
) -> None:
    known = profiled(
        [row for row in statements if row["date"] <= as_of],
        events=[row for row in events if row["timestamp"].date() <= as_of],
        wishes=[row for row in wishes if row["date"] <= as_of],
        as_of=as_of,
    )
    assert profiled(statements, events=events, wishes=wishes, as_of=as_of) == known


@CASES
@given(statements=STATEMENTS, as_of=st.dates(date(2025, 9, 1), date(2026, 9, 30)))
def test_transitions_chain_to_the_state_and_are_never_rewritten(
    profiled: Build, statements: list[dict[str, Any]], as_of: date
) -> None:
    now, then = profiled(statements), profiled(statements, as_of=as_of)
    history = now.transitions.to_pylist()
    assert then.transitions.to_pylist() == [row for row in history if row["date"] <= as_of]
    for row in now.profiles.to_pylist():
        subject = tuple(row[name] for name in ("hcp_id", "brand", "topic", "polarity"))
        steps = [s for s in history if tuple(s[name] for name in ("hcp_id", "brand", "topic", "polarity")) == subject]
        assert [None, *(step["to_state"] for step in steps)] == [
            *(step["from_state"] for step in steps),
            row["state"],
        ]


@CASES
@given(statements=STATEMENTS, events=EVENTS, wishes=WISHES)
def test_every_probability_lies_inside_its_interval(
    profiled: Build, statements: list[dict[str, Any]], events: list[dict[str, Any]], wishes: list[dict[str, Any]]
) -> None:
    tables = profiled(statements, events=events, wishes=wishes)
    for row in tables.profiles.to_pylist():
        assert 0 < row["probability"] < 1
        assert 0 <= row["low"] <= row["probability"] <= row["high"] <= 1
        assert row["state"] != "resolved" or row["probability"] < 0.5
    for row in tables.channels.to_pylist():
        assert 0 < row["p_engage"] < 1
        assert 0 <= row["low"] <= row["p_engage"] <= row["high"] <= 1
        assert row["responses"] <= row["exposures"]


@CASES
@given(statements=STATEMENTS)
def test_the_latest_clear_own_word_decides(profiled: Build, statements: list[dict[str, Any]]) -> None:
    for row in profiled(statements).profiles.to_pylist():
        clear = [
            s
            for s in statements
            if all(s[name] == row[name] for name in ("hcp_id", "brand", "topic", "polarity"))
            and s["holder"] == "hcp"
            and s["status"] != "hypothetical"
            and s["probability"] >= 0.5
            and s["date"] <= date(2026, 9, 30)
        ]
        if any(s["source"] == "note" or s["status"] == "current" for s in clear):
            latest = max(s["date"] for s in clear)
            holds = any(s["status"] == "current" for s in clear if s["date"] == latest)
            assert (row["state"] in {"open", "reopened", "contradicted"}) == holds
