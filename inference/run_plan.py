"""What to run with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..embeddings import Encoder
from ..prompts import Taxonomy
from .insights import InsightModel
from .records import ColumnMap


@dataclass(frozen=True)
class RunPlan:
    """What to run with.

    Attributes:
        model: heads that read notes and answers; answers are read even where the notes' statements are given.
        encoder: the encoder the heads were trained over.
        taxonomy: the topics of statements and profiles.
        statements_file: statements of the notes, given instead of inferred.
        modules: the catalogue to keep with the run, so that it can be matched later.
        as_of: the day to look from; the last day of the input if None.
        max_rejects: the share of bad rows at which a run stops.
        column_map: which of the input's columns is which.
    """

    model: InsightModel
    encoder: Encoder
    taxonomy: Taxonomy
    statements_file: Path | None = None
    modules: Path | None = None
    as_of: date | None = None
    max_rejects: float = 0.01
    column_map: ColumnMap | None = None
