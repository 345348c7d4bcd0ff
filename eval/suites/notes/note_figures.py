"""Everything that is measured of scored notes, whoever scored them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..measures import figures, parts_of
from ..note_items import note_items
from ..suite import Findings
from .assertion_figures import assertion_measures, confusions
from .calibration_figures import statement_calibration
from .evidence_figures import evidence_measures
from .note_examples import note_examples
from .scored_note import ScoredNote
from .statement_figures import figures_by_topic, macro_statement_figures, statement_measures

ITEMS = "notes"


def note_findings(suite: str, notes: Sequence[ScoredNote], weights: Mapping[str, float] | None = None) -> Findings:
    """Figures of all notes, of those of each brand and of each way of scoring; curves, confusions and examples.

    `weights` are as in DrawnNotes.
    """
    items = note_items(ITEMS, [scored.note for scored in notes], weights)
    measures = [*statement_measures(notes), *assertion_measures(notes), *evidence_measures(notes)]
    parts = parts_of(
        items,
        scored=[scored.scored for scored in notes],
        brand=[scored.note.brand or "none" for scored in notes],
    )
    calibration, curves = statement_calibration(suite, items, notes)
    return Findings(
        figures=(
            *figures(suite, items, measures, parts),
            *macro_statement_figures(suite, items, notes, parts),
            *figures_by_topic(suite, items, notes),
            *calibration,
        ),
        item_sets=(items,),
        reliability=tuple(curves),
        confusions=confusions(suite, notes),
        examples=tuple(note_examples(suite, notes)),
    )
