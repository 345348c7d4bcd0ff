"""Whatever the catalogue and the physician: what comes back is exactly what plain rules, written anew, let through."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.inference.matching import ContentMatcher
from hcplens.inference.records.catalogue import Module

AS_OF = date(2026, 9, 30)
DAYS = st.sampled_from([None, "2026-09-29", "2026-09-30", "2026-10-01"])
STATUSES = st.sampled_from(["approved", "approved", "approved", "draft", "expired"])
CHANNELS = st.sets(st.sampled_from(["email", "phone", "video", "website"]), max_size=3).map(sorted)
TITLES = st.sampled_from(["Prior authorisation", "One tablet once daily", "Delivery from stock", "The and of"])


@st.composite
def module_fields(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "title": draw(TITLES),
        "text": draw(TITLES),
        "brand": draw(st.sampled_from(["Zelvanta", "Zelvanta", "Dermiqo"])),
        "status": draw(STATUSES),
        "claims": [{"claim_id": "C", "text": draw(TITLES), "status": draw(STATUSES)}] * draw(st.integers(0, 1)),
        "must_use": ["A1"] * draw(st.integers(0, 1)),
        "assets": [{"asset_id": "A1", "status": draw(STATUSES)}] * draw(st.integers(0, 1)),
        "approved_at": draw(st.sampled_from(["2026-01-01", "2026-01-01"]) | DAYS),
        "expires_at": draw(st.sampled_from(["2027-01-01", "2027-01-01"]) | DAYS),
        "countries": draw(st.sampled_from([["US"], ["US", "DE"], ["US"], ["DE"], []])),
        "language": draw(st.sampled_from(["en", "en", "en", "de", None])),
        "audiences": draw(st.sampled_from([["internal_medicine"], ["Internal Medicine", "oncology"], ["oncology"]])),
        "channels": draw(CHANNELS),
    }


HCPS = st.fixed_dictionaries(
    {
        "hcp_id": st.just("H1"),
        "specialty": st.sampled_from(["internal medicine", "Internal-Medicine", "oncology", None]),
        "country": st.sampled_from(["US", "US", "US", "DE", None]),
        "language": st.sampled_from(["en", "en", "en", "de", None]),
    }
)
CONSENTS = st.lists(
    st.tuples(
        st.sampled_from(["email", "phone", "website"]),
        st.sampled_from(["opt_in", "opt_in", "opt_out", "pending"]),
        st.sampled_from(["2026-01-01", "2026-09-30T20:00:00", "2026-10-01"]),
    ),
    max_size=4,
)
SHOWINGS = st.lists(st.tuples(st.integers(0, 5), st.integers(-2, 40)), max_size=12, unique=True)


def plainly_open(channel: str, consents: list[tuple[str, str, str]]) -> bool:
    known = [(datetime.fromisoformat(day), status) for name, status, day in consents if name == channel]
    known = [(time, status) for time, status in known if time < datetime(2026, 10, 1)]
    latest = {status for time, status in known if time == max(time for time, _ in known)}
    return latest == {"opt_in"} if channel in ("email", "phone") else "opt_out" not in latest


def plainly_eligible(
    module: Module, hcp: dict[str, Any], consents: list[tuple[str, str, str]], shown: int, channel: str | None
) -> bool:
    specialty = (hcp["specialty"] or "?").lower().replace("-", " ")
    assets = {asset.asset_id: asset.status for asset in module.assets}
    channels = [name for name in module.channels if channel in (None, name)]
    return (
        module.brand == "Zelvanta"
        and module.status == "approved"
        and all(claim.status == "approved" for claim in module.claims)
        and all(assets.get(asset_id) == "approved" for asset_id in module.must_use)
        and module.approved_at is not None
        and module.expires_at is not None
        and module.approved_at <= AS_OF <= module.expires_at
        and hcp["country"] in module.countries
        and hcp["language"] is not None
        and hcp["language"] == module.language
        and specialty in [audience.lower().replace("_", " ") for audience in module.audiences]
        and any(plainly_open(name, consents) for name in channels)
        and shown <= 3
    )


@settings(max_examples=150, deadline=None)
@given(
    modules=st.lists(module_fields(), min_size=1, max_size=6),
    hcp=HCPS,
    consents=CONSENTS,
    showings=SHOWINGS,
    channel=st.sampled_from([None, None, "email", "video"]),
)
def test_exactly_the_eligible_modules_are_returned(
    make_matcher: Callable[..., ContentMatcher],
    make_module: Callable[..., Module],
    make_consent: Callable[..., dict[str, Any]],
    make_event: Callable[..., dict[str, Any]],
    modules: list[dict[str, Any]],
    hcp: dict[str, Any],
    consents: list[tuple[str, str, str]],
    showings: list[tuple[int, int]],
    channel: str | None,
) -> None:
    catalogue = [make_module(f"M{number}", **fields) for number, fields in enumerate(modules)]
    events = [
        make_event("viewed", (AS_OF - timedelta(days=age)).isoformat(), content_id=f"M{number}", channel="website")
        for number, age in showings
    ]
    matcher = make_matcher(
        catalogue, hcps=[hcp], consents=[make_consent(*record) for record in consents], content_events=events
    )
    answer = matcher.match("H1", "Zelvanta", channel=channel, k=len(catalogue))
    expected = set()
    for number, module in enumerate(catalogue):
        shown = sum(number == which and 0 <= age < 30 for which, age in showings)
        if plainly_eligible(module, hcp, consents, shown, channel):
            expected.add(module.module_id)
    assert sorted(module.module_id for module in answer.modules) == sorted(expected)
    for matched in answer.modules:
        assert plainly_open(matched.channel, consents)
        assert channel in (None, matched.channel)
        assert 0.0 <= matched.score <= 1.0


@settings(max_examples=50, deadline=None)
@given(modules=st.lists(module_fields(), min_size=1, max_size=6), k=st.integers(1, 6))
def test_a_shorter_answer_is_the_beginning_of_a_longer_one(
    make_matcher: Callable[..., ContentMatcher],
    make_module: Callable[..., Module],
    modules: list[dict[str, Any]],
    k: int,
) -> None:
    internist = {"hcp_id": "H1", "specialty": "internal medicine", "country": "US", "language": "en"}
    catalogue = [make_module(f"M{number}", **fields) for number, fields in enumerate(modules)]
    matcher = make_matcher(catalogue, hcps=[internist])
    longest = matcher.match("H1", "Zelvanta", k=9).modules
    assert matcher.match("H1", "Zelvanta", k=k).modules == longest[:k]
