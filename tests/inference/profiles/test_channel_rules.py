from __future__ import annotations

from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.inference.profiles.channel_rules import ChannelRules
from hcplens.inference.records.schemas import CHANNELS

MINE = """
name: mine
channels:
  webinar:
    kind: invitation
    exposure: [sent]
    response: {attended: 1, registered: 0.25}
    phrase: attended {} of {} webinars
"""


def test_the_table_that_ships_has_every_channel() -> None:
    rules = ChannelRules.default()
    assert set(rules.channels) == set(CHANNELS)
    assert rules.channels["webinar"].response == {"attended": 1, "registered": 0.5}


def test_a_users_channels_stand_over_those_that_ship() -> None:
    rules = ChannelRules.from_yaml(MINE, where="mine.yaml")
    assert rules.name == "mine"
    assert rules.channels["webinar"].response["registered"] == 0.25
    assert rules.channels["email"] == ChannelRules.default().channels["email"]
    assert set(rules.channels) == set(CHANNELS)


def test_the_digest_follows_what_the_rules_say_not_their_order() -> None:
    rules = ChannelRules.default()
    reversed_channels = dict(reversed(list(rules.channels.items())))
    assert rules.model_copy(update={"channels": reversed_channels}).digest == rules.digest
    assert rules.model_copy(update={"machine_seconds": 6.0}).digest != rules.digest


@pytest.mark.parametrize(
    ("channels", "field", "problem"),
    [
        ("{fax: {kind: silent}}", "channels.fax", "'fax' is none of"),
        ("{email: {kind: letter}}", "channels.email.kind", "message"),
        ("{email: {kind: message, exposure: [seen]}}", "channels.email.exposure.0", "'seen' is none of"),
        ("{email: {kind: message, response: {opened: 1}}}", "channels.email", "needs exposure"),
        ("{email: {kind: message, exposure: [sent]}}", "channels.email", "needs response"),
        ("{email: {kind: message, exposure: [sent], response: {opened: 2}}}", "channels.email.response.opened", "1"),
        ("{email: {kind: message, exposure: [sent], response: {opened: 1}, phrase: x}}", "channels.email", "twice"),
        ("{website: {kind: visit, exposure: [sent]}}", "channels.website", "leave exposure out"),
        ("{mail: {kind: silent, exposure: [sent]}}", "channels.mail", "neither"),
        ("{}", "channels", "at least 1"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_field(tmp_path: Path, channels: str, field: str, problem: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(f"name: mine\nchannels: {channels}\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        ChannelRules.load(file)
    assert f"rules.yaml is not a table of channel rules: {field}" in str(told.value)
    assert problem in str(told.value)
