"""Which modules may be shown to a physician: exact rules, checked again at every query.

What is unknown blocks. A module without countries, language, audiences or channels fits nobody; one without
`approved_at` is not approved yet and one without `expires_at` has expired. A physician without country, language or
specialty is fitted by no module. A module without claims, texts or must-use assets has none that could be unapproved;
a claim, text or asset that has days of its own must be within them. Indications are compared where the module names one
by its id (a word without spaces) and the query asks for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..records.catalogue import Module
from .channel_bits import BIT, EVERY_CHANNEL, Bits, bits_of, names_of, unpacked
from .channel_choice import ChannelChoice
from .eligibility_settings import EligibilitySettings
from .frequency import Contact, FrequencyCaps, Rested
from .module_rules import REASONS, Mask, ModuleRules, Reason
from .user_rules import RuleBook

_AUDIENCES_KEPT = 256
_ELIGIBLE = -1
_CODES: dict[Reason, int] = {reason: code for code, reason in enumerate(REASONS)}


@dataclass(frozen=True)
class Physician:
    """What eligibility needs to know: attributes (None where unknown), open channels and contacts so far.

    `open_channels` are those through which the physician may be contacted (see `consent`); `contacts` are all that are
    known, whenever they were (see `frequency`).
    """

    hcp_id: str
    specialty: str | None = None
    country: str | None = None
    language: str | None = None
    region: str | None = None
    segment: str | None = None
    tier: str | None = None
    open_channels: frozenset[str] = frozenset()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, eq=False)
class AudienceVerdict:
    """What the rules say of n modules for all physicians who are alike, before consent and contacts.

    Attributes:
        codes: (n,) the first rule that blocks, as its place in REASONS; -1 where none does.
        channels: (n,) sets of channels left, empty where a rule blocks.
        rules: by what the user's rules say, the channels (n,) that they take.
        rows: (m,) of the modules to which a channel is left, ascending.
        patterns: the distinct sets of channels left to them, ascending.
        members: (patterns, len(CHANNELS)) 1 where a pattern has the channel, 0 elsewhere.
        pattern_of: (m,) places in `patterns`.
    """

    codes: NDArray[np.int8]
    channels: Bits
    rules: Mapping[str, Bits]
    rows: NDArray[np.int64]
    patterns: Bits
    members: NDArray[np.float32]
    pattern_of: NDArray[np.intp]

    @cached_property
    def place_of(self) -> Mapping[int, int]:
        """The place in `rows` of each row that is there."""
        return {row: place for place, row in enumerate(self.rows.tolist())}


@dataclass(frozen=True, eq=False)
class Eligibility:
    """The verdict on n modules for one physician; `open_channels` are a set of those with consent."""

    audience: AudienceVerdict
    open_channels: int
    rested: Rested

    @property
    def open(self) -> int:
        """The set of channels that neither consent nor contacts close for all modules."""
        return self.open_channels & ~self.rested.channels & ~self.rested.all_modules

    @cached_property
    def tired(self) -> list[tuple[int, int]]:
        """Places in the audience's `rows` of modules that rest, each with the set of channels that do."""
        place_of = self.audience.place_of
        return [(place_of[row], channels) for row, channels in self.rested.modules.items() if row in place_of]

    @cached_property
    def channels(self) -> Bits:
        """(n,) the sets of channels through which each module may be shown; empty where it may not."""
        left = np.zeros_like(self.audience.channels)
        left[self.audience.rows] = channels_left([self])[0]
        return left

    @cached_property
    def eligible(self) -> NDArray[np.int64]:
        """Rows of the modules that no rule blocks, ascending."""
        return np.flatnonzero(self.channels).astype(np.int64)

    def usable_channels(self, row: int) -> frozenset[str]:
        """The channels through which a module may be shown."""
        return names_of(int(self.channels[row]))

    def reason(self, row: int) -> Reason | None:
        """The first rule that blocks a module, None where it is eligible."""
        code = int(self._codes[row])
        return None if code == _ELIGIBLE else REASONS[code]

    def told(self, row: int) -> str | None:
        """The reason as it is told: its code, and for a user's rule what the rule says."""
        reason = self.reason(row)
        if reason != "rule":
            return reason
        said = [text for text, taken in self.audience.rules.items() if taken[row] & self._unruled[row]]
        return f"rule: {'; '.join(said)}"

    def counted(self, rows: NDArray[np.int64]) -> Counter[str]:
        """How many of the modules are blocked, by the reason as it is told."""
        codes = self._codes[rows]
        counts = np.bincount(codes[codes != _ELIGIBLE], minlength=len(REASONS))
        told: Counter[str] = Counter({REASONS[code]: int(counts[code]) for code in np.flatnonzero(counts)})
        if told.pop("rule", 0):
            told.update(text for row in rows[codes == _CODES["rule"]] if (text := self.told(int(row))))
        return told

    @cached_property
    def _unruled(self) -> Bits:
        """Channels left before the user's rules."""
        left = self.audience.channels & np.uint16(self.open)
        for row, tired in self.rested.modules.items():
            left[row] &= ~np.uint16(tired)
        return left

    @cached_property
    def _codes(self) -> NDArray[np.int8]:
        audience = self.audience
        consented = audience.channels & np.uint16(self.open_channels)
        unused = consented & ~np.uint16(self.rested.channels)
        codes = np.where(self.channels == 0, np.int8(_CODES["rule"]), np.int8(_ELIGIBLE))
        codes[self._unruled == 0] = _CODES["fatigue"]
        codes[unused == 0] = _CODES["frequency"]
        codes[consented == 0] = _CODES["consent"]
        blocked = audience.codes != _ELIGIBLE
        codes[blocked] = audience.codes[blocked]
        return codes


def channels_left(verdicts: Sequence[Eligibility]) -> Bits:
    """The sets of channels (b, m) through which each of the audience's `rows` may be shown; empty where none.

    Args:
        verdicts: (b,) on physicians of one audience, at least one.
    """
    audience = verdicts[0].audience
    left: Bits = (audience.patterns & _open(verdicts)[:, None])[:, audience.pattern_of]
    for number, verdict in enumerate(verdicts):
        for place, channels in verdict.tired:
            left[number, place] &= ~np.uint16(channels)
    return left


def engagement(verdicts: Sequence[Eligibility], choices: Sequence[ChannelChoice], left: Bits) -> NDArray[np.float32]:
    """The chance (b, m) of the best of the channels `left` (b, m), see `channels_left`; 0 where none is."""
    audience = verdicts[0].audience
    chances = ChannelChoice.best_chances(choices, audience.members, _open(verdicts))[:, audience.pattern_of]
    for number, (verdict, choice) in enumerate(zip(verdicts, choices, strict=True)):
        for place, _ in verdict.tired:
            chances[number, place] = choice.best_chance(int(left[number, place]))
    return chances


def _open(verdicts: Sequence[Eligibility]) -> Bits:
    return np.array([verdict.open for verdict in verdicts], dtype=np.uint16)


class _Audience(NamedTuple):
    """What tells apart physicians to whom other rules apply, on a day and for what was asked."""

    day: date
    country: str | None
    language: str | None
    specialty: str | None
    indication: str | None
    channel: str | None
    ruled_by: tuple[str | None, ...]


class EligibilityRules:
    """The rules over a fixed list of modules, as arrays: a check costs a few vector operations.

    What holds for all physicians who are alike is worked out once. Safe to use from several threads.
    """

    def __init__(self, modules: Sequence[Module], settings: EligibilitySettings | None = None) -> None:
        settings = settings or EligibilitySettings()
        self._modules = ModuleRules(modules, settings.approved_statuses)
        self._caps = FrequencyCaps(settings.caps, [module.module_id for module in modules])
        self._rules = RuleBook(settings.rules, modules)
        self._verdict = lru_cache(maxsize=_AUDIENCES_KEPT)(self._audience_verdict)

    def check(
        self, physician: Physician, as_of: date, channel: str | None = None, indication: str | None = None
    ) -> Eligibility:
        """Apply all rules; without `channel` any channel that the module allows and all rules leave will do."""
        ruled_by = tuple(getattr(physician, name) for name in self._rules.physician_fields)
        alike = (physician.country, physician.language, physician.specialty)
        verdict = self._verdict(_Audience(as_of, *alike, indication, channel, ruled_by))
        return Eligibility(verdict, bits_of(physician.open_channels), self._caps.check(physician.contacts, as_of))

    def _audience_verdict(self, audience: _Audience) -> AudienceVerdict:
        blocked = self._modules.blocked(
            audience.day, audience.country, audience.language, audience.specialty, audience.indication
        )
        asked = np.uint16(BIT[audience.channel] if audience.channel else EVERY_CHANNEL)
        channels = self._modules.channels & asked
        codes = _first({**blocked, "channel": channels == 0}, len(channels))
        channels[codes != _ELIGIBLE] = 0
        rules = self._rules.blocked(dict(zip(self._rules.physician_fields, audience.ruled_by, strict=True)))
        left = channels
        for taken in rules.values():
            left = left & ~taken
        rows = np.flatnonzero(left).astype(np.int64)
        patterns, pattern_of = np.unique(left[rows], return_inverse=True)
        return AudienceVerdict(codes, channels, rules, rows, patterns, unpacked(patterns), pattern_of)


def _first(blocked: Mapping[Reason, Mask], count: int) -> NDArray[np.int8]:
    """(n,) the place in REASONS of the first rule that blocks each module, -1 where none does."""
    codes = np.full(count, _ELIGIBLE, dtype=np.int8)
    for reason in reversed(REASONS):
        if reason in blocked:
            codes[blocked[reason]] = _CODES[reason]
    return codes
