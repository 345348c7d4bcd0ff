from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from hcplens.inference.profiles import ProfileTables
from hcplens.inference.profiles.priors import Count, Prior, fit_prior, fit_priors

Row = Callable[..., dict[str, Any]]
Build = Callable[..., ProfileTables]


def counts(*pairs: tuple[float, float]) -> list[Count]:
    return [Count(exposures, responses, exposures) for exposures, responses in pairs]


def by_channel(tables: ProfileTables) -> dict[str, dict[str, Any]]:
    return {row["channel"]: row for row in tables.channels.to_pylist()}


def calls(logged: Row, answered: int, declined: int, hcp_id: str = "H1") -> list[dict[str, Any]]:
    """Phone calls on the day itself, so that none has faded."""
    actions = ["attended"] * answered + ["declined"] * declined
    return [
        logged(f"2026-09-30T08:{minute:02}:00", "phone", action, hcp_id=hcp_id) for minute, action in enumerate(actions)
    ]


def test_moments_by_hand() -> None:
    # 2 physicians, 10 exposures each, 8 and 2 answered: centre 10.5 / 21, spread 2 * 10 * 0.09 / 0.25 = 7.2,
    # by chance 2 * 1 * (1 - 0.5) = 1, by physician 20 - 200 / 20 = 10, correlation 6.2 / 9
    assert fit_prior(counts((10, 8), (10, 2))) == Prior(0.5, 2.0)  # (1 - 0.689) / 0.689 = 0.45, under the bound
    fitted = fit_prior(counts((10, 7), (10, 3)))  # spread 3.2, correlation 2.2 / 9
    assert fitted.mean == 0.5
    assert fitted.strength == pytest.approx((9 - 2.2) / 2.2)


def test_alike_physicians_make_the_strongest_prior_and_one_alone_the_weakest() -> None:
    assert fit_prior(counts((10, 5), (10, 5))).strength == 10.0
    assert fit_prior(counts((10, 5))).strength == 2.0
    assert fit_prior([], 0.3) == Prior(0.3, 2.0)


def test_a_segment_moves_the_mean_as_far_as_its_exposures_weigh() -> None:
    (high, low) = counts((20, 18), (20, 2))
    priors = fit_priors({("H1", "phone"): high, ("H2", "phone"): low}, {"H1": "grower", "H2": None})
    assert priors.of("phone", None).mean == pytest.approx(20.5 / 41)
    assert priors.of("phone", "grower").mean == pytest.approx((18 + 20 * 0.5) / 40)
    assert priors.of("phone", "nobody's").mean == priors.of("phone", None).mean
    assert priors.of("webinar", "grower") == Prior(priors.overall.mean, 2.0)


def test_the_posterior_is_prior_plus_counts(logged: Row, profiled: Build) -> None:
    row = by_channel(profiled(events=calls(logged, 3, 1)))["phone"]
    # one physician: prior mean 3.5 / 5 at strength 2
    assert row["p_engage"] == pytest.approx((1.4 + 3) / (2 + 4))
    assert (row["exposures"], row["responses"], row["why"]) == (4, 3, "took 3 of 4 phone calls, no consent")


def test_old_behaviour_counts_less(logged: Row, profiled: Build) -> None:
    old = [logged(f"2025-09-30T08:0{i}:00", "video", "attended") for i in range(5)]
    new = [logged(f"2026-09-29T08:0{i}:00", "video", "declined") for i in range(5)]
    assert by_channel(profiled(events=old + new))["video"]["p_engage"] < 0.4


def test_a_stated_preference_counts_as_three_exposures(logged: Row, wished: Row, profiled: Build) -> None:
    events = calls(logged, 3, 1)
    likes = profiled(events=events, wishes=[wished("2026-09-01", "phone", "prefers")])
    avoids = profiled(events=events, wishes=[wished("2026-09-01", "phone", "avoids")])
    assert by_channel(likes)["phone"]["p_engage"] == pytest.approx((1.4 + 3 + 3) / 9)
    assert by_channel(avoids)["phone"]["p_engage"] == pytest.approx((1.4 + 3) / 9)
    assert by_channel(avoids)["phone"]["why"] == "took 3 of 4 phone calls, says it is not wanted, no consent"


def test_the_last_stance_holds_and_one_that_is_unclear_is_not_called_stated(wished: Row, profiled: Build) -> None:
    wishes = [wished("2026-03-01", "msl", "avoids"), wished("2026-09-01", "msl", "prefers")]
    row = by_channel(profiled(wishes=wishes))["msl"]
    assert (row["stated"], row["exposures"], row["why"]) == ("prefers", 0, "nothing logged, says it is preferred")
    assert [evidence["text"] for evidence in row["evidence"]] == ["prefers msl", "avoids msl"]
    unclear = profiled(wishes=[wished("2026-09-01", "msl", "prefers", probability=0.4)])
    assert by_channel(unclear)["msl"]["stated"] is None


def test_ranks_follow_probability_with_avoided_channels_last(logged: Row, wished: Row, profiled: Build) -> None:
    events = [
        *calls(logged, 8, 0),
        logged("2026-09-29T08:00:00", "video", "declined"),
        logged("2026-09-29T08:00:00", "msl", "declined"),
    ]
    rows = by_channel(profiled(events=events, wishes=[wished("2026-09-01", "phone", "avoids")]))
    assert rows["phone"]["p_engage"] > rows["video"]["p_engage"] == rows["msl"]["p_engage"]
    assert {channel: row["rank"] for channel, row in rows.items()} == {"msl": 1, "video": 2, "phone": 3}


def unsubscribed(logged: Row) -> list[dict[str, Any]]:
    return [
        logged("2026-09-01T08:00:00", "email", "delivered"),
        logged("2026-09-01T09:00:00", "email", "opened"),
        logged("2026-09-02T08:00:00", "email", "unsubscribed"),
    ]


def test_unsubscribing_tells_against_a_channel_until_a_later_opt_in(logged: Row, consent: Row, profiled: Build) -> None:
    before = consent("2026-01-01T08:00:00", "email", "opt_in")
    after = consent("2026-09-10T08:00:00", "email", "opt_in")
    left = by_channel(profiled(events=unsubscribed(logged), consents=[before]))["email"]
    back = by_channel(profiled(events=unsubscribed(logged), consents=[before, after]))["email"]
    assert left["p_engage"] < 0.2 < 0.7 < back["p_engage"]
    assert (left["consented"], back["consented"]) == (False, True)
    assert left["why"] == "opened 1 of 1 e-mails, unsubscribed on 2026-09-02, no consent"


@pytest.mark.parametrize(
    ("channel", "statuses", "consented"),
    [
        ("email", [], False),
        ("email", ["opt_in"], True),
        ("email", ["opt_in", "opt_out"], False),
        ("email", ["opt_in", "pending"], False),
        ("mail", ["never", "opt_in"], True),
        ("webinar", [], True),
        ("webinar", ["opt_out"], False),
    ],
)
def test_the_latest_consent_decides(
    wished: Row, consent: Row, profiled: Build, channel: str, statuses: Sequence[str], consented: bool
) -> None:
    records = [consent(f"2026-0{i + 1}-01T08:00:00", channel, status) for i, status in enumerate(statuses)]
    too_late = consent("2026-10-01T00:00:00", channel, "opt_out" if consented else "opt_in")
    tables = profiled(wishes=[wished("2026-09-01", channel, "prefers")], consents=[too_late, *reversed(records)])
    assert by_channel(tables)[channel]["consented"] is consented


def test_scanner_opens_are_told(logged: Row, consent: Row, profiled: Build) -> None:
    events = [
        logged("2026-09-01T08:00:00", "email", "delivered"),
        logged("2026-09-01T08:00:01", "email", "opened"),
    ]
    tables = profiled(events=events, consents=[consent("2026-01-01T08:00:00", "email", "opt_in")])
    row = by_channel(tables)["email"]
    assert row["why"] == "opened 0 of 1 e-mails; 1 scanner open left out"
    (evidence,) = row["evidence"]
    assert (evidence["source"], evidence["date"]) == ("event", date(2026, 9, 1))
    assert evidence["text"] == "delivered, no response: M1"


def test_the_segment_of_hcps_moves_the_estimate(logged: Row, profiled: Build) -> None:
    def hcp(hcp_id: str, segment: str) -> dict[str, Any]:
        return {"hcp_id": hcp_id, "segment": segment}

    events = [*calls(logged, 1, 1), *calls(logged, 20, 0, "H2"), *calls(logged, 0, 20, "H3")]
    like_the_keen = profiled(events=events, hcps=[hcp("H1", "a"), hcp("H2", "a"), hcp("H3", "b")])
    like_the_rest = profiled(events=events, hcps=[hcp("H1", "b"), hcp("H2", "a"), hcp("H3", "b")])
    keen, rest = (t.channels.to_pylist()[0]["p_engage"] for t in (like_the_keen, like_the_rest))
    assert keen > 0.5 > rest
