from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.profiles import CSV_COLUMNS, ProfileTables, csv_rows, is_open, segment_view
from hcplens.inference.profiles.segment_view import SEGMENT, SegmentExpectations
from hcplens.inference.records.derived import CHANNEL_PREFERENCES, CONFLICTS, PROFILES, STAGES, TRANSITIONS
from hcplens.inference.records.schemas import CONSENTS, HCPS

AS_OF = date(2026, 9, 30)
KIND = {"specialty": "Cardiology", "country": "US", "segment": "grower"}
FIELDS = ("topic", "state", "probability", "low", "high", "trend", "first_seen", "last_seen", "evidence")


def entry(hcp_id: str, topic: str = "cost", probability: float = 0.9, **fields: Any) -> dict[str, Any]:
    own = {"hcp_id": hcp_id, "brand": "Dermiqo", "topic": topic, "polarity": "barrier", "state": "open"}
    return dict.fromkeys(PROFILES.names) | own | {"probability": probability, "evidence": []} | fields


def exposed(hcp_id: str, channel: str, exposures: int, responses: int) -> dict[str, Any]:
    counts = {"hcp_id": hcp_id, "channel": channel, "exposures": exposures, "responses": responses}
    return dict.fromkeys(CHANNEL_PREFERENCES.names) | counts


def listed(hcp_id: str, **fields: str | None) -> dict[str, Any]:
    return dict.fromkeys(HCPS.schema.names) | {"hcp_id": hcp_id} | fields


def views(
    entries: list[dict[str, Any]],
    hcps: list[dict[str, Any]],
    *,
    channels: list[dict[str, Any]] | None = None,
    consents: list[dict[str, Any]] | None = None,
    brands: tuple[str, ...] = ("Dermiqo",),
) -> list[dict[str, Any]]:
    tables = ProfileTables(
        profiles=pa.Table.from_pylist(entries, schema=PROFILES),
        transitions=TRANSITIONS.empty_table(),
        conflicts=CONFLICTS.empty_table(),
        channels=pa.Table.from_pylist(channels or [], schema=CHANNEL_PREFERENCES),
        stages=STAGES.empty_table(),
    )
    return segment_view(
        tables,
        hcps=pa.Table.from_pylist(hcps, schema=HCPS.schema),
        consents=pa.Table.from_pylist(consents or [], schema=CONSENTS.schema),
        hcp_id="NEW",
        brands=brands,
        as_of=AS_OF,
    )


def test_the_share_of_ones_like_is_drawn_to_the_brands_as_if_ten_more_had_been_asked() -> None:
    hcps = [listed("NEW", **KIND), *(listed(name, **KIND | {"specialty": "CARDIOLOGY "}) for name in ("H1", "H2"))]
    entries = [entry("H1"), entry("H2", probability=0.4), entry("H3"), entry("H4", state="resolved")]
    [view] = views(entries, hcps)
    [found] = view["barriers"]
    of_brand = (2 + 10 * 0.2) / (4 + 10)
    assert tuple(found) == FIELDS
    assert found["probability"] == pytest.approx((1 + 10 * of_brand) / (2 + 10))
    assert found["state"] == "expected"
    assert not is_open(found)
    assert (view["known"], view["like_physicians"], view["drivers"]) == (SEGMENT, 2, [])
    assert view["why"] == (
        "nothing is known of this physician: what is expected is that of 2 like physicians "
        "(Cardiology, US, grower), drawn to all 4 who are known for Dermiqo"
    )


def test_without_like_physicians_the_brands_share_is_expected_and_the_view_says_so() -> None:
    [view] = views([entry("H1"), entry("H2", "supply")], [listed("NEW", **KIND)])
    assert {found["probability"] for found in view["barriers"]} == {(1 + 2) / (2 + 10)}
    assert view["like_physicians"] == 0
    assert "nor of any like physician (Cardiology, US, grower): what is expected is that of all 2" in view["why"]


def test_too_few_like_physicians_count_as_none() -> None:
    hcps = [listed(name, **KIND) for name in ("NEW", *(f"H{number}" for number in range(5)))]
    tables = ProfileTables(
        profiles=pa.Table.from_pylist([entry(f"H{number}") for number in range(4)], schema=PROFILES),
        transitions=TRANSITIONS.empty_table(),
        conflicts=CONFLICTS.empty_table(),
        channels=CHANNEL_PREFERENCES.empty_table(),
        stages=STAGES.empty_table(),
    )
    known = {"hcps": pa.Table.from_pylist(hcps, schema=HCPS.schema), "consents": CONSENTS.schema.empty_table()}
    for fewest, like in ((4, 4), (5, 0)):
        [view] = SegmentExpectations(tables, **known, as_of=AS_OF, fewest_like=fewest).of("NEW", ["Dermiqo"])
        assert view["like_physicians"] == like
    assert "nor of 5 like physicians (Cardiology, US, grower): what is expected is that of all 4" in view["why"]


def test_who_is_of_no_known_kind_is_like_nobody() -> None:
    [view] = views([entry("H1")], [listed("NEW"), listed("H1")])
    assert view["like_physicians"] == 0
    assert "nor specialty, country or segment" in view["why"]


def test_a_brand_that_nobody_is_known_for_has_nothing_to_expect() -> None:
    [known, unknown] = views([entry("H1")], [listed("NEW", **KIND)], brands=("Dermiqo", "Zelvanta"))
    assert [found["topic"] for found in known["barriers"]] == ["cost"]
    assert (unknown["barriers"], unknown["drivers"]) == ([], [])
    assert unknown["why"] == "nothing is known of this physician, and of nobody else for Zelvanta"


def test_channels_are_the_priors_of_the_segment_with_the_consent_on_record() -> None:
    hcps = [listed("NEW", **KIND), listed("H1", **KIND)]
    channels = [exposed("H1", "email", 20, 15), exposed("H2", "webinar", 20, 2)]
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    consent = {"hcp_id": "NEW", "channel": "webinar", "status": "never", "captured_at": moment}
    [view] = views([], hcps, channels=channels, consents=[consent])
    email, webinar = view["channels"]
    assert webinar["p_engage"] < 0.2 < 0.5 < email["p_engage"] < 15 / 20
    assert [(row["channel"], row["rank"], row["exposures"], row["stated"]) for row in view["channels"]] == [
        ("email", 1, 0, None),
        ("webinar", 2, 0, None),
    ]
    assert [row["consented"] for row in view["channels"]] == [False, False]
    assert email["why"] == "expected of segment grower, nothing logged, no consent"


def test_the_rows_say_first_that_the_segment_is_all_that_is_known() -> None:
    rows = csv_rows(views([entry("H1")], [listed("NEW", **KIND)]))
    assert all(tuple(row) == CSV_COLUMNS for row in rows)
    assert [(row["section"], row["name"], row["state"]) for row in rows] == [
        ("known", SEGMENT, None),
        ("barrier", "cost", "expected"),
    ]
    assert rows[0]["note"].startswith("nothing is known")


holdings = st.lists(
    st.tuples(
        st.sampled_from(["H1", "H2", "H3", "H4", "H5"]),
        st.sampled_from(["cost", "supply"]),
        st.sampled_from(["barrier", "driver"]),
        st.floats(0.0, 1.0),
    ),
    unique_by=lambda held: held[:3],
)
answers = st.lists(st.tuples(st.integers(0, 200), st.floats(0.0, 1.0)), max_size=5)


@given(holdings=holdings, like=st.sets(st.sampled_from(["H1", "H2", "H3", "H4", "H5"])), answered=answers)
def test_a_view_has_no_evidence_and_every_interval_holds_a_probability_that_is_never_certain(
    holdings: list[tuple[str, str, str, float]], like: set[str], answered: list[tuple[int, float]]
) -> None:
    entries = [entry(who, topic, sure, polarity=polarity) for who, topic, polarity, sure in holdings]
    channels = [exposed(f"H{n}", "email", sent, round(sent * share)) for n, (sent, share) in enumerate(answered)]
    hcps = [listed(who, **KIND) for who in ("NEW", *sorted(like))]
    [view] = views(entries, hcps, channels=channels)
    found = view["barriers"] + view["drivers"]
    assert all(one["evidence"] == [] and one["first_seen"] is one["last_seen"] is None for one in found)
    beliefs = [(one["low"], one["probability"], one["high"]) for one in found]
    beliefs += [(one["low"], one["p_engage"], one["high"]) for one in view["channels"]]
    assert all(0.0 <= low <= probability <= high <= 1.0 for low, probability, high in beliefs)
    assert all(0.0 < probability < 1.0 for _, probability, _ in beliefs)
    assert (view["conflicts"], view["open_flags"], view["adoption_stage"]) == ([], [], None)
