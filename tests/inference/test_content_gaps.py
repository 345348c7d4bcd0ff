"""Gaps counted by hand."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from rich.console import Console

from hcplens.inference.content_gaps import CSV_COLUMNS, Gap, Unmet, content_gaps, gaps_page
from hcplens.inference.matching import REASONS, Need
from hcplens.prompts.taxonomy import Polarity

KEY = ("Zelvanta", "US", "supply", "barrier")


def unmet(
    hcp_id: str,
    probability: float,
    reasons: dict[str, int],
    country: str | None = "US",
    topic: str = "supply",
    polarity: Polarity = "barrier",
) -> Unmet:
    return Unmet(hcp_id, "Zelvanta", country, Need(topic, polarity, probability, 1.0), reasons)


def test_a_gap_counts_physicians_belief_and_reasons() -> None:
    found = content_gaps(
        [unmet("H1", 0.9, {"expired": 3, "country": 1}), unmet("H2", 0.6, {"expired": 1}), unmet("H3", 0.7, {})],
        Counter({KEY: 5}),
    )
    [gap] = found
    assert gap == Gap(*KEY, 3, gap.belief, 5, {"expired": 2, "country": 1, "no module": 1})
    assert gap.belief == pytest.approx(2.2)
    assert gap.next == "renew what has expired"
    assert gap.to_json()["belief"] == 2.2
    row = gap.to_csv()
    assert tuple(row) == CSV_COLUMNS
    assert row["reasons"] == "expired 2, country 1, no module 1"


def test_the_gap_of_the_most_belief_comes_first_and_ties_are_in_order() -> None:
    many = [unmet(f"H{n}", 0.5, {}) for n in range(3)]
    one_sure = unmet("H9", 1.0, {}, topic="cost")
    elsewhere = unmet("H8", 1.0, {}, country=None, topic="cost")
    driver = unmet("H7", 1.0, {}, topic="cost", polarity="driver")
    found = content_gaps([driver, one_sure, elsewhere, *many], Counter())
    assert [(gap.country, gap.topic, gap.polarity) for gap in found] == [
        ("US", "supply", "barrier"),
        (None, "cost", "barrier"),
        ("US", "cost", "barrier"),
        ("US", "cost", "driver"),
    ]


@pytest.mark.parametrize("reason", [*REASONS, "no module", "something new"])
def test_every_reason_says_what_to_do_next(reason: str) -> None:
    [gap] = content_gaps([unmet("H1", 0.9, {reason: 1})], Counter({KEY: 1}))
    assert gap.next
    assert (gap.next == "see the reasons") == (reason == "something new")


def test_the_page_names_what_is_unknown_and_what_was_not_counted() -> None:
    gaps = content_gaps([unmet("H1", 0.9, {}, country=None)], Counter({("Zelvanta", None, "supply", "barrier"): 2}))
    stream = io.StringIO()
    Console(file=stream, width=100, color_system=None).print(gaps_page(gaps, ["Not counted: 1."]))
    shown = stream.getvalue()
    for words in ("unknown", "supply (barrier)", "1 of 2", "no module 1", "commission a module", "Not counted: 1."):
        assert words in shown
    Console(file=stream, width=100).print(gaps_page([], []))
    assert "Every need has a module that may be shown." in stream.getvalue()
