"""Whether a new period is like the old one, aspect by aspect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...embeddings import Encoder
from ...errors import GateMissedError
from .aspect import Aspect, Verdict
from .calibration import Truths, calibration_drift
from .confidence import confidence_drift
from .embeddings import embedding_drift
from .labels import compared_kinds, label_drift
from .mix import mix_drift
from .period import Period
from .texts import text_drift
from .thresholds import SIGNIFICANCE
from .vocabulary import vocabulary_drift

Look = Callable[[float], Aspect]
"""Looks at one aspect at a level of significance."""


@dataclass(frozen=True)
class Drift:
    """What was compared, what came of each aspect, and what a reader must know."""

    old: str
    new: str
    aspects: tuple[Aspect, ...]
    notices: tuple[str, ...]

    @property
    def drifted(self) -> list[str]:
        """Names of the aspects that drifted."""
        return [aspect.name for aspect in self.aspects if aspect.verdict == "drifted"]

    @property
    def verdict(self) -> Verdict:
        """Drifted if any aspect is; too few to say only if that holds of every one."""
        if self.drifted:
            return "drifted"
        return "stable" if any(aspect.verdict == "stable" for aspect in self.aspects) else "too few to say"

    def aspect(self, name: str) -> Aspect:
        """The aspect of that name; KeyError where it was not looked at."""
        return {aspect.name: aspect for aspect in self.aspects}[name]

    def require_stable(self) -> None:
        """Raise GateMissedError where an aspect drifted."""
        if self.drifted:
            raise GateMissedError(f"{self.new} has drifted from {self.old}: {', '.join(self.drifted)}")


def measure_drift(old: Period, new: Period, *, encoder: Encoder | None = None, truths: Truths | None = None) -> Drift:
    """Compare two periods in every aspect that both have something of.

    Args:
        old: what the new period is held against.
        new: the period in question.
        encoder: turns notes into vectors; None leaves embeddings out.
        truths: labels of both periods; None leaves calibration out.
    """
    looks = _looks(old, new, encoder, truths)
    level = SIGNIFICANCE / len(looks)
    notices = (*old.notices, *new.notices, *(truths.notices if truths else ()), *_left_out(old, new, truths))
    return Drift(old.name, new.name, tuple(look(level) for look in looks), notices)


def _looks(old: Period, new: Period, encoder: Encoder | None, truths: Truths | None) -> list[Look]:
    looks: list[Look] = [lambda level: mix_drift(old, new, level)]
    if old.has_texts and new.has_texts:
        looks += [lambda level: text_drift(old, new, level), lambda level: vocabulary_drift(old, new, level)]
        if encoder is not None:
            looks.append(lambda level: embedding_drift(old, new, encoder, level))
    if compared_kinds(old, new):
        looks.append(lambda level: label_drift(old, new, level))
    if _has_probabilities(old) and _has_probabilities(new):
        looks.append(lambda level: confidence_drift(old, new, level))
        if truths is not None:
            looks.append(lambda level: calibration_drift(old, new, truths, level))
    return looks


def _left_out(old: Period, new: Period, truths: Truths | None) -> Iterator[str]:
    for period in (old, new):
        if not period.has_texts:
            yield f"{period.name} holds no texts: text, vocabulary and embeddings are not compared"
        if not compared_kinds(period, period):
            yield f"{period.name} holds nothing read out of its notes: labels and confidence are not compared"
        elif not _has_probabilities(period):
            yield f"{period.name} holds no probabilities: confidence is not compared"
        if truths is not None and not _has_probabilities(period):
            yield f"{period.name} holds no probabilities to hold against the labels given: calibration is not compared"


def _has_probabilities(period: Period) -> bool:
    return any(claim.probability is not None for claim in period.statements or ())
