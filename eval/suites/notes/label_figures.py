"""Everything that is measured of texts with labels of anybody's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....inference.triage import find_identifiers
from ...datasets import group_of
from ...metrics import F1, claim_counts
from ...results import Example, Figure, ItemSet, measured
from ...results.figure import ALL
from ..black_out import blacked_out
from ..macro_figures import macro_figures
from ..measures import figures
from ..reliability import Forecasts, calibration_figures, reliability_curve
from ..set_figures import set_measures
from ..suite import Findings
from .label_scoring import ScoredText

ITEMS = "label texts"


def label_findings(suite: str, texts: Sequence[ScoredText]) -> Findings:
    """F1 over all labels and of each, calibration of every probability, and the texts that are not all right."""
    items = ItemSet(
        ITEMS, tuple(str(scored.text.id) for scored in texts), tuple(group_of(scored.text) for scored in texts)
    )
    claimed, true = [scored.claimed for scored in texts], [scored.true for scored in texts]
    labels = sorted(frozenset().union(*claimed, *true))
    parts = {ALL: range(len(items))}
    forecasts = Forecasts.of(
        "every label",
        (
            (probability, label in scored.true, row)
            for row, scored in enumerate(texts)
            for label, probability in scored.probabilities.items()
        ),
    )
    return Findings(
        figures=(
            *figures(suite, items, set_measures("label", claimed, true, concerned=False), parts),
            *macro_figures(suite, "label", items, claimed, true, parts),
            *_by_label(suite, items, texts, labels),
            *calibration_figures(suite, items, forecasts),
        ),
        item_sets=(items,),
        reliability=(reliability_curve(suite, items, forecasts),) if len(forecasts.probabilities) else (),
        examples=tuple(_examples(suite, texts)),
    )


def _by_label(suite: str, items: ItemSet, texts: Sequence[ScoredText], labels: Sequence[str]) -> Iterator[Figure]:
    """F1 of each label, on the texts where it is claimed or true."""
    for label in labels:
        rows = [row for row, scored in enumerate(texts) if label in scored.claimed | scored.true]
        counts = claim_counts(
            [texts[row].claimed & {label} for row in rows], [texts[row].true & {label} for row in rows]
        )
        yield measured(suite, "label F1", F1, items, counts, part=f"label={label}", rows=rows)


def _examples(suite: str, texts: Sequence[ScoredText]) -> Iterator[Example]:
    for scored in texts:
        sides = {
            "found": scored.claimed & scored.true,
            "missed": scored.true - scored.claimed,
            "false": scored.claimed - scored.true,
        }
        if sides["missed"] or sides["false"]:
            text = scored.text.text
            shown = blacked_out(text, [(found.start, found.end) for found in find_identifiers(text)])
            facts = tuple((side, ", ".join(sorted(labels))) for side, labels in sides.items() if labels)
            yield Example(suite, str(scored.text.id), group_of(scored.text), shown, (), facts)
