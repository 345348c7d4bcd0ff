"""How right a language model is about the labels that the insight model is unsure of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....inference.assist import Adjudicator
from ....inference.assist.fitting import answers_of
from ....inference.insights import Annotator, GoldNote, InsightModel
from ...metrics import AUC, SHARE, Floats, Formula, means
from ...results import Figure, ItemSet, measured
from ..suite import Findings

ITEMS = "notes: questions to the language model"


def answer_findings(
    suite: str, notes: Sequence[GoldNote], model: InsightModel, adjudicator: Adjudicator, scored_by: str
) -> Findings:
    """A question is a label of a note; what was answered already is not asked again.

    An answer is right if it is more of a yes than of a no where the label is right, and the other way round. The area
    under the curve tells right labels from wrong ones, by the answers and by the insight model alone.
    """
    annotator = Annotator(model)
    read = annotator.read([note.text for note in notes], [note.brand for note in notes])
    candidates = adjudicator.candidates(read)
    if not candidates:
        return Findings((), notices=("there was nothing to ask the language model about",))
    answered = answers_of(notes, read, candidates, model.statement_labels, adjudicator)
    items = ItemSet(
        ITEMS,
        tuple(f"{notes[each.row].note_id} {model.statement_labels[each.column]}" for each in candidates),
        tuple(notes[each.row].hcp_id for each in candidates),
    )
    number = {candidate: place for place, candidate in enumerate(candidates)}
    rows = [number[candidate] for candidate in answered.candidates]

    def figure(metric: str, formula: Formula, statistics: Floats) -> Figure:
        return measured(suite, metric, formula, items, statistics, rows=rows)

    figures = [
        measured(
            suite, "questions answered", SHARE, items, means(np.isin(np.arange(len(items)), rows).astype(np.float64))
        )
    ]
    if rows:
        right = (answered.answers > 0) == answered.truth
        figures += [
            figure("answers right", SHARE, means(right.astype(np.float64))),
            figure("AUC of answers", AUC, np.column_stack([answered.answers, answered.truth])),
            figure("AUC of the insight model where it asks", AUC, np.column_stack([answered.heads, answered.truth])),
        ]
    return Findings(tuple(figures), (items,), scored_by={ITEMS: scored_by})
