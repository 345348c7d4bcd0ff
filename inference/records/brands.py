"""One spelling for each brand: sources write "Zelvanta", "ZELVANTA" and "Zelvanta®", and mean one brand."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

_COLUMN = "brand"
_MARKS = frozenset("®™℠")
_BRANDS_KEPT = 1024


@lru_cache(maxsize=_BRANDS_KEPT)
def brand_key(brand: str) -> str:
    """What all spellings of a brand share: case, white space, marks (®, ™), invisible characters do not count.

    Nor does how Unicode writes a letter, such as an é in one code point or in two.
    """
    shown = "".join(c for c in brand if c not in _MARKS and unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", shown).casefold().split())


@dataclass(frozen=True)
class BrandSpellings:
    """The spellings of each brand by its `brand_key`: the commonest first, of equally common ones the shortest."""

    by_key: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Iterable[pa.Table]) -> BrandSpellings:
        """Those in the column `brand` of the tables that have one."""
        counts: Counter[str] = Counter()
        for table in tables:
            if _COLUMN in table.schema.names:
                found = pc.value_counts(table[_COLUMN].drop_null())
                counts.update({row["values"]: row["counts"] for row in found.to_pylist()})
        by_key: dict[str, tuple[str, ...]] = {}
        for spelling in sorted(counts, key=lambda spelling: (-counts[spelling], len(spelling), spelling)):
            key = brand_key(spelling)
            by_key[key] = (*by_key.get(key, ()), spelling)
        return cls(by_key)

    def notices(self) -> list[str]:
        """A sentence for each brand that is spelled in several ways."""
        return [
            f"brand {kept!r} is spelled {', '.join(map(repr, others))} too: read as one brand"
            for kept, *others in sorted(self.by_key.values())
            if others
        ]

    def unified(self, table: pa.Table) -> pa.Table:
        """The table with each brand in its first spelling; a brand of no known key, and none, stay as they are."""
        if _COLUMN not in table.schema.names:
            return table
        place = table.schema.get_field_index(_COLUMN)
        column = table[_COLUMN]
        chunks = [self._unified(chunk.dictionary_encode()) for chunk in column.chunks]
        return table.set_column(place, table.schema.field(place), pa.chunked_array(chunks, type=column.type))

    def _unified(self, brands: pa.DictionaryArray) -> pa.Array:
        first = [self.by_key.get(brand_key(brand), (brand,))[0] for brand in brands.dictionary.to_pylist()]
        return pa.array(first, brands.dictionary.type).take(brands.indices)
