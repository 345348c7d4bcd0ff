"""How another system names its columns and values, read from YAML.

    name: my-crm
    tables:
      notes:
        columns: {note_id: Id, text: Call_Notes, date: Call_Date}
        values: {channel: {"Face to face": face_to_face}}

A column is written canonical name first; columns that are not listed keep their canonical names. Values are renamed
before a vocabulary is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ...errors import InputError
from .nearest import did_you_mean
from .schemas import TABLES, TableSpec


class TableMap(BaseModel):
    """Names and values of one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}

    def source_of(self, column: str) -> str:
        """The name that the source gives to a canonical column."""
        return self.columns.get(column, column)

    def values_of(self, column: str) -> Mapping[str, str]:
        """What the source's values of a canonical column are called here."""
        return self.values.get(column, {})


class ColumnMap(BaseModel):
    """The map of one source system; a table that is not listed is read under its canonical names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    tables: dict[str, TableMap] = {}

    @model_validator(mode="after")
    def _names_are_canonical(self) -> ColumnMap:
        for name, table in self.tables.items():
            if name not in TABLES:
                raise ValueError(f"unknown table {name!r}{did_you_mean(name, TABLES)}; one of {', '.join(TABLES)}")
            check_table_map(TABLES[name], table)
        return self

    def of(self, table: str) -> TableMap:
        """The map of one table."""
        return self.tables.get(table, TableMap())

    @classmethod
    def load(cls, path: Path | str) -> ColumnMap:
        """Read a YAML file; raises InputError that names the file, the entry and the nearest known name."""
        return cls.of_fields(cls.read(path), path)

    @staticmethod
    def read(path: Path | str) -> Any:
        """What a YAML file holds; raises InputError where it cannot be read."""
        try:
            return yaml.safe_load(Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as e:
            raise InputError(f"cannot read the column map {path}: {e}") from e
        except yaml.YAMLError as e:
            raise InputError(f"{path} is not valid YAML: {e}") from e

    @classmethod
    def of_fields(cls, data: Any, path: Path | str) -> ColumnMap:
        """The map of what a file holds; raises InputError that names the file, the entry and the nearest known name."""
        try:
            return cls.model_validate(data)
        except ValidationError as e:
            problem = e.errors()[0]
            entry = ".".join(str(part) for part in problem["loc"]) or "tables"
            raise InputError(f"{path} is not a column map: {entry}: {problem['msg']}") from e


def check_table_map(spec: TableSpec, table: TableMap) -> None:
    """Raise ValueError where the map names a column or a value that the table does not have."""
    for name in (*table.columns, *table.values):
        if name not in spec.names:
            near = did_you_mean(name, spec.names)
            raise ValueError(f"{spec.name} has no column {name!r}{near}; one of {', '.join(spec.names)}")
    for name, values in table.values.items():
        column = spec.column(name)
        if column.kind != "string" or column.verbatim:
            raise ValueError(f"values of {spec.name}.{name} cannot be renamed, only those of ids and vocabularies")
        for value in values.values():
            if column.choices and value not in column.choices:
                near = did_you_mean(value, column.choices)
                raise ValueError(f"unknown {name} {value!r}{near}; one of {', '.join(column.choices)}")
