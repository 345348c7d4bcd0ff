"""What the label of a brand allows, as far as its words can be compared with a note's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..records.brands import brand_key
from .label_words import (
    Measure,
    approved_measures,
    denied,
    excluded_measures,
    intervals,
    largest_amounts,
    phrases,
    terms,
    youngest_age,
)
from .lexicon import Lexicon


@dataclass(frozen=True)
class ApprovedUse:
    """One row of the `labels` table: an indication in a population.

    Attributes:
        youngest: age in years from which it is approved; None where the label does not say.
        terms: words that the label names as outside it (excluded populations, contraindications), if any.
        measures: bounds on what is measured.
        doses: by unit, the largest amount that the label names.
        intervals: days between doses that the label names.
    """

    youngest: int | None = None
    terms: Lexicon | None = None
    measures: tuple[Measure, ...] = ()
    doses: Mapping[str, float] = field(default_factory=dict)
    intervals: frozenset[float] = frozenset()

    @classmethod
    def of(cls, row: Mapping[str, str | None]) -> ApprovedUse:
        """Read a row. What cannot be read is left out, so it excludes nothing."""
        indication, population, line, dose, never = (
            (row.get(name) or "").lower() for name in ("indication", "population", "line", "dose", "contraindications")
        )
        excluded = [*denied(indication), *denied(population), *denied(line), never]
        outside = sorted({term for text in excluded for phrase in phrases(text) for term in terms(phrase)})
        ages = [age for text in (indication, population) if (age := youngest_age(text)) is not None]
        return cls(
            youngest=min(ages, default=None),
            terms=Lexicon("\n".join(outside)) if outside else None,
            measures=(
                *approved_measures(indication),
                *approved_measures(population),
                *(measure for text in excluded for measure in excluded_measures(text)),
            ),
            doses=largest_amounts(dose),
            intervals=frozenset(intervals(dose)),
        )


@dataclass(frozen=True)
class ApprovedUses:
    """Labels by brand; which of its spellings a brand has does not matter."""

    by_brand: Mapping[str, tuple[ApprovedUse, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str | None]]) -> ApprovedUses:
        """Read the rows of the `labels` table."""
        brands: dict[str, tuple[ApprovedUse, ...]] = {}
        for row in rows:
            brand = brand_key(row["brand"] or "")
            brands[brand] = (*brands.get(brand, ()), ApprovedUse.of(row))
        return cls(brands)

    def of_brand(self, brand: str | None) -> tuple[ApprovedUse, ...]:
        """What is approved for a brand; empty where its label is not known."""
        return self.by_brand.get(brand_key(brand or ""), ())
