from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.inference.insights.statement import USES
from hcplens.inference.profiles import ProfileTables
from hcplens.inference.profiles.adoption import MOVES, STAGE_NAMES, TELLS, TOLD, USUAL

Row = Callable[..., dict[str, Any]]
Build = Callable[..., ProfileTables]


def told(day: str, use: str, probability: float = 0.9, **fields: Any) -> dict[str, Any]:
    """A USE_STATEMENTS row: what is not the use is said of nothing."""
    return {
        "source": "note",
        "source_id": f"N-{day}",
        "hcp_id": "H1",
        "brand": "Dermiqo",
        "date": date.fromisoformat(day),
        "use": use,
        "shares": [probability * (name == use) for name in USES],
        "start": 0,
        "end": 5,
        "evidence": f"{use} on {day}",
        "masked": False,
        "annotator": "file",
    } | fields


def stage(tables: ProfileTables) -> dict[str, Any]:
    (row,) = tables.stages.to_pylist()
    return dict(row)


def changes(tables: ProfileTables) -> list[tuple[str | None, str]]:
    rows = tables.transitions.to_pylist()
    return [(row["from_state"], row["to_state"]) for row in rows if row["topic"] == "adoption_stage"]


def test_the_tables_of_the_model_are_probabilities() -> None:
    assert USUAL.sum() == pytest.approx(1)
    assert TOLD.sum() == pytest.approx(1)
    assert TELLS.sum(axis=1) == pytest.approx(np.ones(len(STAGE_NAMES)))
    assert (MOVES.sum(axis=1) <= 1).all()
    assert (np.diag(MOVES) == 0).all()


def test_one_record_is_weighed_against_what_is_usual(profiled: Build) -> None:
    likelihood = 0.3 * 0.1 + TELLS[:, USES.index("adopter")] * 0.9 / TOLD[USES.index("adopter")]
    beliefs = USUAL * likelihood / (USUAL * likelihood).sum()
    row = stage(profiled(uses=[told("2026-09-30", "adopter")]))
    assert (row["stage"], row["since"]) == ("adopter", date(2026, 9, 30))
    assert row["probability"] == pytest.approx(beliefs[STAGE_NAMES.index("adopter")])
    assert [evidence["text"] for evidence in row["evidence"]] == ["adopter on 2026-09-30"]


@pytest.mark.parametrize(
    ("story", "last"),
    [
        (["unaware"], "unaware"),
        (["considering"], "aware"),
        (["considering", "trial"], "trial"),
        (["adopter", "adopter", "trial"], "adopter"),
        (["adopter", "advocate"], "advocate"),
        (["trial", "lapsed"], "lapsed"),
        (["lapsed", "trial", "trial"], "trial"),
    ],
)
def test_a_story_ends_where_one_would_say_it_does(profiled: Build, story: list[str], last: str) -> None:
    uses = [told(f"2026-0{month}-10", use) for month, use in enumerate(story, start=6)]
    assert stage(profiled(uses=uses))["stage"] == last


def test_every_change_is_a_transition_with_its_words(profiled: Build) -> None:
    tables = profiled(
        uses=[told("2026-03-10", "considering"), told("2026-06-10", "trial"), told("2026-07-10", "trial")]
    )
    assert changes(tables) == [(None, "aware"), ("aware", "trial")]
    last = tables.transitions.to_pylist()[-1]
    assert (last["date"], last["polarity"], last["evidence"]["text"]) == (
        date(2026, 6, 10),
        None,
        "trial on 2026-06-10",
    )
    assert stage(tables)["since"] == date(2026, 6, 10)


def test_where_nothing_is_said_of_the_use_the_usual_stage_stands_and_says_so(said: Row, profiled: Build) -> None:
    row = stage(profiled([said("2026-09-01")]))
    assert (row["stage"], row["probability"], row["since"]) == ("aware", pytest.approx(0.42), None)
    assert row["why"].startswith("nothing is said of the brand's use")
    assert profiled([said("2026-09-01", brand=None)]).stages.num_rows == 0


USE_ROWS = st.lists(
    st.builds(
        lambda month, use, share: told(f"2026-{month:02}-10", use, share, source_id=f"N-{month}-{use}"),
        st.integers(1, 12),
        st.sampled_from(USES),
        st.floats(0.5, 1.0),
    ),
    max_size=6,
    unique_by=lambda row: row["source_id"],
)


@settings(max_examples=30, deadline=None)
@given(uses=USE_ROWS, months=st.integers(1, 12))
def test_order_repeats_and_later_rows_change_nothing(profiled: Build, uses: list[dict[str, Any]], months: int) -> None:
    as_of = date(2026, months, 28)
    then = profiled(uses=uses, as_of=as_of)
    known = [row for row in uses if row["date"] <= as_of]
    assert profiled(uses=[*reversed(known), *known], as_of=as_of).stages.equals(then.stages)
    for row in then.stages.to_pylist():
        assert 1 / len(STAGE_NAMES) <= row["probability"] < 1
