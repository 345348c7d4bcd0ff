"""Base rates: how common a driver or barrier is among the physicians whom anything is known of, and among one's like.

Shares of physicians who ever said it clearly themselves, shrunk in two steps (empirical Bayes): a brand's share to the
usual one, and that of a cell (specialty, country and segment) to the brand's, each as if ten physicians more had been
asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from .ordering import Floats, encoded
from .statements import OWN_AND_CLEAR, Subject, distinct, tally

USUAL = 0.2  # of a topic that something was said about, before weighing what
POOLED = 10.0  # physicians
LOWEST, HIGHEST = 0.02, 0.4  # whatever the counts: nothing is impossible, and nothing is likely unsaid

Cell = tuple[str | None, ...]
"""What physicians of a kind have in common: specialty, country, segment."""
_Matter = tuple[str | None, str, str]
"""Brand, topic and polarity: a subject without its physician."""


def cells_of(hcps: pa.Table) -> dict[str, Cell]:
    """The cell of each physician of HCPS; sources write a specialty or a country in capitals or not."""
    columns = (hcps[name].to_pylist() for name in ("hcp_id", "specialty", "country", "segment"))
    return {hcp_id: tuple(_bare(value) for value in cell) for hcp_id, *cell in zip(*columns, strict=True)}


def _bare(value: str | None) -> str | None:
    return value.strip().casefold() if value else None


@dataclass(frozen=True)
class BaseRates:
    """Counts of physicians, of all and of each cell.

    Attributes:
        cells: the cell of each physician, by hcp_id.
        asked: physicians of whom anything was said, by brand and cell; the cell () stands for all.
        said: those who said a matter clearly themselves, by matter and cell.
    """

    cells: Mapping[str, Cell]
    asked: Mapping[tuple[str | None, Cell], int]
    said: Mapping[tuple[_Matter, Cell], int]

    @classmethod
    def of(cls, statements: pa.Table, cells: Mapping[str, Cell]) -> BaseRates:
        """Count the physicians of STATEMENTS; `cells` may leave physicians out, who then share one."""
        known = distinct(statements, ("hcp_id", "brand"))
        counted = statements.select(["hcp_id", *_MATTER, "holder", "status", "probability"])
        clear = distinct(counted.filter(OWN_AND_CLEAR), ("hcp_id", *_MATTER))
        asked = {(brand, cell): count for ((brand,), cell), count in _by_cell(known, ("brand",), cells).items()}
        return cls(cells, asked, _by_cell(clear, _MATTER, cells))

    def of_subjects(self, subjects: Iterable[Subject]) -> Floats:
        """(m,) the base rate of each physician's driver or barrier."""
        keys = [(_matter(subject), self.cells.get(subject.hcp_id, _NO_CELL)) for subject in subjects]
        found = {key: self._of_cell(*key) for key in set(keys)}
        return np.array([found[key] for key in keys], dtype=np.float64)

    def _of_cell(self, matter: _Matter, cell: Cell) -> float:
        of_all = self._share(matter, _ALL, USUAL)
        return min(max(self._share(matter, cell, of_all), LOWEST), HIGHEST)

    def _share(self, matter: _Matter, cell: Cell, prior: float) -> float:
        said = self.said.get((matter, cell), 0)
        return (said + POOLED * prior) / (self.asked.get((matter[0], cell), 0) + POOLED)


_ALL: Cell = ()
_NO_CELL: Cell = (None,)
_MATTER = ("brand", "topic", "polarity")


def _matter(subject: Subject) -> _Matter:
    return (subject.brand, subject.topic, subject.polarity)


def _by_cell(table: pa.Table, columns: Sequence[str], cells: Mapping[str, Cell]) -> dict[tuple[Any, Cell], int]:
    """How many rows there are of each different values of some columns and cell, and of all cells."""
    physicians, row = encoded(table["hcp_id"])
    of_physician = [cells.get(hcp_id, _NO_CELL) for hcp_id in physicians.to_pylist()]
    kinds = list(dict.fromkeys(of_physician))
    code = {kind: number for number, kind in enumerate(kinds)}
    number = np.array([code[kind] for kind in of_physician], dtype=np.int64)[row]
    found = tally(table.append_column("cell", pa.array(number)), (*columns, "cell"))
    of_cells = {(tuple(values), kinds[kind]): count for (*values, kind), count in found.items()}
    return of_cells | {(values, _ALL): count for values, count in tally(table, columns).items()}
