"""Which topics the modules of a catalogue answer, as matching takes them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..embeddings import Encoder
from ..prompts import Taxonomy
from .matching import read_catalogue_topics
from .records.catalogue import Module

COLUMNS = ("module_id", "brand", "title", "topics", "named")
"""`topics` with | between them, the main one first; `named`: yes where the module names them, else they were read."""


def topic_rows(modules: Sequence[Module], taxonomy: Taxonomy, encoder: Encoder) -> list[dict[str, str]]:
    """A row a module with COLUMNS. Raises InputError where a module names a topic that the taxonomy lacks."""
    found = read_catalogue_topics(modules, taxonomy, encoder)
    return [
        {
            "module_id": module.module_id,
            "brand": module.brand,
            "title": module.title,
            "topics": " | ".join(found[module.module_id]),
            "named": "yes" if module.topics else "no",
        }
        for module in modules
    ]


def topics_page(rows: Sequence[dict[str, str]]) -> RenderableType:
    """A table for the terminal."""
    table = Table(box=None, padding=(0, 1))
    for heading in ("module", "topics", "", "title"):
        table.add_column(heading)
    for row in rows:
        how = "named" if row["named"] == "yes" else "read"
        table.add_row(Text(row["module_id"]), Text(row["topics"] or "none"), how, Text(row["title"]))
    return table
