from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import betabinom, norm

from hcplens.inference.profiles import ProfileTables
from hcplens.inference.profiles.channel_priors import (
    DOUBT,
    STRONGEST,
    USUAL_STRENGTH,
    WEAKEST,
    Counts,
    fit_channel_priors,
    fit_strength,
)
from hcplens.inference.profiles.responsiveness import _from_others

Row = Callable[..., dict[str, Any]]
Build = Callable[..., ProfileTables]


def counted(*rows: tuple[int, int, float, float]) -> Counts:
    """Rows of physician, channel, exposures and responses, none of which has faded."""
    physician, channel, exposures, responses = (np.array(column) for column in zip(*rows, strict=True))
    n, k = exposures.astype(float), responses.astype(float)
    return Counts(physician, channel, n, k, n, n, k)


def by_channel(tables: ProfileTables) -> dict[str, dict[str, Any]]:
    return {row["channel"]: row for row in tables.channels.to_pylist()}


def calls(logged: Row, answered: int, declined: int, hcp_id: str = "H1") -> list[dict[str, Any]]:
    """Phone calls on the day itself, so that none has faded."""
    actions = ["attended"] * answered + ["declined"] * declined
    return [
        logged(f"2026-09-30T08:{minute:02}:00", "phone", action, hcp_id=hcp_id) for minute, action in enumerate(actions)
    ]


def test_a_strength_is_where_likelihood_times_prior_is_highest() -> None:
    mean, answered, seen = np.full(40, 0.4), np.arange(40) % 11, np.full(40, 10)
    grid = np.linspace(np.log(WEAKEST), np.log(STRONGEST), 4001)
    likelihood = [betabinom.logpmf(answered, seen, 0.4 * np.exp(x), 0.6 * np.exp(x)).sum() for x in grid]
    best = grid[np.argmax(likelihood + norm.logpdf(grid, np.log(USUAL_STRENGTH), DOUBT))]
    found = fit_strength(mean, answered.astype(float), seen.astype(float))
    assert np.log(found) == pytest.approx(best, abs=0.002)


def test_alike_physicians_make_a_strong_prior_unlike_ones_a_weak_one_and_none_the_usual() -> None:
    half, ten = np.full(60, 0.5), np.full(60, 10.0)
    assert fit_strength(half, np.full(60, 5.0), ten) > 30
    assert fit_strength(half, np.tile([0.0, 10.0], 30), ten) < 1.5
    assert fit_strength(half, np.zeros(60), np.zeros(60)) == pytest.approx(USUAL_STRENGTH, rel=1e-3)


def test_means_without_cells_are_the_rates_of_channels() -> None:
    priors = fit_channel_priors(counted((0, 0, 10, 8), (1, 0, 10, 3), (0, 1, 0, 0)), (), elsewhere=False)
    assert priors.mean[0] == pytest.approx(11.5 / 21)
    assert priors.mean[2] == pytest.approx(11.5 / 21)  # nothing logged: the rate of all channels
    assert priors.strength[2] == pytest.approx(USUAL_STRENGTH, rel=1e-3)


def test_cells_that_differ_pull_the_mean_and_cells_that_do_not_leave_it() -> None:
    keen, rest = [(i, 0, 10, 7 + i % 3) for i in range(40)], [(40 + i, 0, 10, 1 + i % 3) for i in range(40)]
    counts = counted(*keen, *rest, (80, 0, 0, 0), (81, 0, 0, 0))
    cell = np.array([0] * 40 + [1] * 40 + [0, -1])
    priors = fit_channel_priors(counts, (cell,), elsewhere=False)
    assert priors.mean[80] > 0.65  # nothing known of that physician: the view of the cell
    assert priors.mean[81] == pytest.approx(0.5, abs=0.01)  # of no cell: the view of the channel
    mixed = fit_channel_priors(counts, (np.arange(82) % 2,), elsewhere=False)
    assert np.ptp(mixed.mean) < 0.05


def shared_world(correlation: float) -> tuple[Counts, NDArray[np.float64]]:
    """Four hundred physicians, eight exposures in each of three channels; log-odds share so much. And the truth."""
    stream = np.random.default_rng(8)
    own, common = stream.normal(size=(400, 3)), stream.normal(size=(400, 1))
    true = 1 / (1 + np.exp(-(np.sqrt(1 - correlation) * own + np.sqrt(correlation) * common)))
    answered = stream.binomial(8, true)
    rows = [(i, c, 8.0 if (i + c) % 4 else 0.0, answered[i, c] if (i + c) % 4 else 0.0) for i, c in np.ndindex(400, 3)]
    return counted(*rows), true.ravel()


def test_answers_elsewhere_tell_where_channels_go_together_and_nothing_where_they_do_not() -> None:
    counts, true = shared_world(0.7)
    unseen = counts.exposures == 0
    moved, still = (fit_channel_priors(counts, (), elsewhere=elsewhere) for elsewhere in (True, False))
    assert np.corrcoef(moved.mean[unseen], true[unseen])[0, 1] > 0.5
    assert np.abs(moved.mean - true)[unseen].mean() < 0.85 * np.abs(still.mean - true)[unseen].mean()
    apart, _ = shared_world(0.0)
    assert np.abs(fit_channel_priors(apart, ()).moved).max() < 0.06


def test_what_is_expected_from_elsewhere_by_hand() -> None:
    """Covariance 0.1 between two channels of spread 0.2, one seen with chance 0.2: 0.1 / (0.2 + 0.2) of the excess."""
    shared = np.array([[0.2, 0.1], [0.1, 0.2]])
    mean, variance = _from_others(np.array([[0.4, 0.0]]), np.array([[0.2, 1e4]]), shared)
    assert mean[0, 1] == pytest.approx(0.1 / 0.4 * 0.4, rel=1e-3)
    assert variance[0, 1] == pytest.approx(0.2 - 0.1**2 / 0.4, rel=1e-3)
    assert mean[0, 0] == pytest.approx(0.0, abs=1e-4)  # the channel's own answers play no part


def test_the_posterior_is_prior_plus_counts(logged: Row, profiled: Build) -> None:
    row = by_channel(profiled(events=calls(logged, 3, 1)))["phone"]
    mean = 3.5 / 5  # of the channel: half a response added to either side
    strength = fit_strength(np.array([mean]), np.array([3.0]), np.array([4.0]))
    assert row["p_engage"] == pytest.approx((mean * strength + 3) / (strength + 4))
    assert (row["exposures"], row["responses"], row["why"]) == (4, 3, "took 3 of 4 phone calls, no consent")


def test_old_behaviour_counts_less(logged: Row, profiled: Build) -> None:
    old = [logged(f"2025-09-30T08:0{i}:00", "video", "attended") for i in range(5)]
    new = [logged(f"2026-09-30T08:0{i}:00", "video", "declined") for i in range(5)]
    mean = 3 / 8.5  # five answered a year ago count as two and a half
    strength = fit_strength(np.array([mean]), np.array([5.0]), np.array([10.0]))
    row = by_channel(profiled(events=old + new))["video"]
    assert row["p_engage"] == pytest.approx((mean * strength + 2.5) / (strength + 7.5))


def test_a_stated_preference_counts_as_three_exposures(logged: Row, wished: Row, profiled: Build) -> None:
    events = calls(logged, 3, 1)
    likes = profiled(events=events, wishes=[wished("2026-09-01", "phone", "prefers")])
    avoids = profiled(events=events, wishes=[wished("2026-09-01", "phone", "avoids")])
    strength = fit_strength(np.array([0.7]), np.array([3.0]), np.array([4.0]))
    assert by_channel(likes)["phone"]["p_engage"] == pytest.approx((0.7 * strength + 3 + 3) / (strength + 7))
    assert by_channel(avoids)["phone"]["p_engage"] == pytest.approx((0.7 * strength + 3) / (strength + 7))
    assert by_channel(avoids)["phone"]["why"] == "took 3 of 4 phone calls, says it is not wanted, no consent"


def test_the_last_stance_holds_and_one_that_is_unclear_is_not_called_stated(wished: Row, profiled: Build) -> None:
    wishes = [wished("2026-03-01", "msl", "avoids"), wished("2026-09-01", "msl", "prefers")]
    row = by_channel(profiled(wishes=wishes))["msl"]
    assert (row["stated"], row["exposures"], row["why"]) == ("prefers", 0, "nothing logged, says it is preferred")
    assert [evidence["text"] for evidence in row["evidence"]] == ["prefers msl", "avoids msl"]
    unclear = profiled(wishes=[wished("2026-09-01", "msl", "prefers", probability=0.4)])
    assert by_channel(unclear)["msl"]["stated"] is None


def test_an_unclear_word_does_not_overturn_a_clear_one(wished: Row, profiled: Build) -> None:
    clear = wished("2026-06-01", "face_to_face", "avoids", probability=0.98)
    unclear = wished("2026-06-20", "face_to_face", "prefers", probability=0.35)
    row, alone = (by_channel(profiled(wishes=said))["face_to_face"] for said in ([clear, unclear], [clear]))
    assert (row["stated"], row["p_engage"]) == ("avoids", alone["p_engage"])
    assert [evidence["id"] for evidence in row["evidence"]] == ["N-2026-06-20", "N-2026-06-01"]
    at_even = wished("2026-06-20", "face_to_face", "prefers", probability=0.5)
    assert by_channel(profiled(wishes=[clear, at_even]))["face_to_face"]["stated"] == "prefers"


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
    assert left["p_engage"] < 0.35 < 0.7 < back["p_engage"]
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
    def hcp(number: int, segment: str) -> dict[str, Any]:
        return {"hcp_id": f"H{number}", "segment": segment}

    others = [event for n in range(2, 22) for event in calls(logged, 9 - n % 2 * 8, 1 + n % 2 * 8, f"H{n}")]
    of_others = [hcp(n, "keen" if n % 2 == 0 else "rest") for n in range(2, 22)]
    keen, rest = (
        profiled(events=[*calls(logged, 1, 1), *others], hcps=[hcp(1, segment), *of_others]).channels.to_pylist()[0]
        for segment in ("keen", "rest")
    )
    assert keen["hcp_id"] == rest["hcp_id"] == "H1"
    assert keen["p_engage"] > 0.55
    assert rest["p_engage"] < 0.45
