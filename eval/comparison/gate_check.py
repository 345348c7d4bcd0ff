"""Gates held against a result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from ...errors import GateMissedError, InputError
from ..metrics import apart, interval_text, number
from ..results import ALL, Figure, Result
from .comparison import Comparison
from .differences import Difference
from .gates import DEFAULT, Bound, Gates

GateKind = Literal["minimum", "maximum", "regression", "require"]
_ROUNDING = 1e-9
_END = {"minimum": "lower", "maximum": "upper"}
_RELATION = {
    ("minimum", True): "at least",
    ("minimum", False): "below the minimum",
    ("maximum", True): "at most",
    ("maximum", False): "above the maximum",
}


@dataclass(frozen=True)
class GateOutcome:
    """One gate: of what kind, on which figure, whether it was passed, and in one sentence why."""

    kind: GateKind
    key: str
    passed: bool
    sentence: str


@dataclass(frozen=True)
class GateReport:
    """Every gate's outcome, and what could not be held against anything."""

    outcomes: tuple[GateOutcome, ...]
    unchecked: tuple[str, ...] = ()

    @property
    def missed(self) -> tuple[GateOutcome, ...]:
        """The gates that were not passed."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    def require_passed(self) -> None:
        """Raise GateMissedError with a sentence for each gate that was missed."""
        if self.missed:
            sentences = "".join(f"\n  {outcome.sentence}" for outcome in self.missed)
            raise GateMissedError(f"{len(self.missed)} of {len(self.outcomes)} gates missed:{sentences}")


def check_gates(gates: Gates, result: Result, comparison: Comparison | None = None) -> GateReport:
    """Hold gates against a result, and its regression gates against the comparison with an old one.

    Raises:
        InputError: a gate names a figure that there is not, or a regression of one that has no better direction; or
            there are regression gates and no comparison.
    """
    gates.require_old(comparison)
    figures = {figure.key: figure for figure in result.figures}
    outcomes = [
        *(_minimum(_known(figures, key, "minimum"), bound) for key, bound in gates.minimum.items()),
        *(_maximum(_known(figures, key, "maximum"), bound) for key, bound in gates.maximum.items()),
        *(_required(figures, key) for key in gates.require),
    ]
    if not gates.regression or comparison is None:
        return GateReport(tuple(outcomes))
    outcomes += _regressions(gates, comparison)
    unchecked = _not_under_default(gates, comparison) if DEFAULT in gates.regression else ()
    return GateReport(tuple(outcomes), tuple(unchecked))


def _known(figures: dict[str, Figure], key: str, kind: GateKind) -> Figure:
    if key not in figures:
        raise InputError(f"the {kind} gate on {key!r} names no figure of the result{_near(key, list(figures))}")
    return figures[key]


def _near(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key, known, n=3, cutoff=0.5)
    return f"; near it: {', '.join(map(repr, near))}" if near else f"; it has {', '.join(known[:10])} …"


def _minimum(figure: Figure, bound: Bound) -> GateOutcome:
    reached = figure.estimate.low if bound.confident else figure.estimate.value
    passed = reached is not None and reached >= bound.value - _ROUNDING  # NaN is not
    return _bounded("minimum", figure, bound, reached, passed)


def _maximum(figure: Figure, bound: Bound) -> GateOutcome:
    reached = figure.estimate.high if bound.confident else figure.estimate.value
    passed = reached is not None and reached <= bound.value + _ROUNDING
    return _bounded("maximum", figure, bound, reached, passed)


def _bounded(kind: GateKind, figure: Figure, bound: Bound, reached: float | None, passed: bool) -> GateOutcome:
    rests_on = f"(n = {figure.estimate.items:,}, {figure.estimate.clusters:,} clusters)"
    if reached is None:
        what = f"has no interval: too few to say whether the {kind} {bound.value:g} holds"
    elif math.isnan(reached):
        what = f"is not defined, so the {kind} {bound.value:g} is missed"
    else:
        value, limit = apart(reached, bound.value)
        subject = f"has {value} as the {_END[kind]} end of its interval" if bound.confident else f"is {value}"
        what = f"{subject}, {_RELATION[kind, passed]} {limit}"
    return GateOutcome(kind, figure.key, passed, f"{figure.key} {what} {rests_on}")


def _required(figures: dict[str, Figure], key: str) -> GateOutcome:
    if key not in figures:
        return GateOutcome("require", key, False, f"{key} was not measured{_near(key, list(figures))}")
    value = figures[key].estimate.value
    if math.isnan(value):
        return GateOutcome("require", key, False, f"{key} was measured but is not defined")
    return GateOutcome("require", key, True, f"{key} was measured: {number(value)}")


def _regressions(gates: Gates, comparison: Comparison) -> Iterator[GateOutcome]:
    found = {difference.key: difference for difference in comparison.differences}
    for key, allowed in gates.regression.items():
        if key != DEFAULT:
            yield _regression(_comparable(found, key), allowed)
    if DEFAULT in gates.regression:
        yield from _default_regressions(gates, comparison, gates.regression[DEFAULT])


def _comparable(found: dict[str, Difference], key: str) -> Difference:
    if key not in found:
        raise InputError(f"the regression gate on {key!r} names no figure of both results{_near(key, list(found))}")
    if found[key].better == "neither":
        raise InputError(f"the regression gate on {key!r} cannot be held: neither direction of it is better")
    return found[key]


def _default_regressions(gates: Gates, comparison: Comparison, allowed: float) -> Iterator[GateOutcome]:
    for difference in _under_default(gates, comparison):
        if difference.items and not math.isnan(difference.old):
            yield _regression(difference, allowed)
    for figure in comparison.only_old:
        if figure.suite in _suites(comparison) and figure.part == ALL and figure.better != "neither":
            yield GateOutcome("regression", figure.key, False, f"{figure.key} is no longer measured")


def _under_default(gates: Gates, comparison: Comparison) -> list[Difference]:
    return [
        difference
        for difference in comparison.differences
        if difference.part == ALL and difference.better != "neither" and difference.key not in gates.regression
    ]


def _not_under_default(gates: Gates, comparison: Comparison) -> Iterator[str]:
    """What the default does not reach: suites that were not run, figures without common items."""
    run = _suites(comparison)
    for suite in dict.fromkeys(figure.suite for figure in comparison.only_old):
        if suite not in run:
            yield f"the regression of suite {suite}, which the new result did not run"
    for difference in _under_default(gates, comparison):
        if difference.why_untested:
            yield f"the regression of {difference.key}: {difference.why_untested}"


def _suites(comparison: Comparison) -> set[str]:
    return {found.suite for found in comparison.differences} | {figure.suite for figure in comparison.only_new}


def _regression(difference: Difference, allowed: float) -> GateOutcome:
    key, loss = difference.key, difference.loss
    change = f"{number(difference.old)} → {number(difference.new, [difference.old])}{_left_out(difference)}"
    if math.isnan(loss):
        gone = math.isnan(difference.new)
        sentence = f"{key} is not defined in the {'new' if gone else 'old'} result ({change})"
        return GateOutcome("regression", key, not gone, sentence)
    if loss <= 0:
        return GateOutcome("regression", key, True, f"{key} did not become worse ({change})")
    passed = loss <= allowed + _ROUNDING
    shown, limit = apart(loss, allowed)
    relation = f"within the {limit} allowed" if passed else f"more than the {limit} allowed; "
    sentence = f"{key} became worse by {shown} ({change}), {relation}"
    return GateOutcome("regression", key, passed, sentence + ("" if passed else _certainty(difference, allowed)))


def _left_out(difference: Difference) -> str:
    """A loss must not hide behind items that the new system no longer answers."""
    count = difference.new_abstains
    return f", without {count:,} items that the new system has no value for" if count else ""


def _certainty(difference: Difference, allowed: float) -> str:
    """Whether the interval of the loss lies beyond what is allowed, or the excess may be chance."""
    if difference.low is None or difference.high is None:
        return difference.why_untested or "too few clusters to say whether that is chance"
    low, high = difference.low, difference.high
    ends = (-high, -low) if difference.better == "higher" else (low, high)
    interval = f"the 95 % interval of the loss, {interval_text(*ends, [difference.loss], sign=True)},"
    if ends[0] > allowed:
        return f"{interval} excludes what is allowed"
    return f"{interval} includes what is allowed: it may be chance"
