from __future__ import annotations

from collections.abc import Callable

from hcplens.eval.report import named_result, render_report
from hcplens.eval.report.example_cards import MOST_SHOWN, example_cards
from hcplens.eval.results import Example, Mark, Result

MakeResult = Callable[..., Result]
MANY = tuple(
    Example("notes", f"N{n}", "H1", "PA took weeks", (Mark(0, 2, "coverage", "missed" if n % 2 else "hit"),))
    for n in range(2 * MOST_SHOWN + 20)
)
FEW = (Example("triage", "Q1", "H1", "fine"),)


def test_of_a_suite_those_with_the_most_errors_are_kept_in_their_order() -> None:
    worst = Example("notes", "W", "H1", "PA", (Mark(0, 2, "a", "missed"), Mark(0, 2, "b", "false")))
    found = example_cards((*MANY, worst, *FEW))
    assert [card.example.item_id for card in found.cards[:3]] == ["W", "N1", "N3"]
    assert [card.example.item_id for card in found.cards].count("Q1") == 1
    assert len(found.cards) == MOST_SHOWN + 1
    assert found.left_out == {"notes": MOST_SHOWN + 21}


def test_the_page_says_how_many_examples_are_left_out(make_result: MakeResult) -> None:
    html = render_report([named_result("r", make_result(examples=(*MANY, *FEW)))])
    assert html.count('<article class="example"') == MOST_SHOWN + 1
    assert f"{MOST_SHOWN + 20} of notes. The result folder keeps them all." in html
    assert "Left out" not in render_report([named_result("r", make_result())])
