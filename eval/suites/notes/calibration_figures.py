"""Whether the probabilities of statements mean what they say."""

from __future__ import annotations

from collections.abc import Sequence

from ...results import Figure, ItemSet, Reliability
from ..reliability import Forecasts, calibration_figures, reliability_curve
from .scored_note import ScoredNote


def statement_calibration(
    suite: str, items: ItemSet, notes: Sequence[ScoredNote]
) -> tuple[list[Figure], list[Reliability]]:
    """Of statements claimed; and of every topic and polarity, claimed or not, where probabilities are known."""
    figures: list[Figure] = []
    curves: list[Reliability] = []
    for forecasts in (_of_claims(notes), _of_topics(notes)):
        if len(forecasts.probabilities):
            figures += calibration_figures(suite, items, forecasts)
            curves.append(reliability_curve(suite, items, forecasts))
    return figures, curves


def _of_claims(notes: Sequence[ScoredNote]) -> Forecasts:
    return Forecasts.of(
        "statements claimed",
        (
            (claim.probability, (claim.topic, claim.polarity) in note.true, row)
            for row, note in enumerate(notes)
            for claim in note.annotation.statements
        ),
    )


def _of_topics(notes: Sequence[ScoredNote]) -> Forecasts:
    return Forecasts.of(
        "every topic and polarity",
        (
            (probability, topic in note.true, row)
            for row, note in enumerate(notes)
            for topic, probability in note.probabilities.items()
        ),
    )
