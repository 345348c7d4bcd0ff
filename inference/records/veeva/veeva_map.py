"""What an export of Veeva CRM calls its fields and values: a column map of its objects beside the canonical tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from ....errors import InputError
from ..column_maps import ColumnMap, TableMap, check_table_map
from ..nearest import did_you_mean
from .objects import OBJECTS

SHIPPED = "veeva"
_FILE = Path(__file__).with_name("veeva.yaml")


class VeevaMap(ColumnMap):
    """Fields and picklist values of Veeva's objects; `tables` maps what comes from elsewhere."""

    objects: dict[str, TableMap] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_veevas(self) -> VeevaMap:
        for name, table in self.objects.items():
            if name not in OBJECTS:
                raise ValueError(f"unknown object {name!r}{did_you_mean(name, OBJECTS)}; one of {', '.join(OBJECTS)}")
            check_table_map(OBJECTS[name], table)
        return self

    def of_object(self, name: str) -> TableMap:
        """The map of one object."""
        return self.objects.get(name, TableMap())

    @classmethod
    @cache
    def default(cls) -> VeevaMap:
        """The map that ships."""
        return cls.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))

    def extended(self, fields: Mapping[str, Any], where: Path | str) -> VeevaMap:
        """A map with its own entries over these; raises InputError that names the file and the entry."""
        try:
            own = VeevaMap.model_validate(fields)
        except ValidationError as e:
            problem = e.errors()[0]
            entry = ".".join(str(part) for part in problem["loc"]) or "objects"
            raise InputError(f"{where} is not a map of Veeva's objects: {entry}: {problem['msg']}") from e
        names = {*self.objects, *own.objects}
        objects = {name: _over(self.of_object(name), own.of_object(name)) for name in names}
        return VeevaMap(name=own.name, tables=own.tables, objects=objects)


def load_source(path: Path) -> ColumnMap:
    """What `--source` names: `veeva` (unless there is a file of that name), or a YAML file.

    A file that says `extends: veeva` is a VeevaMap, any other a ColumnMap. Raises InputError where it is neither.
    """
    if str(path) == SHIPPED and not path.exists():
        return VeevaMap.default()
    fields = ColumnMap.read(path)
    if not isinstance(fields, dict) or "extends" not in fields:
        return ColumnMap.of_fields(fields, path)
    if fields["extends"] != SHIPPED:
        raise InputError(f"{path} extends {fields['extends']!r}: only {SHIPPED!r} ships")
    return VeevaMap.default().extended({name: value for name, value in fields.items() if name != "extends"}, path)


def _over(base: TableMap, own: TableMap) -> TableMap:
    fields = {*base.values, *own.values}
    values = {field: {**base.values_of(field), **own.values_of(field)} for field in fields}
    return TableMap(columns={**base.columns, **own.columns}, values=values)
