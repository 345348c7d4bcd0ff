from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from hcplens.inference.profiles.channel_rules import ChannelRules
from hcplens.inference.profiles.engagement import read_engagement
from hcplens.inference.profiles.engagement_log import Engagement, EngagementLog
from hcplens.inference.records.schemas import CHANNELS, CONTENT_EVENTS

Row = Callable[..., dict[str, Any]]
AS_OF = date(2026, 9, 30)


def engagement(*events: dict[str, Any], as_of: date = AS_OF) -> EngagementLog:
    return read_engagement(pa.Table.from_pylist(list(events), schema=CONTENT_EVENTS.schema), as_of)


def answers(*events: dict[str, Any], channel: str = "email") -> list[float]:
    return [exposure.response for exposure in engagement(*events)["H1", channel].exposures]


def test_every_channel_has_a_rule() -> None:
    assert set(ChannelRules.default().channels) == set(CHANNELS)


def test_an_open_answers_the_latest_delivery_of_the_same_content(logged: Row) -> None:
    assert answers(
        logged("2026-09-01T08:00:00", "email", "delivered"),
        logged("2026-09-08T08:00:00", "email", "delivered"),
        logged("2026-09-08T07:00:00", "email", "delivered", content_id="M2"),
        logged("2026-09-08T09:00:00", "email", "opened"),
        logged("2026-09-08T09:00:30", "email", "clicked"),
    ) == [0.0, 0.0, 1.0]


def test_opens_of_a_mail_gateway_are_left_out_and_counted(logged: Row) -> None:
    found = engagement(
        logged("2026-09-01T08:00:00", "email", "delivered"),
        logged("2026-09-01T08:00:00", "email", "opened"),  # the same second
        logged("2026-09-01T08:00:05", "email", "clicked"),
        logged("2026-09-01T08:00:50", "email", "clicked", seconds=0.0),  # a scanner takes no time to read
    )["H1", "email"]
    assert ([exposure.response for exposure in found.exposures], len(found.machine)) == ([0.0], 3)


def test_a_person_may_open_after_the_gateway(logged: Row) -> None:
    found = engagement(
        logged("2026-09-01T08:00:00", "email", "delivered"),
        logged("2026-09-01T08:00:01", "email", "opened"),
        logged("2026-09-01T08:00:06", "email", "opened", seconds=12.0),
    )["H1", "email"]
    assert ([exposure.response for exposure in found.exposures], len(found.machine)) == ([1.0], 1)


def test_what_was_sent_counts_only_where_no_delivery_is_ever_logged(logged: Row) -> None:
    sent = [logged("2026-09-01T08:00:00", "email", "sent"), logged("2026-09-02T08:00:00", "email", "sent")]
    assert answers(*sent) == [0.0, 0.0]
    assert answers(*sent, logged("2026-09-01T08:00:09", "email", "delivered")) == [0.0]


def test_an_open_without_a_logged_delivery_stands_for_one(logged: Row) -> None:
    delivered = logged("2026-09-01T08:00:00", "email", "delivered", content_id="M2")
    assert answers(delivered, logged("2026-09-03T08:00:00", "email", "opened")) == [0.0, 1.0]


def test_duplicates_under_another_event_id_count_once(logged: Row) -> None:
    visit = logged("2026-09-01T08:00:00", "phone", "attended")
    assert answers(visit, visit, visit | {"event_id": "E99"}, channel="phone") == [1.0]


def test_registering_alone_is_half_an_answer_to_an_invitation(logged: Row) -> None:
    first, second = ("2026-09-01T08:00:00", "2026-09-10T08:00:00")
    assert answers(
        logged(first, "webinar", "sent"),
        logged(second, "webinar", "sent", content_id="M2"),
        logged("2026-09-11T08:00:00", "webinar", "registered"),
        logged("2026-09-11T08:00:00", "webinar", "registered", content_id="M2"),
        logged("2026-09-20T08:00:00", "webinar", "attended"),
        logged("2026-09-21T08:00:00", "webinar", "declined", content_id="M2"),
        channel="webinar",
    ) == [1.0, 0.5]


def test_a_meeting_was_taken_or_declined_and_content_shown_in_it_is_no_second_one(logged: Row) -> None:
    assert answers(
        logged("2026-09-01T08:00:00", "face_to_face", "declined"),
        logged("2026-09-02T08:00:00", "face_to_face", "attended"),
        logged("2026-09-02T08:03:00", "face_to_face", "viewed"),
        channel="face_to_face",
    ) == [0.0, 1.0]


def test_each_month_is_one_occasion_to_visit_the_website(logged: Row) -> None:
    found = engagement(
        logged("2026-07-02T08:00:00", "website", "viewed"),  # 90 days before: three months of tracking
        logged("2026-09-10T08:00:00", "website", "viewed"),
        logged("2026-09-20T08:00:00", "website", "viewed", content_id="M2"),
        logged("2026-09-20T08:00:00", "phone", "attended", hcp_id="H2"),
    )
    assert [exposure.response for exposure in found["H1", "website"].exposures] == [1.0, 0.0, 1.0]
    assert [exposure.response for exposure in found["H2", "website"].exposures] == [0.0, 0.0, 0.0]


def test_an_unsubscription_is_dated_and_nothing_after_the_day_is_seen(logged: Row) -> None:
    left = logged("2026-09-30T23:59:59", "email", "unsubscribed")
    later = logged("2026-10-01T00:00:00", "email", "delivered")
    found = engagement(left, later)["H1", "email"]
    assert found == Engagement((), (), datetime(2026, 9, 30, 23, 59, 59, tzinfo=UTC))
