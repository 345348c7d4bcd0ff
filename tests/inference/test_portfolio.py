from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from hcplens.inference.formatting import csv_text
from hcplens.inference.portfolio import CSV_COLUMNS, csv_rows, portfolios
from hcplens.inference.portfolio_page import portfolio_page
from hcplens.inference.runs import Run

Row = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def run(spoken: Row, published: Callable[..., Run]) -> Run:
    own = [
        spoken("2026-09-01"),
        spoken("2026-09-02", brand="Zelvanta"),
        spoken("2026-09-03", brand="Zelvanta", topic="cost"),
        spoken("2026-09-04", brand="Zelvanta", topic="efficacy", polarity="driver"),
        spoken("2026-09-05", brand="Lunorexa", status="resolved"),
        spoken("2026-09-06", hcp_id="H2"),
    ]
    flag = {"flag_id": "f", "note_id": "N-2026-09-01", "hcp_id": "H1", "brand": "Dermiqo", "kind": "off_label"}
    return published(
        own,
        hcps=[{"hcp_id": "H1", "name": "Dr. [b]Okafor[/b]"}, {"hcp_id": "NEW"}],
        flags=[flag | {"disposition": "open", "probability": 0.9}],
    )


def test_a_physicians_brands_stand_side_by_side(run: Run) -> None:
    [item] = portfolios(run, hcp_id="H1")
    assert (item["hcp_id"], item["name"], item["as_of"]) == ("H1", "Dr. [b]Okafor[/b]", "2026-09-30")
    assert [brand["brand"] for brand in item["brands"]] == ["Dermiqo", "Lunorexa", "Zelvanta"]
    dermiqo, lunorexa, zelvanta = item["brands"]
    assert [entry["topic"] for entry in dermiqo["barriers"]] == ["coverage"]
    assert lunorexa["barriers"] == []
    assert {entry["topic"] for entry in zelvanta["barriers"]} == {"coverage", "cost"}
    assert [entry["topic"] for entry in zelvanta["drivers"]] == ["efficacy"]
    assert dermiqo["open_flags"] == [{"kind": "off_label", "note_id": "N-2026-09-01"}]
    assert dermiqo["last_contact"] == {"date": "2026-09-01", "how": "note, video"}
    assert json.loads(json.dumps(item)) == item


def test_what_two_brands_have_open_is_shared_and_what_is_over_is_not(run: Run) -> None:
    [item] = portfolios(run, hcp_id="H1")
    assert item["shared"] == {"barriers": [{"topic": "coverage", "brands": ["Dermiqo", "Zelvanta"]}], "drivers": []}


def test_all_physicians_are_listed_without_asking_but_not_those_of_whom_nothing_is_known(run: Run) -> None:
    assert [item["hcp_id"] for item in portfolios(run)] == ["H1", "H2"]


def test_who_is_not_known_has_what_is_expected_and_shares_nothing(run: Run) -> None:
    [item] = portfolios(run, hcp_id="NEW")
    assert {brand["known"] for brand in item["brands"]} == {"segment"}
    assert item["brands"][0]["barriers"][0]["state"] == "expected"
    assert item["shared"] == {"barriers": [], "drivers": []}


def test_csv_has_a_row_a_physician_and_brand(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(csv_rows(portfolios(run)), CSV_COLUMNS))))
    assert [(row["hcp_id"], row["brand"]) for row in rows] == [
        ("H1", "Dermiqo"),
        ("H1", "Lunorexa"),
        ("H1", "Zelvanta"),
        ("H2", "Dermiqo"),
    ]
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["shared_barriers"] for row in rows] == ["coverage", "", "coverage", ""]
    assert (rows[0]["open_flags"], rows[0]["last_contact"]) == ("1", "2026-09-01")


def test_the_page_fits_80_columns_and_says_what_is_shared(run: Run) -> None:
    console = Console(width=80, file=StringIO(), record=True)
    console.print(portfolio_page(portfolios(run)))
    page = console.export_text()
    assert "Dr. [b]Okafor[/b] (H1) · as of 2026-09-30" in page
    assert "Shared barriers: coverage (Dermiqo, Zelvanta)" in page
    assert "Shared drivers: none" in page
    assert max(map(len, page.splitlines())) <= 80


def test_the_page_of_who_is_not_known_says_so(run: Run) -> None:
    console = Console(width=80, file=StringIO(), record=True)
    console.print(portfolio_page(portfolios(run, hcp_id="NEW")))
    assert "Nothing is known of this physician" in console.export_text()
