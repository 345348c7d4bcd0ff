from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.inference.matching import MatchTables
from hcplens.inference.matching.safety import SafetyHolds

AS_OF = date(2026, 9, 30)

MakeTables = Callable[..., MatchTables]
Make = Callable[..., dict[str, Any]]


def reason(make_tables: MakeTables, *flags: dict[str, Any], brand: str = "Zelvanta") -> str | None:
    return SafetyHolds(make_tables(flags=list(flags)).flags).reason("H1", brand, AS_OF)


def test_an_open_adverse_event_is_named_with_its_note(make_tables: MakeTables, make_flag: Make) -> None:
    held = reason(make_tables, make_flag("N8"), make_flag("N7"), make_flag("N7"))
    assert held is not None
    assert "N7, N8" in held


@pytest.mark.parametrize(
    "change",
    [
        {"disposition": "closed", "decided_at": AS_OF},
        {"kind": "product_complaint"},
        {"hcp_id": "H2"},
        {"brand": "Dermiqo"},
    ],
)
def test_what_is_closed_or_concerns_something_else_holds_nothing(
    make_tables: MakeTables, make_flag: Make, change: dict[str, Any]
) -> None:
    assert reason(make_tables, make_flag(**change)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"disposition": "closed", "decided_at": date(2026, 10, 1)},
        {"disposition": None},
        {"brand": None},
        {"brand": "ZELVANTA"},
        {"brand": "Zelvanta®"},
    ],
)
def test_what_is_not_known_to_be_closed_or_of_another_brand_holds(
    make_tables: MakeTables, make_flag: Make, change: dict[str, Any]
) -> None:
    assert reason(make_tables, make_flag(**change)) is not None


def test_one_closed_flag_does_not_release_another(make_tables: MakeTables, make_flag: Make) -> None:
    held = reason(make_tables, make_flag("N7", disposition="closed", decided_at=AS_OF), make_flag("N8"))
    assert held is not None
    assert "N8" in held
    assert "N7" not in held


@pytest.mark.parametrize(("probability", "held"), [(0.49, False), (0.5, True), (None, True)])
def test_promotion_stops_for_what_is_as_likely_as_not(
    make_tables: MakeTables, make_flag: Make, probability: float | None, held: bool
) -> None:
    assert (reason(make_tables, make_flag(probability=probability)) is not None) is held
