"""Everything a run reads, as canonical tables up to one date."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from .brands import BrandSpellings
from .column_maps import ColumnMap
from .nearest import did_you_mean
from .notices import Notices, counted
from .rejects import RejectLog, check_rejects
from .schemas import TABLES, TableSpec
from .table_files import table_files
from .tables import read_table
from .veeva import TABLE_OBJECTS, VeevaMap, exported_files, read_export, with_whole_ids

INPUT_TABLES = ("notes", "surveys", "content_events", "hcps", "consents", "labels", "dispositions")
_EVIDENCE_TABLES = ("notes", "surveys", "content_events")


@dataclass(frozen=True)
class InputFile:
    """A file that was read; `bytes` is its size on disk and `sha256` the digest of those bytes."""

    table: str
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Inputs:
    """The canonical tables, empty where none was given; `rows_read` counts rejects and later rows too.

    `as_of_table` is the table whose last date is `as_of`, None where the day was named or nothing is dated. A brand has
    one spelling in all tables, see `brands`.
    """

    notes: pa.Table
    surveys: pa.Table
    content_events: pa.Table
    hcps: pa.Table
    consents: pa.Table
    labels: pa.Table
    dispositions: pa.Table
    rejects: pa.Table
    notices: tuple[str, ...]
    as_of: date
    files: tuple[InputFile, ...]
    rows_read: Mapping[str, int]
    as_of_table: str | None = None
    brands: BrandSpellings = field(default_factory=BrandSpellings)


def load_inputs(
    paths: Mapping[str, Path],
    *,
    as_of: date | None = None,
    max_rejects: float = 0.01,
    column_map: ColumnMap | None = None,
    today: date | None = None,
) -> Inputs:
    """Read the tables by name.

    Rows dated after `as_of` are not used. Its default is the last date in any table (`today` where there is none), so
    that no opt-out and no decision about a flag is overlooked. Rows of physicians who are not in `hcps` are kept: a
    note lost could be an adverse event.

    Raises:
        InputError: an unknown table, or what `read_batches` raises.
        TooManyRejectsError: more than the share `max_rejects` of all rows read was bad; it carries their table.
    """
    for name in paths:
        if name not in INPUT_TABLES:
            near = did_you_mean(name, INPUT_TABLES)
            raise InputError(f"unknown table {name!r}{near}; one of {', '.join(INPUT_TABLES)}")
    rejects, notices = RejectLog(), Notices()
    today = today or date.today()
    tables = _read_tables(paths, column_map, rejects, notices, today)
    check_rejects(rejects, max_rejects)
    found, dated_by = _last_date(tables) if as_of is None else (None, None)
    last = as_of or found or today
    for name in INPUT_TABLES:
        tables[name] = _until(last, tables[name], TABLES[name], notices)
    brands = _unify_brands(tables, notices)
    if "hcps" in paths:
        _notice_unknown_physicians(tables, notices)
    return Inputs(
        **tables,
        rejects=rejects.to_table(),
        notices=notices.messages,
        as_of=last,
        files=_files_read(paths, column_map),
        rows_read=rejects.rows_read,
        as_of_table=dated_by,
        brands=brands,
    )


def _read_tables(
    paths: Mapping[str, Path], column_map: ColumnMap | None, rejects: RejectLog, notices: Notices, today: date
) -> dict[str, pa.Table]:
    """The tables, empty where no path is given; an export of Veeva's may hold several of them at one path."""
    tables = {name: TABLES[name].schema.empty_table() for name in INPUT_TABLES}
    is_veeva = isinstance(column_map, VeevaMap)
    if isinstance(column_map, VeevaMap):
        tables |= read_export(paths, column_map, rejects, notices, today)
    for name in (name for name in INPUT_TABLES if name in paths and not (is_veeva and name in TABLE_OBJECTS)):
        table = read_table(
            Path(paths[name]), TABLES[name], column_map=column_map, rejects=rejects, notices=notices, today=today
        )
        tables[name] = with_whole_ids(table) if is_veeva else table
    return tables


def _files_read(paths: Mapping[str, Path], column_map: ColumnMap | None) -> tuple[InputFile, ...]:
    exported = exported_files(paths) if isinstance(column_map, VeevaMap) else []
    others = [name for name in INPUT_TABLES if name in paths and not (exported and name in TABLE_OBJECTS)]
    files = [input_file(table, path) for table, path in exported]
    return (*files, *(file for name in others for file in input_files(name, Path(paths[name]))))


def _days(table: pa.Table, spec: TableSpec) -> pa.ChunkedArray:
    return table[spec.dated_by].cast(pa.date32())


def _last_date(tables: Mapping[str, pa.Table]) -> tuple[date | None, str | None]:
    """The last date of all tables and the first table that has it; None and None where nothing is dated."""
    last = {name: pc.max(_days(tables[name], TABLES[name])).as_py() for name in INPUT_TABLES if TABLES[name].dated_by}
    dated = [(day, name) for name, day in last.items() if day is not None]
    return max(dated, key=lambda found: found[0], default=(None, None))


def _until(as_of: date, table: pa.Table, spec: TableSpec, notices: Notices) -> pa.Table:
    if spec.dated_by is None:
        return table
    kept = table.filter(pc.less_equal(_days(table, spec), as_of))
    later = table.num_rows - kept.num_rows
    if later:
        notices.add(f"{spec.name}: {counted(later, 'row')} dated after {as_of} not used")
    return kept


def _unify_brands(tables: dict[str, pa.Table], notices: Notices) -> BrandSpellings:
    brands = BrandSpellings.of(tables.values())
    for name, table in tables.items():
        tables[name] = brands.unified(table)
    for notice in brands.notices():
        notices.add(notice)
    return brands


def _notice_unknown_physicians(tables: Mapping[str, pa.Table], notices: Notices) -> None:
    known = set(tables["hcps"]["hcp_id"].to_pylist())
    for name in _EVIDENCE_TABLES:
        unknown = sorted(set(pc.unique(tables[name]["hcp_id"]).to_pylist()) - known)
        if unknown:
            first = ", ".join(unknown[:3]) + (", …" if len(unknown) > 3 else "")
            physicians = counted(len(unknown), "physician")
            notices.add(f"{name}: {physicians} not in hcps, whose rows are kept ({first})")


def input_files(table: str, path: Path) -> list[InputFile]:
    """The files of a table with their digests; raises what `table_files` raises."""
    return [input_file(table, file.path) for file in table_files(path, Notices())]


def input_file(table: str, path: Path) -> InputFile:
    """One file with its digest."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return InputFile(table, str(path), path.stat().st_size, digest)
