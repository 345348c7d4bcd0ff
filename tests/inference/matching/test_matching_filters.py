"""Whatever the catalogue and the physician: what comes back is exactly what plain rules, written anew, let through."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.inference.matching import ContentMatcher, EligibilitySettings, MatchSettings
from hcplens.inference.records.catalogue import Asset, Claim, Module, Text

AS_OF = date(2026, 9, 30)
DAYS = st.sampled_from([None, "2026-09-29", "2026-09-30", "2026-10-01"])
STATUSES = st.sampled_from(["approved", "Approved for Use", "draft", "expired"])
TITLES = st.sampled_from(["Prior authorisation", "One tablet once daily", "Delivery from stock", "The and of"])

SETTINGS = EligibilitySettings.from_yaml(
    """
approved_statuses: [approved, approved for use]
caps:
  - {per: module, at_most: 3, days: 30}
  - {per: module, at_most: 1, days: 10, channels: [email]}
  - {per: channel, at_most: 2, days: 7, channels: [email, video]}
rules:
  - {block: {physician.tier: C, channel: video}, reason: no video for tier C}
  - {when: {channel: email}, allow_only: {physician.region: [North]}, reason: e-mail in the North only}
  - {block: {module.expires_at: {before: 2026-10-01}, physician.tier: {none_of: [A]}}, reason: fresh for B and C}
""",
    where="the test's settings",
)


def part(identifier: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    fields = {identifier: st.just("P1"), "text": TITLES, "status": STATUSES, "approved_at": DAYS, "expires_at": DAYS}
    return st.lists(st.fixed_dictionaries(fields), max_size=1)


GOOD_MODULE: dict[str, Any] = {
    "brand": "Zelvanta",
    "status": "approved",
    "claims": [{"claim_id": "P1", "text": "Most requests are granted", "status": "approved"}],
    "texts": [],
    "must_use": ["P1"],
    "assets": [{"asset_id": "P1", "text": "Safety", "status": "approved"}],
    "approved_at": "2026-01-01",
    "expires_at": "2027-01-01",
    "countries": ["US"],
    "language": "en",
    "audiences": ["internal_medicine"],
    "channels": ["email", "video"],
    "indication": "hfref",
}
MODULE_CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "brand": st.just("Dermiqo"),
    "status": STATUSES,
    "claims": part("claim_id"),
    "texts": part("text_id"),
    "must_use": st.sampled_from([[], ["P2"]]),
    "assets": part("asset_id"),
    "approved_at": DAYS,
    "expires_at": DAYS,
    "countries": st.sampled_from([["US", "DE"], ["DE"], []]),
    "language": st.sampled_from(["de", None]),
    "audiences": st.sampled_from([["Internal Medicine", "oncology"], ["oncology"], []]),
    "channels": st.lists(st.sampled_from(["email", "video", "phone", "website"]), max_size=2, unique=True),
    "indication": st.sampled_from([None, "HFpEF", "chronic heart failure"]),
}
GOOD_PHYSICIAN = {
    "hcp_id": "H1",
    "specialty": "internal medicine",
    "country": "US",
    "language": "en",
    "tier": "A",
    "region": "North",
}
PHYSICIAN_CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "specialty": st.sampled_from(["Internal-Medicine", "oncology", None]),
    "country": st.sampled_from(["DE", None]),
    "language": st.sampled_from(["de", None]),
    "tier": st.sampled_from(["B", "C", None]),
    "region": st.sampled_from(["South", None]),
}


@st.composite
def changed(
    draw: st.DrawFn, good: dict[str, Any], changes: dict[str, st.SearchStrategy[Any]], most: int
) -> dict[str, Any]:
    """What is fine but for a few fields: were all drawn at random, next to nothing would ever be eligible."""
    names = draw(st.lists(st.sampled_from(sorted(changes)), max_size=most, unique=True))
    return {**good, **{name: draw(changes[name]) for name in names}}


@st.composite
def module_fields(draw: st.DrawFn) -> dict[str, Any]:
    return {**draw(changed(GOOD_MODULE, MODULE_CHANGES, 3)), "title": draw(TITLES), "text": draw(TITLES)}


HCPS = changed(GOOD_PHYSICIAN, PHYSICIAN_CHANGES, 2)
OPTED_IN = ("email", "opt_in", "2025-01-01")
CONSENTS = st.lists(
    st.tuples(
        st.sampled_from(["email", "phone", "website", "video"]),
        st.sampled_from(["opt_in", "opt_out", "pending", "never"]),
        st.sampled_from(["2026-01-01", "2026-09-30T20:00:00", "2026-10-01"]),
    ),
    max_size=3,
).map(lambda records: [OPTED_IN, *records])
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["email", "video", "website"]),
        st.sampled_from(["sent", "attended", "viewed", "opened"]),
        st.integers(0, 2),
        st.sampled_from([-1, 0, 6, 7, 9, 10, 29, 30]),
    ),
    max_size=8,
    unique=True,
)
Consents = list[tuple[str, str, str]]
Events = list[tuple[str, str, int, int]]


def plainly_open(channel: str, consents: Consents) -> bool:
    known = [(datetime.fromisoformat(day), status) for name, status, day in consents if name == channel]
    known = [(time, status) for time, status in known if time < datetime(2026, 10, 1)]
    latest = {status for time, status in known if time == max(time for time, _ in known)}
    return latest == {"opt_in"} or (not latest and channel not in ("email", "phone"))


def plainly_good(part: Module | Claim | Text | Asset) -> bool:
    return (
        part.status.lower() in ("approved", "approved for use")
        and (part.approved_at is None or part.approved_at <= AS_OF)
        and (part.expires_at is None or part.expires_at >= AS_OF)
    )


def plainly_rested(module_id: str, channel: str, events: Events) -> bool:
    """Whether a cap of SETTINGS holds the module in the channel."""
    shown = [
        (name, age)
        for name, action, number, age in events
        if f"M{number}" == module_id and action in ("sent", "viewed") and age >= 0
    ]
    reached = [
        age
        for name, action, _, age in events
        if name == channel and 0 <= age < 7 and (action == "sent" or (action == "attended" and name == "video"))
    ]
    return (
        sum(age < 30 for _, age in shown) >= 3
        or (channel == "email" and sum(name == "email" and age < 10 for name, age in shown) >= 1)
        or (channel in ("email", "video") and len(reached) >= 2)
    )


def plainly_forbidden(module: Module, hcp: dict[str, Any], channel: str) -> bool:
    """Whether a rule of SETTINGS does; what is unknown may be so for a block and is not so for allow-only."""
    ends_soon = module.expires_at is None or module.expires_at < date(2026, 10, 1)
    return (
        (hcp["tier"] in ("C", None) and channel == "video")
        or (channel == "email" and hcp["region"] != "North")
        or (ends_soon and hcp["tier"] != "A")
    )


def plainly_allowed_channels(
    module: Module, hcp: dict[str, Any], consents: Consents, events: Events, asked: str | None, indication: str | None
) -> set[str]:
    """The channels through which the module may go; none where it may not be shown at all."""
    assets = {asset.asset_id: asset for asset in module.assets}
    ids = [name.lower() for name in (module.indication, indication) if name and " " not in name]
    is_fine = (
        module.brand == "Zelvanta"
        and plainly_good(module)
        and module.approved_at is not None
        and module.expires_at is not None
        and all(plainly_good(claim) for claim in module.claims)
        and all(plainly_good(text) for text in module.texts)
        and all(name in assets and plainly_good(assets[name]) for name in module.must_use)
        and hcp["country"] in module.countries
        and hcp["language"] is not None
        and hcp["language"] == module.language
        and (hcp["specialty"] or "?").lower().replace("-", " ").replace("_", " ")
        in [audience.lower().replace("_", " ") for audience in module.audiences]
        and len(set(ids)) < 2
    )
    return {
        channel
        for channel in module.channels
        if is_fine
        and asked in (None, channel)
        and plainly_open(channel, consents)
        and not plainly_rested(module.module_id, channel, events)
        and not plainly_forbidden(module, hcp, channel)
    }


@settings(max_examples=300, deadline=None)
@given(
    modules=st.lists(module_fields(), min_size=2, max_size=5),
    hcp=HCPS,
    consents=CONSENTS,
    events=EVENTS,
    channel=st.sampled_from([None, None, "email", "video"]),
    indication=st.sampled_from([None, "hfref"]),
)
def test_exactly_the_eligible_modules_are_returned(
    make_matcher: Callable[..., ContentMatcher],
    make_module: Callable[..., Module],
    make_consent: Callable[..., dict[str, Any]],
    make_event: Callable[..., dict[str, Any]],
    modules: list[dict[str, Any]],
    hcp: dict[str, Any],
    consents: Consents,
    events: Events,
    channel: str | None,
    indication: str | None,
) -> None:
    catalogue = [make_module(f"M{number}", **fields) for number, fields in enumerate(modules)]
    rows = [
        make_event(action, (AS_OF - timedelta(days=age)).isoformat(), content_id=f"M{number}", channel=name)
        for name, action, number, age in events
    ]
    matcher = make_matcher(
        catalogue,
        MatchSettings(eligibility=SETTINGS),
        hcps=[hcp],
        consents=[make_consent(*record) for record in consents],
        content_events=rows,
    )
    answer = matcher.match("H1", "Zelvanta", channel=channel, k=len(catalogue), indication=indication)
    allowed = {
        module.module_id: plainly_allowed_channels(module, hcp, consents, events, channel, indication)
        for module in catalogue
    }
    assert sorted(module.module_id for module in answer.modules) == sorted(key for key in allowed if allowed[key])
    for matched in answer.modules:
        assert matched.channel in allowed[matched.module_id]
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
