from __future__ import annotations

from math import exp

import numpy as np
import pytest

from hcplens import InputError
from hcplens.eval.simulator import World


def share(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def test_response_is_engaging_times_acting_and_acting_follows_the_topic(world: World) -> None:
    [first] = world.truth.prescribing.slice(0, 1).to_pylist()
    hcp_id, brand = first["hcp_id"], first["brand"]
    engages = {r["channel"]: r["p_engage"] for r in world.truth.channels.to_pylist() if r["hcp_id"] == hcp_id}
    held = {
        (r["topic"], r["polarity"])
        for r in world.truth.topics.to_pylist()
        if (r["hcp_id"], r["brand"]) == (hcp_id, brand) and r["state"] != "resolved"
    }
    topics = sorted({topic for topic, _ in held} | {"supply", "mechanism"})
    for topic in topics:
        expected = share(-1.5 + 2.0 * ((topic, "barrier") in held) + 0.8 * ((topic, "driver") in held))
        for channel in ("email", "face_to_face"):
            found = world.response.probability(hcp_id, brand, topic, channel)
            assert found == pytest.approx(engages[channel] * expected)
    assert held


def test_many_responses_are_those_asked_one_by_one(world: World) -> None:
    rows = world.truth.topics.slice(0, 40).to_pylist()
    asked = [(row["hcp_id"], row["brand"], row["topic"], "webinar") for row in rows]
    together = world.response.probabilities(*map(list, zip(*asked, strict=True)))
    assert together.tolist() == [world.response.probability(*one) for one in asked]


def test_a_physician_who_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="H9"):
        world.response.probability("H9", "Dermiqo", "cost", "email")


def test_clicks_follow_the_open_barriers(clear_world: World) -> None:
    """Of the e-mails opened, those on a topic that was a barrier are clicked about three times as often."""
    barriers = {
        (r["hcp_id"], r["brand"], r["topic"])
        for r in clear_world.truth.topics.to_pylist()
        if r["polarity"] == "barrier" and r["state"] == "open"
    }
    clicks: dict[bool, list[bool]] = {True: [], False: []}
    events = clear_world.content_events.to_pylist()
    clicked = {(r["hcp_id"], r["content_id"]) for r in events if r["action"] == "clicked"}
    for row in events:
        if row["action"] == "opened":
            topic = row["content_id"].split("-")[1]
            is_barrier = (row["hcp_id"], row["brand"], topic) in barriers
            clicks[is_barrier].append((row["hcp_id"], row["content_id"]) in clicked)
    assert np.mean(clicks[True]) > 1.5 * np.mean(clicks[False])


def test_barriers_lower_and_drivers_raise_the_chance_of_prescribing(world: World) -> None:
    counts = {(r["hcp_id"], r["brand"]): {"barrier": 0, "driver": 0} for r in world.truth.prescribing.to_pylist()}
    for row in world.truth.topics.to_pylist():
        if row["state"] != "resolved":
            counts[row["hcp_id"], row["brand"]][row["polarity"]] += 1
    for row in world.truth.prescribing.to_pylist():
        of = counts[row["hcp_id"], row["brand"]]
        assert row["p_prescribe"] == pytest.approx(share(-0.5 - 0.6 * of["barrier"] + 0.5 * of["driver"]))
