"""What counts as an exposure and what as a response in each channel, read from YAML.

The table that ships is `channel_rules.yaml`, which says what each field means. A user's own has the same shape; the
channels that it names are counted by it, all others by the table that ships:

    name: my-rules
    channels:
      webinar:
        kind: invitation
        exposure: [sent]
        response: {attended: 1, registered: 0.25}
        phrase: attended {} of {} webinars
        partly: registered for {} more
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ...prompts.yaml_files import load_yaml, parse_yaml
from ..records.schemas import ACTIONS, CHANNELS

_WHAT = "table of channel rules"


def _one_of(choices: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"{value!r} is none of {', '.join(choices)}")
        return value

    return AfterValidator(check)


Action = Annotated[str, _one_of(ACTIONS)]
Worth = Annotated[float, Field(gt=0.0, le=1.0)]


class ChannelRule(BaseModel):
    """How one channel is counted; `channel_rules.yaml` says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["message", "invitation", "meeting", "visit", "silent"]
    exposure: tuple[Action, ...] = ()
    response: Mapping[Action, Worth] = Field(default_factory=dict)
    phrase: str = ""
    partly: str = "answered {} more in part"

    @model_validator(mode="after")
    def _is_whole(self) -> ChannelRule:
        if self.kind == "silent":
            if self.exposure or self.response:
                raise ValueError("a silent channel has neither exposure nor response")
            return self
        if self.kind == "visit" and self.exposure:
            raise ValueError("of a channel that one visits each month is an exposure: leave exposure out")
        if self.kind != "visit" and not self.exposure:
            raise ValueError("needs exposure: the actions that give an occasion to respond")
        if not self.response:
            raise ValueError("needs response: what each action is worth as an answer")
        if self.phrase.count("{}") != 2 or self.partly.count("{}") != 1:
            raise ValueError("phrase has {} twice, for responses and exposures, and partly once")
        return self


class ChannelRules(BaseModel):
    """The rule of every channel, and how soon an open is a machine's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    machine_seconds: float = Field(default=5.0, ge=0.0)
    scanner_seconds: float = Field(default=60.0, ge=0.0)
    channels: Mapping[Annotated[str, _one_of(CHANNELS)], ChannelRule] = Field(min_length=1)

    @property
    def digest(self) -> str:
        """SHA-256 of what the rules say; the order of channels plays no part."""
        channels = {channel: self.channels[channel] for channel in sorted(self.channels)}
        return hashlib.sha256(self.model_copy(update={"channels": channels}).model_dump_json().encode()).hexdigest()

    @classmethod
    def default(cls) -> ChannelRules:
        """The table that ships."""
        return _default()

    @classmethod
    def load(cls, path: Path | str) -> ChannelRules:
        """A user's YAML, over the table that ships; raises InputError that names the file and the field."""
        return load_yaml(cls, path, _WHAT)._over_default()

    @classmethod
    def from_yaml(cls, text: str, *, where: str) -> ChannelRules:
        """Parse YAML text, over the table that ships; `where` names it in errors."""
        return parse_yaml(cls, text, where=where, what=_WHAT)._over_default()

    def _over_default(self) -> ChannelRules:
        return self.model_copy(update={"channels": {**_default().channels, **self.channels}})


@lru_cache(maxsize=1)
def _default() -> ChannelRules:
    text = files(__package__).joinpath("channel_rules.yaml").read_text(encoding="utf-8")
    return parse_yaml(ChannelRules, text, where="channel_rules.yaml", what=_WHAT)
