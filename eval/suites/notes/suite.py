"""The notes suite: how right what is read out of single texts is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ....errors import InputError
from ....inference.insights import GoldNote, InsightModel, is_label_model, load_label_model
from ...datasets import LabelFiles, NoteFiles, drawn_notes, read_label_files, read_note_files
from ..joining import joined
from ..measured_files import file_digests, passed_over, synthetic_notices
from ..suite import Findings, MissingDataError, SuiteContext
from .answer_figures import answer_findings
from .label_figures import ITEMS as LABEL_ITEMS
from .label_figures import label_findings
from .label_scoring import score_by_cross_fitting, score_by_model
from .note_figures import ITEMS as NOTE_ITEMS
from .note_figures import note_findings
from .note_scoring import score_notes
from .reading_speed import reading_speed

SUITE = "notes"


def notes_suite(data: Path, context: SuiteContext) -> Findings:
    """Measure statements of labelled notes and labels of labelled texts, by models that never saw them.

    Args:
        data: a JSONL file of labelled notes, or of texts with labels (CSV too), or a folder of such files.
        context: its model reads either notes or texts; without one, notes are read by the model that ships and texts by
            linear heads cross-fitted on them.

    Raises:
        MissingDataError: there is nothing that the model reads, or nothing that it has not seen.
        InputError: a damaged file.
    """
    notes, texts = read_note_files(data, "insights"), read_label_files(data)
    own_labels = context.model is not None and is_label_model(context.model)
    if context.assistance and own_labels:
        raise InputError(f"--llm reads call notes, and {context.model} labels other texts")
    if context.assistance and not notes.notes:
        raise InputError(f"--llm reads call notes, and {data} holds none")
    found: list[Findings] = []
    measured: list[Path] = []
    if notes.notes and not own_labels:
        found.append(_of_notes(notes, context))
        measured += notes.files
    if texts.texts and (own_labels or context.model is None):
        found.append(_of_texts(texts, context))
        measured += texts.files
    if not found:
        raise MissingDataError(_nothing(data, context, notes, texts))
    given = (*notes.files, *notes.skipped, *texts.files, *texts.skipped)
    return joined([*found, Findings((), notices=passed_over(SUITE, given, measured))])


def _of_notes(files: NoteFiles, context: SuiteContext) -> Findings:
    model = InsightModel.named(context.model, context.encoder_folder)
    drawn = drawn_notes(files.notes)
    scored = score_notes(drawn.notes, model, context)
    found = note_findings(SUITE, scored.notes, drawn.weights)
    speed = reading_speed(SUITE, [found.note for found in scored.notes], model)
    answers = _of_answers([found.note for found in scored.notes], model, context, scored.scored_by)
    unread = sum(note.annotation.unread is not None for note in scored.notes)
    notices = [*drawn.notices, *scored.notices, *synthetic_notices(drawn.notes)]
    if unread:
        notices.append(f"{unread:,} notes are in a language that is not read: their statements count as missed")
    of_notes = replace(
        found,
        figures=(*found.figures, speed),
        data=file_digests(files.files),
        scored_by={NOTE_ITEMS: scored.scored_by},
        notices=tuple(notices),
    )
    return joined([of_notes, answers])


def _of_answers(notes: Sequence[GoldNote], model: InsightModel, context: SuiteContext, scored_by: str) -> Findings:
    """What a language model answers, if one adjudicates."""
    adjudicator = context.assistance.adjudicator(model) if context.assistance else None
    return answer_findings(SUITE, notes, model, adjudicator, scored_by) if adjudicator else Findings(())


def _of_texts(files: LabelFiles, context: SuiteContext) -> Findings:
    if context.model:
        scored = score_by_model(files.texts, load_label_model(context.model, context.encoder_folder))
    else:
        scored = score_by_cross_fitting(files.texts, context)
    return replace(
        label_findings(SUITE, scored.texts),
        data=file_digests(files.files),
        scored_by={LABEL_ITEMS: scored.scored_by},
        notices=scored.notices,
    )


def _nothing(data: Path, context: SuiteContext, notes: NoteFiles, texts: LabelFiles) -> str:
    if context.model and notes.notes:
        return f"{data} holds labelled notes, but {context.model} is a model of your own labels: give texts with labels"
    if context.model and texts.texts:
        return f"{data} holds texts with labels, but {context.model} reads notes: give a model trained on such labels"
    return f"{data} holds no labelled notes (note_id, text, insights) and no texts with labels (id, text, labels)"
