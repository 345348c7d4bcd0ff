"""The open needs of all physicians, in columns: looked up by physician and brand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from ...prompts.taxonomy import Polarity
from ..profiles import is_open
from ..records.brands import brand_key
from .evidence import Evidence
from .needs import OWN_WORDS, RECENCY_HALF_LIFE_DAYS, Need
from .off_label_words import OffLabelWords
from .ranking_settings import RankingSettings

_WIDTH_IN_DEVIATIONS = 2 * 1.6448536269514722
"""How wide the middle 90 % of a Gaussian are."""

_COLUMNS = ("hcp_id", "brand", "topic", "polarity", "probability", "low", "high", "last_seen")


@dataclass(frozen=True, slots=True)
class _Row:
    """An open row of PROFILES; `counts` is what it weighs if seen today, `place` its row in the table of evidence."""

    topic: str
    polarity: Polarity
    probability: float
    counts: float
    deviation: float
    last_seen: date | None
    own_words: tuple[str, ...]
    newest: Evidence | None
    place: int


class NeedBook:
    """Needs from the PROFILES table, without words about uses outside the label.

    A row is a need while its state is open, reopened or contradicted and its probability at least 0.5.
    """

    def __init__(self, profiles: pa.Table, off_label: OffLabelWords, ranking: RankingSettings | None = None) -> None:
        ranking = ranking or RankingSettings()
        profiles = off_label.left_out(_open_rows(profiles))
        self._quotes = _Quotes(profiles["evidence"])
        self._rows: dict[tuple[str, str], list[_Row]] = {}
        spoken, newest = self._quotes.spoken(), self._quotes.newest()
        columns = (profiles[name].to_pylist() for name in _COLUMNS)
        for place, (hcp_id, brand, topic, polarity, probability, low, high, last_seen) in enumerate(
            zip(*columns, strict=True)
        ):
            counts, deviation = ranking.weight(topic, polarity) * probability, _deviation(low, high)
            row = _Row(topic, polarity, probability, counts, deviation, last_seen, spoken[place], newest[place], place)
            self._rows.setdefault((hcp_id, brand_key(brand)), []).append(row)

    def needs(self, hcp_id: str, brand: str, as_of: date) -> tuple[Need, ...]:
        """Needs of a physician for a brand, heaviest first (ties by polarity and topic).

        A need's weight is what its topic and polarity count (see `RankingSettings`) * probability *
        0.5^(days since last seen / 365), divided by the sum; one that counts nothing is none.
        """
        raw = [(_weight(row, as_of), row) for row in self._of(hcp_id, brand)]
        total = sum(weight for weight, _ in raw)
        needs = [self._need(row, weight / total) for weight, row in raw if weight > 0]
        return tuple(sorted(needs, key=lambda need: (-need.weight, need.polarity, need.topic)))

    def own_words(self, pairs: Iterable[tuple[str, str]] | None = None) -> list[str]:
        """Every quote that speaks for a need of some physicians for a brand, or of all; each once, in order."""
        books = self._rows.values() if pairs is None else (self._of(hcp_id, brand) for hcp_id, brand in pairs)
        return sorted({text for rows in books for row in rows for text in row.own_words})

    def _of(self, hcp_id: str, brand: str) -> Sequence[_Row]:
        return self._rows.get((hcp_id, brand_key(brand)), ())

    def _need(self, row: _Row, weight: float) -> Need:
        read = partial(self._quotes.every, row.place)
        return Need(row.topic, row.polarity, row.probability, weight, row.deviation, row.own_words, row.newest, read)


def _weight(row: _Row, as_of: date) -> float:
    age = max(0, (as_of - row.last_seen).days) if row.last_seen else 0
    recency: float = 0.5 ** (age / RECENCY_HALF_LIFE_DAYS)
    return row.counts * recency


def _open_rows(profiles: pa.Table) -> pa.Table:
    is_branded = pc.greater(pc.fill_null(pc.utf8_length(profiles["brand"]), 0), 0)
    branded = profiles.filter(is_branded)
    rows = branded.select(["state", "probability"]).to_pylist()
    kept: pa.Table = branded.filter(pa.array([is_open(row) for row in rows], pa.bool_()))
    return kept.combine_chunks()


class _Quotes:
    """The evidence of n rows, newest first."""

    def __init__(self, evidence: pa.ChunkedArray) -> None:
        lists = evidence.combine_chunks()
        self._lists = lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists
        texts: list[str | None] = pc.struct_field(self._lists.values, "text").to_pylist()
        ends = self._lists.offsets.to_pylist()
        self._texts = texts
        self._spoken = [
            [place for place in range(start, end) if (text := texts[place]) and text.strip()][:OWN_WORDS]
            for start, end in pairwise(ends)
        ]

    def spoken(self) -> list[tuple[str, ...]]:
        """The newest quotes of each row that carry text."""
        return [tuple(text for place in places if (text := self._texts[place])) for places in self._spoken]

    def newest(self) -> list[Evidence | None]:
        """The newest evidence of each row that carries text."""
        first = pa.array([places[0] for places in self._spoken if places], pa.int64())
        found = iter(self._lists.values.take(first).to_pylist())
        return [Evidence(**next(found)) if places else None for places in self._spoken]

    def every(self, row: int) -> tuple[Evidence, ...]:
        """All evidence of a row."""
        return tuple(Evidence(**quote) for quote in self._lists[row].as_py() or ())


def _deviation(low: float | None, high: float | None) -> float:
    """That of a Gaussian whose middle 90 % are as wide as the interval of the belief."""
    return 0.0 if low is None or high is None else float(high - low) / _WIDTH_IN_DEVIATIONS
