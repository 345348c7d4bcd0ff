from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hcplens.inference.pages.unknowns import Around, unknowns

TODAY = date(2026, 9, 30)
ALL = {"email": "opt_in", "mail": "opt_in", "messaging": "never", "phone": "opt_out"}
AROUND = Around(
    topics=("cost", "supply"),
    unlisted=(),
    unread=0,
    last_record=TODAY,
    use_is_told=True,
    channels=("email",),
    consents=ALL,
)


def item(**fields: Any) -> dict[str, Any]:
    entry = {"topic": "cost", "state": "open", "probability": 0.8, "low": 0.6, "high": 0.9}
    plain = {"brand": "Dermiqo", "barriers": [entry, entry | {"topic": "supply"}], "drivers": []}
    return plain | {"channels": [{"channel": "email"}]} | fields


def test_where_all_is_known_nothing_is_said() -> None:
    assert unknowns(item(), AROUND, TODAY) == ()


def test_every_gap_is_a_sentence() -> None:
    gaps = replace(
        AROUND, unlisted=("specialty", "segment"), unread=2, last_record=date(2026, 1, 1), use_is_told=False,
        channels=("email", "msl", "peer_meeting"), consents={"email": "opt_in", "messaging": "never"},
    )  # fmt: skip
    wide = {"topic": "cost", "state": "open", "probability": 0.6, "low": 0.2, "high": 0.9}
    assert unknowns(item(barriers=[wide]), gaps, TODAY) == (
        "The roster does not say specialty or segment.",
        "2 records are in a language that the model does not read.",
        "Nothing was said of Dermiqo for 9 months, since 1 Jan.",
        "No record tells how far Dermiqo is used; prescriptions are not seen.",
        "Little was said, so that it may well be otherwise: cost (barrier).",
        "Never spoken of: supply. Silence is no sign that all is well.",
        "Nothing is logged or said of msl or peer meeting.",
        "No consent is on record for mail or phone: taken as none.",
    )


def test_who_was_never_spoken_of_has_no_list_of_topics() -> None:
    silent = unknowns(item(barriers=[]), replace(AROUND, last_record=None), TODAY)
    assert silent == ("No note or survey answer speaks of Dermiqo.",)


def test_the_segments_view_says_only_what_concerns_the_person() -> None:
    found = unknowns(item(known="segment"), replace(AROUND, consents={}, last_record=None), TODAY)
    assert found == ("No consent is on record for email, mail, messaging or phone: taken as none.",)
