from collections.abc import Callable
from typing import Any

import pytest

from hcplens.inference.matching import ContentMatcher, EligibilitySettings, MatchSettings, MatchTables
from hcplens.inference.matching.off_label_words import OffLabelWords
from hcplens.inference.records.catalogue import Module

Make = Callable[..., dict[str, Any]]
QUOTE = {"source": "note", "id": "N1", "date": None, "start": 10, "end": 20, "text": "use it in teenagers"}
OTHER = {**QUOTE, "id": "N2", "text": "one tablet a day"}


@pytest.fixture
def left(make_tables: Callable[..., MatchTables], make_flag: Make) -> Callable[..., list[dict[str, Any]]]:
    def rows(row: dict[str, Any], **flag: Any) -> list[dict[str, Any]]:
        flag = {"kind": "off_label", "start": 15, "end": 30, "probability": 0.9, **flag}
        found = make_tables(flags=[make_flag("N1", **flag)], profiles=[row])
        left: list[dict[str, Any]] = OffLabelWords(found.flags).left_out(found.profiles).to_pylist()
        return left

    return rows


def test_a_driver_that_rests_on_off_label_talk_alone_is_none(
    left: Callable[..., list[dict[str, Any]]], make_profile_row: Make
) -> None:
    assert left(make_profile_row("dosing", "driver", evidence=[QUOTE])) == []
    (row,) = left(make_profile_row("dosing", "driver", evidence=[QUOTE, OTHER]))
    assert row["evidence"] == [OTHER]


def test_a_barrier_stays_and_its_off_label_words_do_not(
    left: Callable[..., list[dict[str, Any]]], make_profile_row: Make
) -> None:
    (row,) = left(make_profile_row("dosing", "barrier", evidence=[QUOTE]))
    assert row["evidence"] == []


@pytest.mark.parametrize(
    ("flag", "kept"),
    [
        ({"start": 20, "end": 30}, True),
        ({"start": None, "end": None}, False),
        ({"probability": 0.49}, True),
        ({"probability": None}, False),
        ({"kind": "medical_inquiry"}, True),
        ({"hcp_id": "H2"}, True),
        ({"disposition": "closed"}, False),
    ],
)
def test_only_likely_off_label_talk_of_the_physician_counts_where_it_stands(
    left: Callable[..., list[dict[str, Any]]], make_profile_row: Make, flag: dict[str, Any], kept: bool
) -> None:
    assert bool(left(make_profile_row("dosing", "driver", evidence=[QUOTE]), **flag)) is kept


def test_what_is_shown_of_a_physicians_needs_holds_no_off_label_words(
    make_matcher: Callable[..., ContentMatcher],
    make_module: Callable[..., Module],
    make_profile_row: Make,
    make_flag: Make,
) -> None:
    rows = [
        make_profile_row("coverage", evidence=[QUOTE, OTHER]),
        make_profile_row("dosing", "driver", evidence=[QUOTE]),
    ]
    flags = [make_flag("N1", kind="off_label", start=15, end=30, probability=0.9)]
    answer = make_matcher([make_module()], profiles=rows, flags=flags).match("H1", "Zelvanta")
    told = [quote.text for module in answer.modules for need in module.addresses for quote in need.evidence]
    assert set(told) == {"one tablet a day"}
    assert answer.suppressed is None


def test_open_off_label_talk_holds_promotion_where_it_is_configured(
    make_matcher: Callable[..., ContentMatcher], make_module: Callable[..., Module], make_flag: Make
) -> None:
    ours = MatchSettings(eligibility=EligibilitySettings(holds=("adverse_event", "off_label")))
    flags = [make_flag("N7", kind="off_label"), make_flag("N8")]
    held = make_matcher([make_module()], ours, flags=flags).match("H1", "Zelvanta").suppressed
    assert held is not None
    assert held.startswith("adverse event in N8 and off label in N7 is still open")
