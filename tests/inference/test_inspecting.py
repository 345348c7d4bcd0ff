from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.inspecting import inspect_run
from hcplens.inference.runs import Run

Row = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def run(spoken: Row, published: Callable[..., Run]) -> Run:
    return published(
        [spoken("2026-09-01"), spoken("2026-09-02", hcp_id="H2", brand="Zelvanta", topic="supply")],
        hcps=[{"hcp_id": name, "specialty": "cardiology"} for name in ("H1", "H2", "NEW")],
    )


def test_who_is_listed_and_unknown_has_an_object_a_brand_that_says_so(run: Run) -> None:
    found = inspect_run(run, hcp_id="NEW")
    assert [(item["brand"], item["known"]) for item in found] == [("Dermiqo", "segment"), ("Zelvanta", "segment")]
    known = inspect_run(run, hcp_id="H1")[0]
    assert list(found[0]) == [*known, "known", "like_physicians", "why"]
    entry, own = found[0]["barriers"][0], known["barriers"][0]
    assert list(entry) == list(own)
    assert (entry["topic"], entry["state"], entry["evidence"]) == ("coverage", "expected", [])


def test_the_segments_view_is_given_only_where_it_is_asked_for(run: Run) -> None:
    assert {item["hcp_id"] for item in inspect_run(run)} == {"H1", "H2"}
    assert all("known" not in item for item in inspect_run(run))


def test_brand_and_topic_pick_among_what_is_expected(run: Run) -> None:
    assert [item["brand"] for item in inspect_run(run, hcp_id="NEW", brand="Zelvanta")] == ["Zelvanta"]
    assert [item["brand"] for item in inspect_run(run, hcp_id="NEW", topic="supply")] == ["Zelvanta"]
    assert inspect_run(run, hcp_id="NEW", topic="cost") == []


def test_who_is_not_listed_either_is_an_error(run: Run) -> None:
    with pytest.raises(InputError, match="knows no physician 'H9'; it has H1, H2, NEW"):
        inspect_run(run, hcp_id="H9")
