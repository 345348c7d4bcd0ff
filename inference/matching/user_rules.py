"""A company's own rules: conditions over fields of physician, module and channel, and the reason to tell.

A condition is a value, a list of values of which one must be there, `{none_of: […]}`, or for a date `{before: DAY}`,
`{after: DAY}`. All conditions of a rule must hold. What is unknown neither holds nor fails: `block` blocks unless a
condition is known to fail, `allow_only` lets through only what is known to hold. A country, language or channel that is
none is an error in a rule, and unknown in the data. Nothing in a rule is ever executed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator

from ..records.brands import brand_key
from ..records.catalogue import Module
from ..records.nearest import did_you_mean
from ..records.schemas import CHANNELS
from .channel_bits import Bits, packed
from .known_values import is_known, why_unknown
from .spelling import country_code, normalised, same_language

Truths = NDArray[np.int8]
"""-1 known not to hold, 0 unknown, 1 known to hold."""

PHYSICIAN_FIELDS = ("hcp_id", "specialty", "country", "language", "region", "segment", "tier")
MODULE_FIELDS = (
    *("module_id", "brand", "status", "approval_id", "indication", "language"),
    *("countries", "channels", "audiences", "must_use", "approved_at", "expires_at"),
)
CHANNEL_FIELD = "channel"
"""The channel through which the module would go."""
FIELDS = (
    *(f"physician.{name}" for name in PHYSICIAN_FIELDS),
    *(f"module.{name}" for name in MODULE_FIELDS),
    CHANNEL_FIELD,
)
_DATES = ("module.approved_at", "module.expires_at")
_FAILS, _UNKNOWN, _HOLDS = -1, 0, 1


def _texts(value: object) -> object:
    """A value or a list of them as texts; YAML reads an unquoted NO, the country, as a boolean."""
    values = value if isinstance(value, list | tuple) else [value]
    for item in values:
        if isinstance(item, bool):
            raise ValueError(f"{'yes' if item else 'no'} is read as a truth value: write it in quotes, such as 'NO'")
        if not isinstance(item, str | int | date):
            raise ValueError(f"{item!r} is no text")
    return tuple(str(item) for item in values)


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Condition(BaseModel):
    """What one field must be; a plain value or list is `any_of`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    any_of: Texts | None = None
    none_of: Texts | None = None
    before: date | None = None
    after: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_values(cls, value: object) -> object:
        return value if isinstance(value, dict | Condition) else {"any_of": value}

    @model_validator(mode="after")
    def _asks_something(self) -> Condition:
        if not self.model_fields_set:
            raise ValueError("is empty: give a value, a list, none_of, before or after")
        return self


def _known_fields(conditions: Mapping[str, Condition]) -> Mapping[str, Condition]:
    for field, condition in conditions.items():
        if field not in FIELDS:
            raise ValueError(f"unknown field {field!r}{did_you_mean(field, FIELDS)}: one of {', '.join(FIELDS)}")
        asks_for_days = condition.before is not None or condition.after is not None
        if asks_for_days and field not in _DATES:
            raise ValueError(f"before and after are for {' and '.join(_DATES)}, not for {field}")
        for value in (*(condition.any_of or ()), *(condition.none_of or ())):
            _require_known(field, value)
    return conditions


def _require_known(field: str, value: str) -> None:
    if field == CHANNEL_FIELD and value not in CHANNELS:
        raise ValueError(f"unknown channel {value!r}{did_you_mean(value, CHANNELS)}")
    wrong = why_unknown(field.split(".")[-1], value)
    if wrong is not None:
        raise ValueError(f"{field}: {wrong}")


Conditions = Annotated[Mapping[str, Condition], AfterValidator(_known_fields)]


class UserRule(BaseModel):
    """Blocks what fits `block`, or, of what fits `when`, all that does not fit `allow_only`; `reason` is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    block: Conditions | None = None
    when: Conditions | None = None
    allow_only: Conditions | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> UserRule:
        if bool(self.block) == bool(self.allow_only):
            raise ValueError("needs conditions under block or under allow_only, and not both")
        if self.block and self.when:
            raise ValueError("when goes with allow_only; put all conditions of a block under block")
        return self


class RuleBook:
    """The rules over a fixed list of modules: what they say of modules and channels is worked out once.

    Attributes:
        physician_fields: the fields of a physician that the rules look at.
    """

    def __init__(self, rules: Sequence[UserRule], modules: Sequence[Module]) -> None:
        self._rules = [
            (
                rule,
                _Conjunction(rule.block or rule.allow_only or {}, modules),
                _Conjunction(rule.when or {}, modules),
            )
            for rule in rules
        ]
        looked_at = {name for _, *both in self._rules for each in both for name in each.physician_fields}
        self.physician_fields = tuple(sorted(looked_at))

    def blocked(self, physician: Mapping[str, str | None]) -> dict[str, Bits]:
        """What the rules take from each module (n,) for a physician with these fields, by the reason they give."""
        found: dict[str, Bits] = {}
        for rule, conditions, when in self._rules:
            truth = conditions.truth(physician)
            if rule.block:
                taken = packed(truth > _FAILS)
            else:
                taken = packed((when.truth(physician) > _FAILS) & (truth < _HOLDS))
            found[rule.reason] = found[rule.reason] | taken if rule.reason in found else taken
        return found


class _Conjunction:
    """Conditions that must all hold (Kleene's three values: the least of them)."""

    def __init__(self, conditions: Mapping[str, Condition], modules: Sequence[Module]) -> None:
        self._of_physician = {
            field.removeprefix("physician."): condition
            for field, condition in conditions.items()
            if field.startswith("physician.")
        }
        self._truth: Truths = np.full((len(modules), len(CHANNELS)), _HOLDS, dtype=np.int8)
        for field, condition in conditions.items():
            if field == CHANNEL_FIELD:
                told = [_truth(field, condition, (name,)) for name in CHANNELS]
                self._truth = np.minimum(self._truth, np.array(told, dtype=np.int8)[None, :])
            elif field.startswith("module."):
                name = field.removeprefix("module.")
                told = [_truth(name, condition, _values(getattr(module, name))) for module in modules]
                self._truth = np.minimum(self._truth, np.array(told, dtype=np.int8).reshape(-1, 1))

    @property
    def physician_fields(self) -> frozenset[str]:
        """The fields of a physician that they look at."""
        return frozenset(self._of_physician)

    def truth(self, physician: Mapping[str, str | None]) -> Truths:
        """What is known of every module and channel for the physician, (modules, len(CHANNELS))."""
        told = [_truth(name, condition, _values(physician[name])) for name, condition in self._of_physician.items()]
        return np.minimum(self._truth, np.int8(min(told, default=_HOLDS)))


def _values(value: Any) -> tuple[Any, ...]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, tuple) else (value,)


def _truth(name: str, condition: Condition, values: Sequence[Any]) -> int:
    if not values:
        return _UNKNOWN
    day = values[0] if isinstance(values[0], date) else None
    told = [
        _HOLDS if condition.any_of is None else _is_listed(name, values, condition.any_of),
        _HOLDS if condition.none_of is None else -_is_listed(name, values, condition.none_of),
        _HOLDS if condition.before is None or (day is not None and day < condition.before) else _FAILS,
        _HOLDS if condition.after is None or (day is not None and day > condition.after) else _FAILS,
    ]
    return min(told)


def _is_listed(name: str, values: Sequence[Any], listed: Sequence[str]) -> int:
    """Whether one of the values is on the list: a value that says nothing known may be."""
    known = [value for value in values if is_known(name, value)]
    if any(_same(name, value, one) for value in known for one in listed):
        return _HOLDS
    return _UNKNOWN if len(known) < len(values) else _FAILS


def _same(name: str, value: Any, wanted: str) -> bool:
    if name in ("country", "countries"):
        return country_code(value) == country_code(wanted)
    if name == "language":
        return same_language(value, wanted)
    if name == "brand":
        return normalised(brand_key(value)) == normalised(brand_key(wanted))
    return normalised(str(value)) == normalised(wanted)
