"""How right statements are: F1 by topic and polarity, in full, and by topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...metrics import F1, Floats, claim_counts
from ...results import Figure, ItemSet, measured
from ..macro_figures import macro_figures
from ..measures import Measure
from ..set_figures import set_measures
from .scored_note import ScoredNote, topic_name

TOPICS = "topic+polarity"


def statement_measures(notes: Sequence[ScoredNote]) -> list[Measure]:
    """F1 of statements as sets a note: what is claimed twice, or labelled twice, counts once."""
    claimed, true = [note.claimed for note in notes], [note.true for note in notes]
    by_topic = claim_counts([{topic for topic, _ in c} for c in claimed], [{topic for topic, _ in t} for t in true])
    return [
        *set_measures(TOPICS, claimed, true, concerned=False),
        Measure("topic F1", F1, by_topic),
        Measure("full statement F1", F1, _full_counts(notes), note="topic, polarity, status and holder"),
        Measure("channel preference F1", F1, _channel_counts(notes), concerned=True, note="channel and stance"),
    ]


def macro_statement_figures(
    suite: str, items: ItemSet, notes: Sequence[ScoredNote], parts: Mapping[str, Sequence[int]]
) -> list[Figure]:
    """F1 of topics and polarities, the rare ones counting as much as the frequent ones."""
    return macro_figures(suite, TOPICS, items, [note.claimed for note in notes], [note.true for note in notes], parts)


def figures_by_topic(suite: str, items: ItemSet, notes: Sequence[ScoredNote]) -> list[Figure]:
    """F1 of each topic and polarity, on the notes where it is claimed or true."""
    claimed, true = [note.claimed for note in notes], [note.true for note in notes]
    found = []
    for topic in sorted(frozenset().union(*claimed, *true)):
        rows = [row for row in range(len(notes)) if topic in claimed[row] | true[row]]
        counts = claim_counts([claimed[row] & {topic} for row in rows], [true[row] & {topic} for row in rows])
        part = f"topic={topic_name(topic)}"
        found.append(measured(suite, f"{TOPICS} F1", F1, items, counts, part=part, rows=rows))
    return found


def _full_counts(notes: Sequence[ScoredNote]) -> Floats:
    claimed = [{statement.key for statement in note.annotation.statements} for note in notes]
    true = [{(s.topic, s.polarity, s.status, s.holder) for s in note.note.insights} for note in notes]
    return claim_counts(claimed, true)


def _channel_counts(notes: Sequence[ScoredNote]) -> Floats:
    claimed = [{statement.key for statement in note.annotation.channel_statements} for note in notes]
    true = [{(s.channel, s.stance) for s in note.note.channel_preferences} for note in notes]
    return claim_counts(claimed, true)
