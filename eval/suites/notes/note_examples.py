"""Notes with something missed or falsely claimed, as a person would check them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....inference.insights import Statement
from ....inference.insights.gold import GoldStatement
from ...datasets import first_place
from ...results import Example, Mark
from ...results.pictures import Outcome
from ..black_out import shown_note
from .scored_note import ScoredNote, topic_name


def note_examples(suite: str, notes: Sequence[ScoredNote]) -> Iterator[Example]:
    """An example a note that is not all right: hits, misses and false claims are marked."""
    for scored in notes:
        marks = sorted([*_statement_marks(scored), *_channel_marks(scored)], key=lambda m: (m.start, m.end, m.label))
        facts = [("assertion", _difference(claim, label)) for claim, label in scored.found()]
        facts = [fact for fact in facts if fact[1]]
        if facts or any(mark.outcome != "hit" for mark in marks):
            yield Example(
                suite,
                scored.note.note_id,
                scored.note.hcp_id,
                shown_note(scored.note, scored.annotation.identifiers),
                tuple(marks),
                (("brand", scored.note.brand or "none"), ("scored", scored.scored), *facts),
            )


def _statement_marks(scored: ScoredNote) -> Iterator[Mark]:
    true = scored.true
    for claim in scored.annotation.statements:
        if claim.evidence.start is not None and claim.evidence.end is not None:
            topic = (claim.topic, claim.polarity)
            outcome: Outcome = "hit" if topic in true else "false"
            yield Mark(claim.evidence.start, claim.evidence.end, topic_name(topic), outcome, claim.probability)
    for label in scored.note.insights:
        topic = (label.topic, label.polarity)
        if topic not in scored.claimed:
            yield Mark(*first_place(scored.note.text, label.evidence), topic_name(topic), "missed")


def _channel_marks(scored: ScoredNote) -> Iterator[Mark]:
    true = {(label.channel, label.stance) for label in scored.note.channel_preferences}
    claimed = {claim.key for claim in scored.annotation.channel_statements}
    for claim in scored.annotation.channel_statements:
        if claim.evidence.start is not None and claim.evidence.end is not None:
            outcome: Outcome = "hit" if claim.key in true else "false"
            words = f"{claim.stance} {claim.channel}"
            yield Mark(claim.evidence.start, claim.evidence.end, words, outcome, claim.probability)
    for label in scored.note.channel_preferences:
        if (label.channel, label.stance) not in claimed:
            yield Mark(*first_place(scored.note.text, label.evidence), f"{label.stance} {label.channel}", "missed")


def _difference(claim: Statement, label: GoldStatement) -> str:
    """Where status or holder are not as labelled; empty where both are."""
    pairs = (("status", claim.status, label.status), ("holder", claim.holder, label.holder))
    wrong = [f"{name} claimed {said}, labelled {true}" for name, said, true in pairs if said != true]
    return f"{topic_name((claim.topic, claim.polarity))}: {'; '.join(wrong)}" if wrong else ""
