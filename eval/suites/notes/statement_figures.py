"""How right statements are: F1 by topic and polarity, in full, and by topic."""

from __future__ import annotations

from collections.abc import Sequence

from ...metrics import F1, MACRO_F1, SHARE, Floats, claim_counts, label_counts, precision_counts, recall_counts
from ...results import Figure, ItemSet, measured
from ..measures import Measure
from .scored_note import ScoredNote, topic_name


def statement_measures(notes: Sequence[ScoredNote]) -> list[Measure]:
    """F1 of statements as sets a note: what is claimed twice, or labelled twice, counts once."""
    claimed, true = [note.claimed for note in notes], [note.true for note in notes]
    counts = claim_counts(claimed, true)
    topics = sorted(frozenset().union(*claimed, *true))
    by_topic = claim_counts([{topic for topic, _ in c} for c in claimed], [{topic for topic, _ in t} for t in true])
    return [
        Measure("topic+polarity F1", F1, counts),
        Measure("topic+polarity precision", SHARE, precision_counts(counts)),
        Measure("topic+polarity recall", SHARE, recall_counts(counts)),
        Measure("topic+polarity macro F1", MACRO_F1, label_counts(claimed, true, topics)),
        Measure("topic F1", F1, by_topic),
        Measure("full statement F1", F1, _full_counts(notes), note="topic, polarity, status and holder"),
        Measure("channel preference F1", F1, _channel_counts(notes), concerned=True, note="channel and stance"),
    ]


def figures_by_topic(suite: str, items: ItemSet, notes: Sequence[ScoredNote]) -> list[Figure]:
    """F1 of each topic and polarity, on the notes where it is claimed or true."""
    claimed, true = [note.claimed for note in notes], [note.true for note in notes]
    found = []
    for topic in sorted(frozenset().union(*claimed, *true)):
        rows = [row for row in range(len(notes)) if topic in claimed[row] | true[row]]
        counts = claim_counts([claimed[row] & {topic} for row in rows], [true[row] & {topic} for row in rows])
        part = f"topic={topic_name(topic)}"
        found.append(measured(suite, "topic+polarity F1", F1, items, counts, part=part, rows=rows))
    return found


def _full_counts(notes: Sequence[ScoredNote]) -> Floats:
    claimed = [{statement.key for statement in note.annotation.statements} for note in notes]
    true = [{(s.topic, s.polarity, s.status, s.holder) for s in note.note.insights} for note in notes]
    return claim_counts(claimed, true)


def _channel_counts(notes: Sequence[ScoredNote]) -> Floats:
    claimed = [{statement.key for statement in note.annotation.channel_statements} for note in notes]
    true = [{(s.channel, s.stance) for s in note.note.channel_preferences} for note in notes]
    return claim_counts(claimed, true)
