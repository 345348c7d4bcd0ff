"""Training the insight model from labelled notes and the taxonomy's own examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from ...embeddings.loading import load_encoder, window_tagger
from ...embeddings.tagging import TaggedText, TagOptions
from ...errors import InputError
from ...prompts import Taxonomy
from .distillation import lessons
from .gold import GoldNote
from .gold_texts import groups, tagged_examples, tagged_notes, use_texts
from .learned_from import learned_digests
from .model import ENGLISH, InsightModel, insight_scheme, label_families, use_labels
from .open_topics import fit_open_curves

VERSION = "2.8.1"
_FEWEST_STATEMENTS = 5
"""A topic with fewer labelled statements is not trained for."""
_TIMES_OF_USE = 3
"""How often a note counts that is labelled with the use of the brand alone: there are few of them."""
_USES_COUNT = 3.0
"""How much it counts in training whether a note tells a use: few labels stand against many, and stages hang on them."""
_NOTES_FOR_CURVES = 1000


def train_insights(
    notes: Sequence[GoldNote],
    taxonomy: Taxonomy,
    encoder: Path | None = None,
    options: TagOptions | None = None,
    *,
    validation: Sequence[GoldNote] = (),
    teacher: InsightModel | None = None,
    unlabelled: Sequence[str] = (),
    languages: Sequence[str] = (),
    seen: Callable[[int, int], None] = lambda texts, of: None,
) -> InsightModel:
    """Train a model; calibrated and thresholded on other notes, else on physicians (of many brands: brands) held out.

    Args:
        notes: labelled notes; those with `insights` train statements, channels and flags, those with `use` (which may
            be None) how far the brand is used, and a note may have both.
        taxonomy: its topics; its examples are learned from too.
        encoder: folder of the encoder whose transformer is trained; the default encoder's if None.
        options: of the training; those suited to the encoder if None. The same input and seed give the same model.
        validation: labelled notes that it is calibrated on and that choose its thresholds; nothing else of them is
            learned. The closer to the notes to be read, the better.
        teacher: a stronger model, from whose reading it learns in the end.
        unlabelled: texts that only the teacher labels.
        languages: codes of the languages besides English that the notes are in and the encoder reads.
        seen: told after every step how many texts were seen, of how many in all.

    Raises:
        InputError: a note names a topic that the taxonomy lacks, or there are fewer than two physicians, or no
            topic has five labelled statements, or the groups held out leave nothing to learn from, or the teacher has
            other topics.
    """
    from ...embeddings.tagging.fitting import fit_tagger

    of_use = [note for note in notes if "use" in note.model_fields_set]
    notes = [note for note in notes if "insights" in note.model_fields_set or "use" not in note.model_fields_set]
    if not validation and len({note.hcp_id for note in notes}) < 2:
        raise InputError("training needs labelled notes of at least two physicians: one is held out to calibrate")
    scheme = insight_scheme(_trainable(notes, taxonomy, validation), uses=bool(of_use))
    options = options or TagOptions.suited_to(encoder)
    group_of = groups([*notes, *of_use])
    known, held_out = _divided(
        tagged_notes(notes, scheme, group_of),
        use_texts(of_use, scheme, group_of),
        tagged_notes(validation, scheme, group_of),
        options.seed,
    )
    texts = known + tagged_examples(taxonomy, scheme)
    trained = fit_tagger(
        texts,
        scheme,
        encoder,
        label_families(scheme),
        options,
        held_out=held_out,
        lessons=lessons(texts, unlabelled, scheme, teacher) if teacher else (),
        label_weights=[_USES_COUNT if label in use_labels() else 1.0 for label in scheme.labels],
        shared=True,
        trained_on=learned_digests([*notes, *validation, *of_use], unlabelled),
        seen=seen,
    )
    curves = fit_open_curves(notes[:: max(1, len(notes) // _NOTES_FOR_CURVES)], taxonomy, load_encoder(encoder))
    read = (ENGLISH, *(language for language in languages if language != ENGLISH))
    model = InsightModel(taxonomy, VERSION, trained, window_tagger(trained, encoder), curves, languages=read)
    return model.for_taxonomy(taxonomy, encoder)


def _divided(
    notes: Sequence[TaggedText], uses: Sequence[TaggedText], validation: Sequence[TaggedText], seed: int
) -> tuple[list[TaggedText], list[TaggedText]]:
    """What is learned, notes of use several times, and what is held out to calibrate on: no group is in both.

    Raises:
        InputError: no notes are left to learn from.
    """
    from ...embeddings.tagging.fitting import held_out_groups

    aside = held_out_groups([text.group for text in uses], seed)
    if not validation:
        aside |= held_out_groups([text.group for text in notes], seed)
    learned = [text for text in notes if text.group not in aside]
    if not learned:
        raise InputError("all labelled notes are of physicians held out to calibrate on: label notes of others, too")
    held_out = list(validation) or [text for text in notes if text.group in aside]
    held_out += [text for text in uses if text.group in aside]
    return learned + [text for text in uses if text.group not in aside] * _TIMES_OF_USE, held_out


def _trainable(notes: Sequence[GoldNote], taxonomy: Taxonomy, validation: Sequence[GoldNote]) -> list[str]:
    """The topics with labelled statements enough; the others are read from their description and examples alone.

    Raises:
        InputError: a note names a topic that the taxonomy lacks.
    """
    if nameless := next((note for note in (*notes, *validation) if "insights" not in note.model_fields_set), None):
        raise InputError(f"note {nameless.note_id} has no field insights: what it states is not labelled")
    counts = Counter(statement.topic for note in notes for statement in note.insights)
    named = counts.keys() | {statement.topic for note in validation for statement in note.insights}
    if unknown := sorted(named - set(taxonomy.ids)):
        raise InputError(f"the labelled notes name the topic {unknown[0]!r}, which the taxonomy lacks")
    trainable = [topic for topic in taxonomy.ids if counts[topic] >= _FEWEST_STATEMENTS]
    if not trainable:
        raise InputError(f"no topic has {_FEWEST_STATEMENTS} labelled statements: label more notes")
    return trainable
