"""Themes measured: a topic is taken out of the taxonomy, and what is said of it should come back as themes.

`python -m hcplens.eval.hidden_topics TOPIC…` on the training corpus: every fourth brand is a run in which statements
are known but those of the topic, and three in ten, as many as the model that ships misses; the attitude is learned
from notes of the other brands that say nothing of the topic.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..embeddings import Encoder
from ..embeddings.loading import load_encoder
from ..inference.insights import GoldNote, read_gold
from ..inference.progress import QuietReporter
from ..inference.records.derived import CHANNEL_STATEMENTS, FLAGS, REDACTIONS, STATEMENTS
from ..inference.records.schemas import NOTES, SURVEYS
from ..inference.themes import Attitude, LabelledClauses, OpenClause, Theme, clauses_of, find_themes, fit_attitude
from ..prompts import Taxonomy

MISSED = 0.3
"""Share of the statements that is not claimed: what the model that ships misses on the benchmark."""
_PROBABILITY = 0.72
"""Of every claim: the mean of what the model that ships claims there."""
_EVERY = 4
_DAY = date(2026, 1, 1)
_SEED = 7
CORPUS = Path(__file__).parent / "gold" / "corpus"

Span = tuple[int, int]


@dataclass(frozen=True)
class HiddenTopic:
    """What became of a topic that the taxonomy lacks.

    Attributes:
        topic: its id.
        clauses: open clauses about it.
        found: those of them in any theme.
        recalled: those in themes that are mostly about it.
        in_two: those in the two themes with most of them.
        own_themes: the themes that are mostly about it, with so many clauses in all, `own_clauses`.
        two_clauses: clauses of the two themes with most of them.
        themes: all themes, with so many clauses in all, `theme_clauses`.
        neutral: open clauses that state nothing at all, with so many of them in any theme, `neutral_found`.
    """

    topic: str
    clauses: int
    found: int
    recalled: int
    in_two: int
    own_themes: int
    own_clauses: int
    two_clauses: int
    themes: int
    theme_clauses: int
    neutral: int
    neutral_found: int


def measure_hidden_topic(
    topic: str, notes: Sequence[GoldNote], attitude: Attitude, taxonomy: Taxonomy, encoder: Encoder
) -> HiddenTopic:
    """Find themes in labelled notes as if nobody knew the topic.

    Args:
        topic: its id.
        notes: a run.
        attitude: learned from notes of others that say nothing of the topic.
        taxonomy: all topics.
        encoder: turns clauses into vectors.
    """
    others = taxonomy.model_copy(update={"topics": tuple(known for known in taxonomy.topics if known.id != topic)})
    clauses = clauses_of(_tables(notes, topic))
    themes = find_themes(
        clauses,
        others,
        encoder,
        attitude,
        QuietReporter(),
        texts=[_DAY] * len(notes),
        as_of=_DAY,
    )
    return hidden_topic(topic, notes, clauses.open, themes)


def hidden_topic(
    topic: str, notes: Sequence[GoldNote], opened: Sequence[OpenClause], themes: Sequence[Theme]
) -> HiddenTopic:
    """Count what the themes hold of the topic."""
    spoken = {note.note_id: list(_statement_spans(note)) for note in notes}
    hidden = {clause for clause in opened if _says(clause, spoken, topic)}
    neutral = {clause for clause in opened if not _says(clause, spoken)}
    held = sorted((len(hidden & {*theme.clauses}), len(theme.clauses)) for theme in themes)[::-1]
    own = [(count, size) for count, size in held if 2 * count >= size]
    in_themes = {clause for theme in themes for clause in theme.clauses}
    return HiddenTopic(
        topic,
        clauses=len(hidden),
        found=len(hidden & in_themes),
        recalled=sum(count for count, _ in own),
        in_two=sum(count for count, _ in held[:2]),
        own_themes=len(own),
        own_clauses=sum(size for _, size in own),
        two_clauses=sum(size for _, size in held[:2]),
        themes=len(held),
        theme_clauses=sum(size for _, size in held),
        neutral=len(neutral),
        neutral_found=len(neutral & in_themes),
    )


def _statement_spans(note: GoldNote) -> Iterator[tuple[str, int, int]]:
    for said in note.insights:
        start = note.text.index(said.evidence)
        yield said.topic, start, start + len(said.evidence)


def _says(clause: OpenClause, spoken: Mapping[str, list[tuple[str, int, int]]], topic: str | None = None) -> bool:
    """Whether a clause holds words of a statement, about that topic if one is named."""
    return any(
        topic in (None, known) and start < clause.end and clause.start < end
        for known, start, end in spoken[clause.source_id]
    )


def _tables(notes: Sequence[GoldNote], topic: str) -> dict[str, pa.Table]:
    """A run in which statements about the topic are unknown, and others are missed at random."""
    chance = random.Random(_SEED)
    rows: dict[str, list[dict[str, Any]]] = {"raw_notes": [], "insights": [], "channel_statements": [], "flags": []}
    for note in notes:
        where = {"source": "note", "source_id": note.note_id, "note_id": note.note_id}
        rows["raw_notes"].append(
            {"note_id": note.note_id, "hcp_id": note.hcp_id, "date": _DAY, "text": note.text, "brand": note.brand}
        )
        for known, start, end in _statement_spans(note):
            if known != topic and chance.random() >= MISSED:
                rows["insights"].append(where | {"start": start, "end": end, "probability": _PROBABILITY})
        for name, found in (("channel_statements", note.channel_preferences), ("flags", note.flags)):
            for claim in found:
                start = note.text.index(claim.evidence)
                end = start + len(claim.evidence)
                rows[name].append(where | {"start": start, "end": end, "probability": _PROBABILITY})
    schemas = {
        "raw_notes": NOTES.schema,
        "insights": STATEMENTS,
        "channel_statements": CHANNEL_STATEMENTS,
        "flags": FLAGS,
    }
    empty = {"surveys": SURVEYS.schema.empty_table(), "redactions": REDACTIONS.empty_table()}
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in schemas.items()} | empty


def main() -> None:
    """Print a line a topic; takes minutes."""
    files = sorted(CORPUS.glob("*.jsonl"))
    notes, training = read_gold(files[::_EVERY]), read_gold([file for n, file in enumerate(files) if n % _EVERY])
    clauses, encoder = LabelledClauses.of(training), load_encoder()
    for topic in sys.argv[1:]:
        about = {note.note_id for note in training if any(said.topic == topic for said in note.insights)}
        attitude = fit_attitude(clauses.without(about), encoder)
        sys.stdout.write(f"{measure_hidden_topic(topic, notes, attitude, Taxonomy.default(), encoder)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
