"""What a company decides about eligibility: approved statuses, frequency caps, what holds promotion, rules of its own.

A YAML file; what it leaves out stays as it is by default:

    name: my-eligibility
    approved_statuses: [approved, approved for use]
    caps:
      - {per: module, at_most: 4, days: 30}
      - {per: channel, channels: [email, messaging], at_most: 2, days: 7}
    holds: [adverse_event, off_label]
    rules:
      - block: {physician.country: FR, channel: congress}
        reason: no congress content in France
      - when: {module.brand: Zelvanta}
        allow_only: {physician.tier: [A, B]}
        reason: the first wave is tiers A and B
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ...prompts.yaml_files import load_yaml, parse_yaml
from ..records.nearest import did_you_mean
from ..records.schemas import CHANNELS, FLAG_KINDS
from .user_rules import UserRule

APPROVED_STATUSES = ("approved", "approved for use", "approved for distribution")
"""What review systems call content that may go to physicians; "approved for production" may not yet."""

_WHAT = "table of eligibility settings"


def _channel(value: str) -> str:
    if value not in CHANNELS:
        raise ValueError(f"{value!r} is no channel{did_you_mean(value, CHANNELS)}: use {', '.join(CHANNELS)}")
    return value


def _flag_kind(value: str) -> str:
    if value not in FLAG_KINDS:
        raise ValueError(f"{value!r} is no kind of flag{did_you_mean(value, FLAG_KINDS)}: use {', '.join(FLAG_KINDS)}")
    return value


class FrequencyCap(BaseModel):
    """How much is enough: what was reached `at_most` times in the last `days` days, `as_of` included, rests.

    `per` module: showings of the module through any of the channels, which rests there. `per` channel: contacts through
    each channel by itself, which rests for all modules. Without `channels` it holds for every channel.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    per: Literal["module", "channel"]
    at_most: Annotated[int, Field(ge=0)]
    days: Annotated[int, Field(ge=1)]
    channels: tuple[Annotated[str, AfterValidator(_channel)], ...] = ()


CAPS = (
    FrequencyCap(per="module", at_most=4, days=30),
    FrequencyCap(per="channel", at_most=8, days=30, channels=("email", "messaging", "phone", "mail")),
)


class EligibilitySettings(BaseModel):
    """What may be configured of the rules in `eligibility`; the rest of them cannot be switched off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "default"
    approved_statuses: Annotated[tuple[str, ...], Field(min_length=1)] = APPROVED_STATUSES
    caps: tuple[FrequencyCap, ...] = CAPS
    holds: tuple[Annotated[str, AfterValidator(_flag_kind)], ...] = ("adverse_event",)
    """Kinds of flags that stop all promotion of their brand to their physician while they are open."""
    rules: tuple[UserRule, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what the settings say."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @classmethod
    def load(cls, path: Path | str) -> EligibilitySettings:
        """Read a user's YAML; raises InputError that names the file and the field."""
        return load_yaml(cls, path, _WHAT)

    @classmethod
    def from_yaml(cls, text: str, *, where: str) -> EligibilitySettings:
        """Parse YAML text; `where` names it in errors."""
        return parse_yaml(cls, text, where=where, what=_WHAT)
