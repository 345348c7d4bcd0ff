"""Topics of a catalogue, as a table."""

from __future__ import annotations

import io

from rich.console import Console

from hcplens.embeddings import SentenceTransformerEncoder
from hcplens.inference.demo import sample_folder
from hcplens.inference.records.catalogue import load_catalogue
from hcplens.inference.topic_table import COLUMNS, topic_rows, topics_page
from hcplens.prompts import Taxonomy


def test_topics_are_those_named_or_as_read(default_encoder: SentenceTransformerEncoder) -> None:
    with sample_folder() as sample:
        coverage, other, *_ = load_catalogue(sample / "modules.jsonl").modules[2:]
    named = other.model_copy(update={"topics": ("supply", "cost")})
    rows = topic_rows([coverage, named], Taxonomy.default(), default_encoder)
    assert [tuple(row) for row in rows] == [COLUMNS] * 2
    assert [(row["topics"], row["named"]) for row in rows] == [("coverage", "no"), ("supply | cost", "yes")]
    stream = io.StringIO()
    Console(file=stream, width=100, color_system=None).print(topics_page(rows))
    for words in (coverage.module_id, "supply | cost", "named", "read"):
        assert words in stream.getvalue()
