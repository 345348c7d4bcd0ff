"""What the catalogue says of each module, as arrays: for whom and when it may be shown, circumstances apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ..records.catalogue import Asset, Claim, Module, Text
from .channel_bits import Bits, bits_of
from .spelling import country_code, normalised, same_language

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


class ModuleRules:
    """The rules over a fixed list of n modules that depend on module, day and audience alone.

    Attributes:
        channels: (n,) the sets of channels that the modules are for.
    """

    def __init__(self, modules: Sequence[Module], approved_statuses: Iterable[str]) -> None:
        approved = frozenset(map(normalised, approved_statuses))
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
        self.channels: Bits = np.array(
            [bits_of(map(normalised, module.channels)) for module in modules], dtype=np.uint16
        )

    def blocked(
        self, day: date, country: str | None, language: str | None, specialty: str | None, indication: str | None
    ) -> Mapping[Reason, Mask]:
        """The modules (n,) that each rule blocks; valid from `approved_at` to `expires_at`, both days included."""
        ordinal = day.toordinal()
        return {
            "status": self._status,
            "expired": self._expired_status | (self._expires_at < ordinal),
            "not_yet_approved": self._approved_at > ordinal,
            "claim": self._claims.unusable(ordinal),
            "text": self._texts.unusable(ordinal),
            "asset": self._absent | self._assets.unusable(ordinal),
            "country": ~self._countries.of(country),
            "language": ~self._languages.of(language),
            "audience": ~self._audiences.of(specialty),
            "indication": self._other_indication(indication),
        }

    def _other_indication(self, asked_for: str | None) -> Mask:
        wanted = indication_id(asked_for)
        if wanted is None:
            return np.zeros(len(self._indications), dtype=bool)
        return np.array([known not in (None, wanted) for known in self._indications], dtype=bool)


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
