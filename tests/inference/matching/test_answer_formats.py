import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

from rich.console import Console

import hcplens.inference.matching as matching
from hcplens.inference.matching import CSV_COLUMNS, Answer, ContentMatcher, csv_rows, render
from hcplens.inference.records.catalogue import Module

MakeModule = Callable[..., Module]
MakeMatcher = Callable[..., ContentMatcher]
Make = Callable[..., dict[str, Any]]


def printed(answer: Answer) -> str:
    console = Console(width=100, file=io.StringIO(), color_system=None)
    console.print(render(answer))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_json_has_the_documented_shape(make_matcher: MakeMatcher, make_module: MakeModule) -> None:
    modules = [make_module("M1"), make_module("M2", expires_at="2026-09-01")]
    answer = json.loads(json.dumps(make_matcher(modules).match("H1", "Zelvanta").to_json()))
    (matched,) = answer.pop("modules")
    score, why, decision_id = matched.pop("score"), matched.pop("why"), matched.pop("decision_id")
    assert 0 < score < 1
    assert "\n" not in why
    assert re.fullmatch("[0-9a-f]{32}", decision_id)
    assert answer == {
        "hcp_id": "H1",
        "brand": "Zelvanta",
        "as_of": "2026-09-30",
        "channel": None,
        "suppressed": None,
        "refused": [{"topic": "coverage", "matched": 1, "reasons": {"expired": 1}}],
        "blocked": {"expired": 1},
    }
    assert matched == {
        "module_id": "M1",
        "channel": "email",
        "propensity": 1.0,
        "title": "Prior authorisation",
        "text": "What the payer wants for the prior authorisation.",
        "claims": [{"claim_id": "M1-C1", "text": "Most payer requests are granted", "status": "approved"}],
        "assets": [{"asset_id": "A1", "kind": "isi", "status": "approved", "text": "Important safety information."}],
        "approval": {"id": None, "status": "approved", "approved_at": "2026-01-01", "expires_at": "2027-12-31"},
        "addresses": [
            {
                "topic": "coverage",
                "polarity": "barrier",
                "weight": 1.0,
                "evidence": [
                    {
                        "source": "note",
                        "id": "N1",
                        "date": "2026-09-30",
                        "start": 0,
                        "end": 5,
                        "text": "payer said no again",
                    }
                ],
            }
        ],
    }


def test_csv_has_a_row_a_module_and_one_for_an_answer_without_modules(
    make_matcher: MakeMatcher, make_module: MakeModule, make_flag: Make
) -> None:
    modules = [make_module("M1", text="Two\nlines"), make_module("M2")]
    shown = make_matcher(modules).match("H1", "Zelvanta")
    held = make_matcher(modules, flags=[make_flag("N7")]).match("H1", "Zelvanta")
    file = io.StringIO()
    writer = csv.DictWriter(file, CSV_COLUMNS)
    writer.writeheader()
    writer.writerows(csv_rows([shown, held]))
    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert [row["rank"] for row in rows] == ["1", "2", ""]
    assert {row["module_id"]: row["text"] for row in rows}["M1"] == "Two\nlines"
    assert rows[0]["addresses"] == "coverage barrier"
    assert (rows[2]["module_id"], "N7" in rows[2]["suppressed"]) == ("", True)


def test_a_printed_answer_names_modules_reasons_and_refusals(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    modules = [make_module("M1", title="[bold] is no markup"), make_module("M2", expires_at="2026-09-01")]
    text = printed(make_matcher(modules).match("H1", "Zelvanta"))
    assert "M1" in text
    assert "[bold] is no markup" in text
    assert "coverage: 1 match but may not be shown (1 expired)" in text


def test_a_printed_gap_and_a_printed_suppression_say_what_they_are(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make, make_flag: Make
) -> None:
    gap = make_matcher([], profiles=[make_profile_row("supply")]).match("H1", "Zelvanta")
    assert "No module may be shown" in printed(gap)
    assert "supply: no module answers it" in printed(gap)
    held = make_matcher([make_module()], flags=[make_flag("N7")]).match("H1", "Zelvanta")
    assert "No promotion: adverse event in N7" in printed(held)


def test_all_names_exist() -> None:
    assert sorted(set(matching.__all__)) == sorted(matching.__all__)
    assert all(hasattr(matching, name) for name in matching.__all__)
