"""Whether what is found is asserted as it was said: holds now, is over, or is a guess; and in whose view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ....inference.insights import Statement
from ....inference.insights.gold import GoldStatement
from ....inference.insights.statement import HOLDERS, STATUSES
from ....prompts import POLARITIES
from ...metrics import COUNTED_SHARE, Floats
from ...results import Confusion
from ..measures import Measure
from .scored_note import ScoredNote

Found = Sequence[Sequence[tuple[Statement, GoldStatement]]]


def assertion_measures(notes: Sequence[ScoredNote]) -> list[Measure]:
    """Accuracy of status and holder over claims whose topic and polarity are right, beside that of the commonest."""
    found = [note.found() for note in notes]
    status = Counter(label.status for pairs in found for _, label in pairs)
    holder = Counter(label.holder for pairs in found for _, label in pairs)
    columns = {
        "assertion accuracy": [[c.status == t.status and c.holder == t.holder for c, t in pairs] for pairs in found],
        "status accuracy": [[c.status == t.status for c, t in pairs] for pairs in found],
        "holder accuracy": [[c.holder == t.holder for c, t in pairs] for pairs in found],
    }
    for name, counts in (("status", status), ("holder", holder)):
        for commonest, _ in counts.most_common(1):
            columns[f"{name} accuracy if always {commonest}"] = [
                [getattr(label, name) == commonest for _, label in pairs] for pairs in found
            ]
    note = "of claims whose topic and polarity are right"
    return [
        Measure(metric, COUNTED_SHARE, _shares(hits), concerned=True, note=note) for metric, hits in columns.items()
    ]


def _shares(hits: Sequence[Sequence[bool]]) -> Floats:
    return np.asarray([(sum(of_note), len(of_note)) for of_note in hits], dtype=np.float64).reshape(-1, 2)


def confusions(suite: str, notes: Sequence[ScoredNote]) -> tuple[Confusion, ...]:
    """Status and holder of what was found, and polarity of the topics that were."""
    pairs = [pair for note in notes for pair in note.found()]
    return (
        _confusion(
            suite, "status, where topic and polarity are right", STATUSES, [(t.status, c.status) for c, t in pairs]
        ),
        _confusion(
            suite, "holder, where topic and polarity are right", HOLDERS, [(t.holder, c.holder) for c, t in pairs]
        ),
        _confusion(suite, "polarity, where the topic is right", POLARITIES, _polarities(notes)),
    )


def _polarities(notes: Sequence[ScoredNote]) -> list[tuple[str, str]]:
    """Polarity of each labelled topic that was claimed: as labelled, and as claimed (the right one, if both were)."""
    pairs = []
    for note in notes:
        for topic, polarity in sorted(note.true):
            claims = sorted(claim for name, claim in note.claimed if name == topic)
            if claims:
                pairs.append((polarity, polarity if polarity in claims else claims[0]))
    return pairs


def _confusion(suite: str, name: str, labels: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Confusion:
    counts = Counter(pairs)
    rows = tuple(tuple(counts[true, claimed] for claimed in labels) for true in labels)
    return Confusion(suite, name, tuple(labels), rows)
