"""Labelled notes as texts to learn from: redacted, with the marked words where they are then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...embeddings.tagging import TaggedSpan, TaggedText, TagScheme
from ...errors import InputError
from ...prompts import POLARITIES, Taxonomy
from ..triage import Redacted, triage_texts
from .gold import GoldNote
from .model import flag_label, statement_label, use_labels
from .statement import HOLDERS, STATUSES, USES

_OF_THE_TAXONOMY = "the taxonomy's examples"
_MANY_BRANDS = 10
"""From so many brands on, whole brands are held out to calibrate on, not only physicians."""


def use_columns(scheme: TagScheme) -> frozenset[int]:
    """The labels that tell how far the brand is used; none where the scheme lacks them."""
    return frozenset(scheme.labels.index(label) for label in use_labels() if label in scheme.labels)


def use_texts(notes: Sequence[GoldNote], scheme: TagScheme, group_of: Callable[[GoldNote], str]) -> list[TaggedText]:
    """Notes that were asked for the use of the brand alone."""
    unasked = frozenset(range(len(scheme.labels))) - use_columns(scheme)
    found = []
    for note, triaged in zip(notes, triage_texts([note.text for note in notes]), strict=True):
        redacted = triaged.redacted
        spans: tuple[TaggedSpan, ...] = ()
        if note.use is not None:
            column = scheme.labels.index(use_labels()[USES.index(note.use.use)])
            spans = (TaggedSpan(column, *_place(note.text, note.use.evidence, redacted.to_redacted)),)
        found.append(TaggedText(redacted.text, spans, group_of(note), unasked=unasked))
    return found


def tagged_notes(notes: Sequence[GoldNote], scheme: TagScheme, group_of: Callable[[GoldNote], str]) -> list[TaggedText]:
    """Notes that were asked for everything but the use of the brand.

    Raises:
        InputError: a note names a channel that there is not.
    """
    column = {label: number for number, label in enumerate(scheme.labels)}
    unasked = use_columns(scheme)
    return [
        _tagged(note, triaged.redacted, column, group_of(note), unasked)
        for note, triaged in zip(notes, triage_texts([note.text for note in notes]), strict=True)
    ]


def groups(notes: Sequence[GoldNote]) -> Callable[[GoldNote], str]:
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


def tagged_examples(taxonomy: Taxonomy, scheme: TagScheme) -> list[TaggedText]:
    """The taxonomy's own examples, as statements that hold now and are the physician's."""
    column = {label: number for number, label in enumerate(scheme.labels)}
    plain = (STATUSES.index("current"), HOLDERS.index("hcp"))
    return [
        TaggedText(
            example,
            (TaggedSpan(column[statement_label(topic.id, polarity)], 0, len(example), plain),),
            _OF_THE_TAXONOMY,
            unasked=use_columns(scheme),
        )
        for topic in taxonomy.topics
        for polarity in POLARITIES
        for example in topic.examples.of(polarity)
        if statement_label(topic.id, polarity) in column
    ]
