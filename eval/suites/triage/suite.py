"""The triage suite: what flags and redaction lose, and what they raise in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ....inference.insights import Annotator, GoldNote, InsightModel, is_label_model
from ....inference.insights.learned_from import redacted_digests
from ...datasets import drawn_notes, read_note_files, read_personal_data
from ...gold_data import NOTES, gold_notes
from ..joining import joined
from ..measured_files import file_digests, passed_over, synthetic_notices
from ..measures import parts_of
from ..note_items import note_items
from ..seen_texts import seen_by_model
from ..suite import Findings, MissingDataError, SuiteContext
from .flag_figures import flag_figures
from .harmless_figures import harmless_figures
from .personal_data_figures import ITEMS as SENTENCES
from .personal_data_figures import personal_data_figures, sentence_items, unmeasured_notices
from .redaction_figures import redaction_figures
from .triage_examples import triage_examples
from .triaged_note import TriagedNote, triaged_notes

SUITE = "triage"
ITEMS = "triaged notes"

_REDACTION = (
    "rules, which are not trained, and a network that was trained on the corpus and the notes for redaction alone"
)
_RULES = (
    "rules, whose vocabulary was written with notes_a and notes_b of the shipped benchmark in view, and with the "
    "totals of its timelines, and fitted on the corpus, and models trained on the corpus alone; notes_a and notes_b "
    "calibrated the flags"
)
_KNOWN = (
    "{:,} of {:,} notes are known to the model that raises flags, which learned from them or was calibrated on them: "
    "the part 'model=new to the model' is without them"
)
_IN_VIEW, _NOT_IN_VIEW = "written with these notes in view", "written without these notes in view"


def triage_suite(data: Path, context: SuiteContext) -> Findings:
    """Measure flags and redaction of labelled notes, and redaction of sentences with typed personal data.

    Args:
        data: a JSONL file of labelled notes, or a folder of such files; a JSON file of sentences, or a folder with such
            files or with a folder `pii` of them.
        context: the model that raises flags beside the rules, and where progress is told.

    Raises:
        MissingDataError: there is neither.
        InputError: a damaged file.
    """
    notes, sentences = read_note_files(data, "flags", "phi"), read_personal_data(data)
    found = []
    drawn = drawn_notes(notes.notes)
    if drawn.notes:
        model = _insight_model(context)
        with context.reporter.stage("triage", len(drawn.notes), "notes") as done:
            triaged = triaged_notes(drawn.notes, Annotator(model))
            done(len(triaged))
        found.append(triage_findings(triaged, _known(drawn.notes, model), drawn.weights))
    if sentences.texts:
        items = sentence_items(sentences.texts)
        figures = personal_data_figures(SUITE, items, sentences.texts)
        unmeasured = unmeasured_notices(SUITE, sentences.texts)
        found.append(Findings(tuple(figures), (items,), scored_by={SENTENCES: _REDACTION}, notices=unmeasured))
    if not found:
        raise MissingDataError(
            f"{data} holds no notes with labelled flags or identifiers (note_id, text, flags, phi), and no sentences "
            "with personal data (full_text, spans)"
        )
    measured = (*notes.files, *sentences.files)
    skipped = passed_over(SUITE, (*notes.skipped, *sentences.skipped), measured)
    notices = (*drawn.notices, *synthetic_notices(drawn.notes), *skipped)
    return joined([*found, Findings((), data=file_digests(measured), notices=notices)])


def _insight_model(context: SuiteContext) -> InsightModel:
    """The model to measure, or the one that ships where that answers with other labels."""
    if context.model is not None and is_label_model(context.model):
        return InsightModel.default()
    return InsightModel.named(context.model, context.encoder_folder)


def _known(notes: Sequence[GoldNote], model: InsightModel) -> list[bool]:
    texts, owners, brands = zip(*((note.text, note.hcp_id, note.brand) for note in notes), strict=True)
    return [bool(known) for known in seen_by_model(texts, owners, brands, model)]


def triage_findings(
    notes: Sequence[TriagedNote], known: Sequence[bool] = (), weights: Mapping[str, float] | None = None
) -> Findings:
    """Everything that is measured of triaged notes, whatever triaged them.

    Args:
        notes: at least one.
        known: whether the model that raises flags learned from each note, or was calibrated on it; none if empty.
        weights: as in DrawnNotes.
    """
    items = note_items(ITEMS, [note.note for note in notes], weights)
    in_view = set(redacted_digests([note.text for note in gold_notes(*NOTES)]))
    seen = [digest in in_view for digest in redacted_digests([note.note.text for note in notes])]
    parts = parts_of(
        items,
        rules=[_IN_VIEW if one else _NOT_IN_VIEW for one in seen],
        model=["known to the model" if one else "new to the model" for one in known]
        or ["new to the model"] * len(notes),
    )
    figures = tuple(
        figure
        for measured in (flag_figures, harmless_figures, redaction_figures)
        for figure in measured(SUITE, items, notes, parts)
    )
    examples = tuple(triage_examples(SUITE, notes))
    notices = (_KNOWN.format(sum(known), len(notes)),) if any(known) else ()
    return Findings(figures, (items,), examples=examples, scored_by={ITEMS: _RULES}, notices=notices)
