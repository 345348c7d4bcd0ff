"""From rows of a run to facts, by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.inference.runs import Run
from hcplens.inference.summaries import STAGE_SUBJECT, Fact, LedgerRows, facts_of
from hcplens.prompts import Taxonomy

Row = Callable[..., dict[str, Any]]
TABLES = {"statements": "insights"}


@pytest.fixture(scope="module")
def facts(spoken: Row, published: Callable[..., Run]) -> dict[tuple[str, str | None], Fact]:
    """Of one physician: what is open, over, raised again, only guessed, flagged, masked; by topic and polarity."""
    flag = {"flag_id": "f", "note_id": "N-2026-09-02", "hcp_id": "H1", "kind": "adverse_event", "disposition": "closed"}
    run = published(
        [
            spoken("2026-03-03", evidence="denied twice"),
            spoken("2026-09-10", start=3, end=17, evidence="another  denial"),
            spoken("2026-02-01", topic="supply", evidence="none to be had"),
            spoken("2026-04-01", topic="supply", status="resolved", evidence="all there again"),
            spoken("2026-02-01", topic="cost", evidence="too dear"),
            spoken("2026-04-01", topic="cost", status="resolved", evidence="pays less"),
            spoken("2026-08-01", topic="cost", holder="hcp", evidence="dear again"),
            spoken("2026-09-01", topic="peers", holder="rep", status="current", evidence="likely his boss"),
            spoken("2026-09-02", topic="safety", evidence="does not like the rash"),
            spoken(
                "2026-09-03", topic="trust", polarity="driver", masked=True, evidence="[PATIENT_NAME] trusts him not"
            ),
            spoken("2026-09-04", topic="workload", polarity="driver", evidence="Mrs Quillfeather waited for an hour"),
            spoken("2026-09-05", topic="efficacy", polarity="driver", evidence="clears fast"),
            spoken("2026-09-05", hcp_id="H2", topic="dosing", evidence="another physician"),
            spoken("2026-09-05", brand="Zelvanta", topic="dosing", evidence="another brand"),
        ],
        wishes=[
            {"hcp_id": "H1", "channel": "email", "stance": "prefers", "probability": 1.0, "date": date(2026, 9, 1)}
            | {"source": "note", "source_id": "N-2026-09-10", "start": 20, "end": 30, "evidence": "mail me"}
        ],
        flags=[flag],
        hcps=[{"hcp_id": "H1"}],
    )
    names = ("profiles", "transitions", "statements", "channels", "stages", "flags")
    tables = {name: run.table(TABLES.get(name, name)).to_pylist() for name in names}
    own = {name: [row for row in rows if row["hcp_id"] == "H1"] for name, rows in tables.items()}
    return {(fact.subject, fact.polarity): fact for fact in facts_of(LedgerRows(**own), "Dermiqo", Taxonomy.default())}


def test_an_open_entry_is_dated_from_the_beginning_of_its_episode(facts: dict[Any, Fact]) -> None:
    fact = facts["coverage", "barrier"]
    assert (fact.name, fact.state, fact.since, fact.holder) == ("Payer coverage", "open", date(2026, 3, 3), "physician")
    assert fact.statements == ("note N-2026-09-10 3-17", "note N-2026-03-03 0-5")
    assert fact.quotes == ("another denial", "denied twice")


def test_what_is_over_and_raised_again_is_dated_and_quoted_from_then_on(facts: dict[Any, Fact]) -> None:
    resolved, again = facts["supply", "barrier"], facts["cost", "barrier"]
    assert (resolved.state, resolved.since, resolved.quotes) == ("resolved", date(2026, 4, 1), ("all there again",))
    assert (again.state, again.since, again.quotes) == ("reopened", date(2026, 8, 1), ("dear again",))


def test_a_channel_wish_is_a_fact_and_a_guess_is_none(facts: dict[Any, Fact]) -> None:
    assert facts["email", None].stance == "prefers"
    assert facts["email", None].statements == ("note N-2026-09-10 20-30",)
    assert ("peers", "barrier") not in facts
    assert (STAGE_SUBJECT, None) not in facts
    assert not {"dosing"} & {subject for subject, _ in facts}


def test_no_quotation_is_masked_flagged_or_tells_of_a_patient(facts: dict[Any, Fact]) -> None:
    open_facts = {("coverage", "barrier"), ("cost", "barrier"), ("safety", "barrier"), ("efficacy", "driver")}
    assert open_facts | {("trust", "driver"), ("workload", "driver")} <= facts.keys()
    for name in ("safety", "trust", "workload"):
        [fact] = [fact for (subject, _), fact in facts.items() if subject == name]
        assert fact.quotes == ()
    assert facts["efficacy", "driver"].quotes == ("clears fast",)


def test_a_brief_stays_short() -> None:
    entry: dict[str, Any] = {
        "brand": "B",
        "polarity": "barrier",
        "state": "open",
        "trend": None,
        "first_seen": None,
        "evidence": [],
    }
    topics = ("cost", "supply", "trust", "peers", "safety")
    rows = [entry | {"topic": topic, "probability": 0.9 - place / 10} for place, topic in enumerate(topics)]
    facts = facts_of(LedgerRows(rows, (), (), (), (), ()), "B", Taxonomy.default())
    assert [fact.subject for fact in facts] == ["cost", "supply", "trust"]
