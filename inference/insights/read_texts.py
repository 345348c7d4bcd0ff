"""Texts as they were read, before anything is claimed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from ..triage import Triaged
from .model import NoteReadings


@dataclass(frozen=True)
class ReadTexts:
    """N texts after triage, and what the model says of them.

    Attributes:
        brands: what each is about, where that is known.
        triaged: each after triage; one that is unread was read as an empty text.
        readings: probabilities and places of everything that might be claimed.
        sources: by row and column of `readings.statements`, who else had a say in a probability.
    """

    brands: tuple[str | None, ...]
    triaged: tuple[Triaged, ...]
    readings: NoteReadings
    sources: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def at(self, rows: Sequence[int]) -> ReadTexts:
        """Some of the texts, in that order."""
        wanted = list(rows)
        arrays = {each.name: getattr(self.readings, each.name)[wanted] for each in fields(NoteReadings)}
        places = {row: place for place, row in enumerate(wanted)}
        return ReadTexts(
            brands=tuple(self.brands[row] for row in wanted),
            triaged=tuple(self.triaged[row] for row in wanted),
            readings=NoteReadings(**arrays),
            sources={(places[row], column): who for (row, column), who in self.sources.items() if row in places},
        )
