"""Training the insight model from labelled notes and the taxonomy's own examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...embeddings.loading import load_encoder, window_tagger
from ...embeddings.tagging import TaggedSpan, TaggedText, TagOptions, TagScheme
from ...errors import InputError
from ...prompts import POLARITIES, Taxonomy
from ..records.schemas import FLAG_KINDS
from ..triage import Redacted, triage_texts
from .distillation import lessons
from .gold import GoldNote
from .learned_from import physician_digest, redacted_digests
from .model import ENGLISH, InsightModel, flag_label, insight_scheme, statement_label, use_labels
from .open_topics import fit_open_curves
from .statement import HOLDERS, STATUSES, USES

VERSION = "2.8.0"
_OF_THE_TAXONOMY = "the taxonomy's examples"
_FEWEST_STATEMENTS = 5
"""A topic with fewer labelled statements is not trained for."""
_TIMES_OF_USE = 3
"""How often a note counts that is labelled with the use of the brand alone: there are few of them."""
_USES_COUNT = 3.0
"""How much it counts in training whether a note tells a use: few labels stand against many, and stages hang on them."""
_NOTES_FOR_CURVES = 1000
_MANY_BRANDS = 10
"""From so many brands on, whole brands are held out to calibrate on, not only physicians."""


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
    group_of = _groups([*notes, *of_use])
    known, held_out = _divided(
        _tagged_notes(notes, scheme, group_of),
        _use_texts(of_use, scheme, group_of),
        _tagged_notes(validation, scheme, group_of),
        options.seed,
    )
    texts = known + _tagged_examples(taxonomy, scheme)
    learned = [note.text for note in (*notes, *validation, *of_use)]
    trained_on = frozenset(redacted_digests([*learned, *unlabelled]))
    trained_on |= {physician_digest(note.hcp_id, note.brand) for note in (*notes, *validation, *of_use)}
    trained = fit_tagger(
        texts,
        scheme,
        encoder,
        _families(scheme),
        options,
        held_out=held_out,
        lessons=lessons(texts, unlabelled, scheme, teacher) if teacher else (),
        label_weights=[_USES_COUNT if label in use_labels() else 1.0 for label in scheme.labels],
        shared=True,
        trained_on=trained_on,
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


def _families(scheme: TagScheme) -> list[NDArray[np.intp]]:
    """Columns that share a calibration curve: statements, channels, adverse events, the other flags, uses.

    Adverse events are more frequent than the other flags, and a probability of them stops promotion.
    """
    harms = scheme.labels.index(flag_label("adverse_event"))
    after_flags = harms + len(FLAG_KINDS)
    columns = np.split(np.arange(len(scheme.labels)), [scheme.chosen, harms, harms + 1, after_flags])
    return [family for family in columns if len(family)]


def _use_columns(scheme: TagScheme) -> frozenset[int]:
    return frozenset(scheme.labels.index(label) for label in use_labels() if label in scheme.labels)


def _use_texts(notes: Sequence[GoldNote], scheme: TagScheme, group_of: Callable[[GoldNote], str]) -> list[TaggedText]:
    """Notes that were asked for the use of the brand alone."""
    unasked = frozenset(range(len(scheme.labels))) - _use_columns(scheme)
    found = []
    for note, triaged in zip(notes, triage_texts([note.text for note in notes]), strict=True):
        redacted = triaged.redacted
        spans: tuple[TaggedSpan, ...] = ()
        if note.use is not None:
            column = scheme.labels.index(use_labels()[USES.index(note.use.use)])
            spans = (TaggedSpan(column, *_place(note.text, note.use.evidence, redacted.to_redacted)),)
        found.append(TaggedText(redacted.text, spans, group_of(note), unasked=unasked))
    return found


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


def _tagged_notes(
    notes: Sequence[GoldNote], scheme: TagScheme, group_of: Callable[[GoldNote], str]
) -> list[TaggedText]:
    column = {label: number for number, label in enumerate(scheme.labels)}
    unasked = _use_columns(scheme)
    return [
        _tagged(note, triaged.redacted, column, group_of(note), unasked)
        for note, triaged in zip(notes, triage_texts([note.text for note in notes]), strict=True)
    ]


def _groups(notes: Sequence[GoldNote]) -> Callable[[GoldNote], str]:
    """What notes are held out by: the brand where there are many, else the physician."""
    if len({note.brand for note in notes}) >= _MANY_BRANDS:
        return lambda note: f"brand {note.brand}"
    return lambda note: f"physician {note.hcp_id}"


def _tagged(
    note: GoldNote, redacted: Redacted, column: dict[str, int], group: str, unasked: frozenset[int]
) -> TaggedText:
    spans = []
    for statement in note.insights:
        label = column.get(statement_label(statement.topic, statement.polarity))
        if label is None:
            continue  # a topic with too few examples to train on
        choices = (STATUSES.index(statement.status), HOLDERS.index(statement.holder))
        spans.append(TaggedSpan(label, *_place(note.text, statement.evidence, redacted.to_redacted), choices))
    for preference in note.channel_preferences:
        label = column.get(f"{preference.channel}.{preference.stance}")
        if label is None:
            raise InputError(f"note {note.note_id} names the channel {preference.channel!r}, which there is not")
        spans.append(TaggedSpan(label, *_place(note.text, preference.evidence, redacted.to_redacted)))
    for flag in note.flags:
        spans.append(TaggedSpan(column[flag_label(flag.kind)], *_place(note.text, flag.evidence, redacted.to_redacted)))
    return TaggedText(redacted.text, tuple(spans), group, unasked=unasked)


def _place(text: str, evidence: str, to_redacted: Callable[[int, int], tuple[int, int]]) -> tuple[int, int]:
    start = text.index(evidence)
    return to_redacted(start, start + len(evidence))


def _tagged_examples(taxonomy: Taxonomy, scheme: TagScheme) -> list[TaggedText]:
    column = {label: number for number, label in enumerate(scheme.labels)}
    plain = (STATUSES.index("current"), HOLDERS.index("hcp"))
    return [
        TaggedText(
            example,
            (TaggedSpan(column[statement_label(topic.id, polarity)], 0, len(example), plain),),
            _OF_THE_TAXONOMY,
            unasked=_use_columns(scheme),
        )
        for topic in taxonomy.topics
        for polarity in POLARITIES
        for example in topic.examples.of(polarity)
        if statement_label(topic.id, polarity) in column
    ]
