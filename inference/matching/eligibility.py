"""Which modules may be shown to a physician: exact rules, checked again at every query.

What is unknown blocks. A module without countries, language, audiences or channels fits nobody; one without
`approved_at` is not approved yet and one without `expires_at` has expired. A physician without country, language or
specialty is fitted by no module. A module without claims, texts or must-use assets has none that could be unapproved;
a claim, text or asset that has days of its own must be within them. Indications are compared where the module names one
by its id (a word without spaces) and the query asks for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ..records.catalogue import Asset, Claim, Module, Text
from ..records.schemas import CHANNELS
from .eligibility_settings import EligibilitySettings
from .frequency import Contact, FrequencyCaps
from .spelling import country_code, normalised, same_language
from .user_rules import RuleBook

Reason = Literal[
    "status",
    "expired",
    "not_yet_approved",
    "claim",
    "text",
    "asset",
    "country",
    "language",
    "audience",
    "indication",
    "channel",
    "consent",
    "frequency",
    "fatigue",
    "rule",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""In the order in which they are told: a module that fails several rules is counted under the first."""

Mask = NDArray[np.bool_]

_NEVER_APPROVED = date.max.toordinal()
_LONG_EXPIRED = 0
_EXPIRED = "expired"


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


@dataclass(frozen=True)
class Eligibility:
    """The verdict on n modules: who is blocked by what, and the channels (n, len(CHANNELS)) that remain.

    `rules` has the modules that each of the user's rules blocks, by the reason that the rule gives.
    """

    blocked: Mapping[Reason, Mask]
    usable_channels: Mask
    rules: Mapping[str, Mask] = field(default_factory=dict)

    @property
    def eligible(self) -> NDArray[np.int64]:
        """Rows of the modules that no rule blocks, ascending."""
        return np.flatnonzero(~np.any(list(self.blocked.values()), axis=0)).astype(np.int64)

    def reason(self, row: int) -> Reason | None:
        """The first rule that blocks a module, None where it is eligible."""
        return next((reason for reason in REASONS if self.blocked[reason][row]), None)

    def told(self, row: int) -> str | None:
        """The reason as it is told: its code, and for a user's rule what the rule says."""
        reason = self.reason(row)
        if reason != "rule":
            return reason
        return f"rule: {'; '.join(text for text, mask in self.rules.items() if mask[row])}"


class EligibilityRules:
    """The rules over a fixed list of modules, as arrays: a check costs a few vector operations."""

    def __init__(self, modules: Sequence[Module], settings: EligibilitySettings | None = None) -> None:
        settings = settings or EligibilitySettings()
        approved = frozenset(map(normalised, settings.approved_statuses))
        statuses = [normalised(module.status) for module in modules]
        self._expired_status = np.array([status == _EXPIRED for status in statuses], dtype=bool)
        self._status = np.array([status not in approved | {_EXPIRED} for status in statuses], dtype=bool)
        self._claims = _Parts([module.claims for module in modules], approved)
        self._texts = _Parts([module.texts for module in modules], approved)
        self._assets = _Parts([_must_use(module) for module in modules], approved)
        self._absent = np.array([bool(absent_assets(module)) for module in modules], dtype=bool)
        self._approved_at = _ordinals([module.approved_at for module in modules], missing=_NEVER_APPROVED)
        self._expires_at = _ordinals([module.expires_at for module in modules], missing=_LONG_EXPIRED)
        self._countries = _Membership([module.countries for module in modules], country_code)
        self._audiences = _Membership([module.audiences for module in modules], normalised)
        self._languages = _Languages([module.language for module in modules])
        self._indications = [indication_id(module.indication) for module in modules]
        self._channels = _channel_matrix(modules)
        self._caps = FrequencyCaps(settings.caps, [module.module_id for module in modules])
        self._rules = RuleBook(settings.rules, modules)
        self._nobody: Mask = np.zeros(len(modules), dtype=bool)

    def check(
        self, physician: Physician, as_of: date, channel: str | None = None, indication: str | None = None
    ) -> Eligibility:
        """Apply all rules; without `channel` any channel that the module allows and all rules leave will do.

        A module is valid from `approved_at` to `expires_at`, both days included.
        """
        day = as_of.toordinal()
        blocked: dict[Reason, Mask] = {
            "status": self._status,
            "expired": self._expired_status | (self._expires_at < day),
            "not_yet_approved": self._approved_at > day,
            "claim": self._claims.unusable(day),
            "text": self._texts.unusable(day),
            "asset": self._absent | self._assets.unusable(day),
            "country": ~self._countries.of(physician.country),
            "language": ~self._languages.of(physician.language),
            "audience": ~self._audiences.of(physician.specialty),
            "indication": self._other_indication(indication),
        }
        usable = self._channels & np.array([channel in (None, name) for name in CHANNELS])
        blocked["channel"] = ~usable.any(axis=1)
        caps = self._caps.check(physician.contacts, as_of)
        open_channels = np.array([name in physician.open_channels for name in CHANNELS])
        blocked["consent"], usable = _narrowed(usable, open_channels)
        blocked["frequency"], usable = _narrowed(usable, ~caps.channels)
        blocked["fatigue"], usable = _narrowed(usable, ~caps.modules)
        ruled_out = self._rules.blocked(physician)
        told = _by_text(ruled_out, usable)
        for _, mask in ruled_out:
            usable = np.logical_and(usable, ~mask)
        blocked["rule"] = np.any(list(told.values()), axis=0) & ~usable.any(axis=1) if told else self._nobody
        return Eligibility(blocked, usable, told)

    def _other_indication(self, asked_for: str | None) -> Mask:
        wanted = indication_id(asked_for)
        if wanted is None:
            return self._nobody
        return np.array([known not in (None, wanted) for known in self._indications], dtype=bool)


def _narrowed(usable: Mask, allowed: Mask) -> tuple[Mask, Mask]:
    """The modules that had a channel and have none left, and the channels left; (n,) and (n, len(CHANNELS))."""
    left: Mask = np.logical_and(usable, allowed)
    return np.logical_and(usable.any(axis=1), ~left.any(axis=1)), left


def _by_text(ruled_out: Iterable[tuple[str, Mask]], usable: Mask) -> dict[str, Mask]:
    """Modules (n,) of which a rule takes a channel that was left to them, by what the rules say."""
    told: dict[str, Mask] = {}
    for text, mask in ruled_out:
        touched = (usable & mask).any(axis=1)
        told[text] = np.logical_or(told.get(text, False), touched)
    return told


class _Parts:
    """Claims, texts or assets of each module: unusable where one is not approved or not within its days."""

    def __init__(self, parts: Sequence[Sequence[Claim | Text | Asset]], approved: frozenset[str]) -> None:
        self._unapproved = np.array(
            [any(normalised(part.status) not in approved for part in of_module) for of_module in parts], dtype=bool
        )
        begins = [[part.approved_at.toordinal() for part in some if part.approved_at] for some in parts]
        ends = [[part.expires_at.toordinal() for part in some if part.expires_at] for some in parts]
        self._begins = np.array([max(days, default=_LONG_EXPIRED) for days in begins], dtype=np.int64)
        self._ends = np.array([min(days, default=_NEVER_APPROVED) for days in ends], dtype=np.int64)

    def unusable(self, day: int) -> Mask:
        """(n,) on a day, as its ordinal."""
        return self._unapproved | (self._begins > day) | (self._ends < day)


class _Membership:
    """For each value the modules that list it."""

    def __init__(self, listed: Sequence[Iterable[str]], normalise: Callable[[str], str]) -> None:
        self._normalise = normalise
        self._nobody: Mask = np.zeros(len(listed), dtype=bool)
        self._members: dict[str, Mask] = {}
        for row, values in enumerate(listed):
            for value in values:
                self._members.setdefault(normalise(value), self._nobody.copy())[row] = True

    def of(self, value: str | None) -> Mask:
        """Mask of the modules that list the value; nobody lists an unknown one."""
        return self._nobody if not value else self._members.get(self._normalise(value), self._nobody)


class _Languages:
    """For each language of the modules those that are in it; few languages make many modules."""

    def __init__(self, languages: Sequence[str | None]) -> None:
        rows: dict[str | None, list[int]] = defaultdict(list)
        for row, language in enumerate(languages):
            rows[language].append(row)
        self._rows = dict(rows)
        self._count = len(languages)

    def of(self, language: str | None) -> Mask:
        """Mask of the modules that a reader of the language can read."""
        mask = np.zeros(self._count, dtype=bool)
        for known, rows in self._rows.items():
            if same_language(known, language):
                mask[rows] = True
        return mask


def indication_id(value: str | None) -> str | None:
    """The id of an indication in one spelling; None where it is unknown or told in words."""
    return None if value is None or not value.strip() or len(value.split()) > 1 else normalised(value)


def absent_assets(module: Module) -> list[str]:
    """Ids of must-use assets that the module does not have."""
    present = {asset.asset_id for asset in module.assets}
    return [asset_id for asset_id in module.must_use if asset_id not in present]


def _must_use(module: Module) -> list[Asset]:
    """Every entry of an asset that must be used counts: one that is listed as approved and as withdrawn is not."""
    return [asset for asset in module.assets if asset.asset_id in module.must_use]


def _ordinals(days: Sequence[date | None], *, missing: int) -> NDArray[np.int64]:
    return np.array([missing if day is None else day.toordinal() for day in days], dtype=np.int64)


def _channel_matrix(modules: Sequence[Module]) -> Mask:
    matrix = np.zeros((len(modules), len(CHANNELS)), dtype=bool)
    for row, module in enumerate(modules):
        allowed = {normalised(channel) for channel in module.channels}
        matrix[row] = [channel in allowed for channel in CHANNELS]
    return matrix
