"""Which modules may be shown to a physician: exact rules, checked again at every query.

What is unknown blocks. A module without countries, language, audiences or channels fits nobody; one without
`approved_at` is not approved yet and one without `expires_at` has expired. A physician without country, language or
specialty is fitted by no module. A module without claims or must-use assets has none that could be unapproved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ..records.catalogue import Module
from ..records.schemas import CHANNELS

Reason = Literal[
    "status",
    "expired",
    "not_yet_approved",
    "claim",
    "asset",
    "country",
    "language",
    "audience",
    "channel",
    "consent",
    "fatigue",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""In the order in which they are told: a module that fails several rules is counted under the first."""

APPROVED = "approved"
Mask = NDArray[np.bool_]

_NEVER_APPROVED = date.max.toordinal()
_LONG_EXPIRED = 0
_COUNTRY_ALIASES = {"uk": "gb", "usa": "us"}


@dataclass(frozen=True)
class FatigueRule:
    """A module shown more than `limit` times in the last `window_days` days, `as_of` included, rests."""

    window_days: int = 30
    limit: int = 3


@dataclass(frozen=True)
class Physician:
    """What eligibility needs to know: attributes (None where unknown), open channels and recent showings.

    `open_channels` are those through which the physician may be contacted (see `consent`); `recently_shown` counts
    showings by module id within the window of the fatigue rule.
    """

    hcp_id: str
    specialty: str | None = None
    country: str | None = None
    language: str | None = None
    open_channels: frozenset[str] = frozenset()
    recently_shown: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Eligibility:
    """The verdict on n modules: who is blocked by what, and the channels (n, len(CHANNELS)) that remain."""

    blocked: Mapping[Reason, Mask]
    usable_channels: Mask

    @property
    def eligible(self) -> NDArray[np.int64]:
        """Rows of the modules that no rule blocks, ascending."""
        return np.flatnonzero(~np.any(list(self.blocked.values()), axis=0)).astype(np.int64)

    def reason(self, row: int) -> Reason | None:
        """The first rule that blocks a module, None where it is eligible."""
        return next((reason for reason in REASONS if self.blocked[reason][row]), None)


class EligibilityRules:
    """The rules over a fixed list of modules, as arrays: a check costs a few vector operations."""

    def __init__(self, modules: Sequence[Module], fatigue: FatigueRule | None = None) -> None:
        self._module_ids = [module.module_id for module in modules]
        self._fatigue = fatigue or FatigueRule()
        statuses = [normalised(module.status) for module in modules]
        self._expired_status = np.array([status == "expired" for status in statuses], dtype=bool)
        self._status = np.array([status not in (APPROVED, "expired") for status in statuses], dtype=bool)
        self._claim = np.array([not _claims_approved(module) for module in modules], dtype=bool)
        self._asset = np.array([not _assets_approved(module) for module in modules], dtype=bool)
        self._approved_at = _ordinals([module.approved_at for module in modules], missing=_NEVER_APPROVED)
        self._expires_at = _ordinals([module.expires_at for module in modules], missing=_LONG_EXPIRED)
        self._countries = _Membership([module.countries for module in modules], _country)
        self._audiences = _Membership([module.audiences for module in modules], normalised)
        self._languages = [module.language for module in modules]
        self._channels = _channel_matrix(modules)

    def check(self, physician: Physician, as_of: date, channel: str | None = None) -> Eligibility:
        """Apply all rules; without `channel` any channel that the module allows and consent leaves open will do.

        A module is valid from `approved_at` to `expires_at`, both days included.
        """
        day = as_of.toordinal()
        open_channels = np.array([name in physician.open_channels for name in CHANNELS])
        allowed = self._channels & np.array([channel in (None, name) for name in CHANNELS])
        usable = allowed & open_channels
        shown = np.array([physician.recently_shown.get(module_id, 0) for module_id in self._module_ids], dtype=np.int64)
        blocked: dict[Reason, Mask] = {
            "status": self._status,
            "expired": self._expired_status | (self._expires_at < day),
            "not_yet_approved": self._approved_at > day,
            "claim": self._claim,
            "asset": self._asset,
            "country": ~self._countries.of(physician.country),
            "language": np.array([not _same_language(language, physician.language) for language in self._languages]),
            "audience": ~self._audiences.of(physician.specialty),
            "channel": ~allowed.any(axis=1),
            "consent": allowed.any(axis=1) & ~usable.any(axis=1),
            "fatigue": shown > self._fatigue.limit,
        }
        return Eligibility({reason: mask.astype(bool) for reason, mask in blocked.items()}, usable)


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


def normalised(value: str) -> str:
    """One spelling for "Internal Medicine", "internal-medicine" and "internal_medicine"."""
    return "_".join(value.casefold().replace("-", " ").replace("_", " ").split())


def _country(value: str) -> str:
    code = normalised(value)
    return _COUNTRY_ALIASES.get(code, code)


def _same_language(module: str | None, physician: str | None) -> bool:
    """Tags agree as far as both go: "de" fits "de-AT", but "pt-BR" does not fit "pt-PT"."""
    if not module or not physician:
        return False
    return all(one == other for one, other in zip(_subtags(module), _subtags(physician), strict=False))


def _subtags(language: str) -> list[str]:
    return normalised(language).split("_")


def _claims_approved(module: Module) -> bool:
    return all(normalised(claim.status) == APPROVED for claim in module.claims)


def _assets_approved(module: Module) -> bool:
    """Every must-use asset is there, and approved wherever it is listed."""
    present = {asset.asset_id for asset in module.assets}
    unapproved = {asset.asset_id for asset in module.assets if normalised(asset.status) != APPROVED}
    return all(asset_id in present and asset_id not in unapproved for asset_id in module.must_use)


def _ordinals(days: Sequence[date | None], *, missing: int) -> NDArray[np.int64]:
    return np.array([missing if day is None else day.toordinal() for day in days], dtype=np.int64)


def _channel_matrix(modules: Sequence[Module]) -> Mask:
    matrix = np.zeros((len(modules), len(CHANNELS)), dtype=bool)
    for row, module in enumerate(modules):
        allowed = {normalised(channel) for channel in module.channels}
        matrix[row] = [channel in allowed for channel in CHANNELS]
    return matrix
