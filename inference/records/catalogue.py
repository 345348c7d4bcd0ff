"""The catalogue of approved message modules: what may be said, in which words, where and until when.

One JSON object a line, or an export of documents (see `promomats`), which is read as the same objects. `module_id`,
`brand`, `title`, `text` and `status` are required. Everything else may be missing, and what is missing is unknown: a
module without countries is approved nowhere, one without `approved_at` is not approved yet, one without `expires_at`
counts as expired (see `matching.eligibility`, which decides).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    model_serializer,
)

from ...errors import InputError
from .promomats import is_document_export, read_document_export
from .rejects import MISSING, Reject
from .repeated_names import JsonReading

_SUFFIXES = (".jsonl", ".ndjson")
_COMPRESSIONS = (".gz", ".zst")
_TABLE = "modules"
_DAYS = ("approved_at", "expires_at")


def _day(value: object) -> object:
    """Dates come as ISO days or timestamps (their own day counts); an empty string is no date."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError("a date is written as a string, such as 2026-09-30")
    return datetime.fromisoformat(value).date()


def _missing_is_empty(value: object) -> object:
    return () if value is None else value


def _blank_is_missing(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Wording = Annotated[str, StringConstraints(pattern=r"\S")]
OptionalIdentifier = Annotated[Identifier | None, BeforeValidator(_blank_is_missing)]
OptionalDay = Annotated[date | None, BeforeValidator(_day)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(_missing_is_empty)]


class Part(BaseModel):
    """What is reviewed by itself and goes with a module; without days of its own its status alone decides."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    approved_at: OptionalDay = None
    expires_at: OptionalDay = None

    @model_serializer(mode="wrap")
    def _without_unknown_days(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = serialise(self)
        return {name: value for name, value in fields.items() if value is not None or name not in _DAYS}


class Claim(Part):
    """One statement about the product that medical, legal and regulatory review decided on."""

    claim_id: Identifier
    text: Wording
    status: Identifier


class Text(Part):
    """A piece of a module's wording that was approved by itself."""

    text_id: Identifier
    text: Wording
    status: Identifier


class Asset(Part):
    """What goes with a module: safety information, a fair-balance statement, a reference."""

    asset_id: Identifier
    status: Identifier
    kind: OptionalIdentifier = None
    text: str | None = None


class Module(BaseModel):
    """A piece of approved content; its wording is kept as it came, white space included."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    module_id: Identifier
    brand: Identifier
    title: Wording
    text: Wording
    status: Identifier
    claims: Annotated[tuple[Claim, ...], BeforeValidator(_missing_is_empty)] = ()
    texts: Annotated[tuple[Text, ...], BeforeValidator(_missing_is_empty)] = ()
    must_use: Identifiers = ()
    assets: Annotated[tuple[Asset, ...], BeforeValidator(_missing_is_empty)] = ()
    approval_id: OptionalIdentifier = None
    approved_at: OptionalDay = None
    expires_at: OptionalDay = None
    countries: Identifiers = ()
    language: OptionalIdentifier = None
    channels: Identifiers = ()
    audiences: Identifiers = ()
    topics: Identifiers = ()  # that it answers, the main one first; read from its wording where none is named
    indication: OptionalIdentifier = None
    references: Annotated[tuple[str, ...], BeforeValidator(_missing_is_empty)] = ()


def texts_of(module: Module) -> list[str]:
    """What a module is found by: its title with text, then each claim."""
    return [f"{module.title}. {module.text}", *(claim.text for claim in module.claims)]


@dataclass(frozen=True)
class Catalogue:
    """Modules in the order of their ids, the lines refused, and what a user should be told about the rest.

    `rejects` has one entry a line refused, its first fault; `faults` has every fault of those lines.
    """

    modules: tuple[Module, ...]
    rejects: tuple[Reject, ...] = ()
    notices: tuple[str, ...] = ()
    faults: tuple[Reject, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the modules: the same however they are ordered or spread over files."""
        content = "\n".join(sorted(module.model_dump_json() for module in self.modules))
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class _Line:
    """A line as it was read: a module, or the faults that make it none; `record` is its JSON value or its text."""

    file: str
    row: int
    record: Any
    module: Module | None = None
    faults: tuple[Reject, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """The lines of one file, and what a user should be told about them."""

    lines: list[_Line]
    notices: tuple[str, ...] = ()


def load_catalogue(path: Path, *, need_modules: bool = True) -> Catalogue:
    """Read a JSONL file, an export of documents (CSV or JSON), plain, .gz or .zst, or a folder of one of the kinds.

    Of a folder with both, the JSONL files count.

    Fields that are not listed on the models are ignored with one notice; identical repeats of a module collapse with
    one notice. Where one id has different contents all its lines are rejected: nothing tells which one is approved. A
    line with a fault is another content than one without. So is a line rejected in which an object names a field twice.

    Raises:
        InputError: the path is missing or unreadable, or holds no valid module though there is `need_modules`.
    """
    readings = [_read(file) for file in _files(path)]
    lines = [line for reading in readings for line in reading.lines]
    contested = _contested(lines)
    valid = {line.module.module_id: line.module for line in lines if line.module}
    ordered = tuple(valid[module_id] for module_id in sorted(set(valid) - set(contested)))
    faults = [found for line in lines if (found := _faults(line, contested))]
    rejects = tuple(found[0] for found in faults)
    if not ordered and (need_modules or not rejects):
        raise InputError(f"{path} holds no valid module: {rejects[0] if rejects else 'it is empty'}")
    told = tuple(notice for reading in readings for notice in reading.notices)
    notices = _notices(path, lines, repeats=len(lines) - len(rejects) - len(ordered))
    return Catalogue(ordered, rejects, (*told, *notices), tuple(fault for found in faults for fault in found))


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(f"there is no module catalogue at {path}: name a JSONL file or a folder of them")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    of_modules = [file for file in files if _plain(file).suffix in _SUFFIXES]
    found = of_modules or [file for file in files if is_document_export(_plain(file))]
    if not found:
        raise InputError(f"the folder {path} holds no .jsonl file and no .csv or .json export (plain, .gz or .zst)")
    return found


def _plain(file: Path) -> Path:
    return file.with_suffix("") if file.suffix in _COMPRESSIONS else file


def _read(file: Path) -> _Reading:
    try:
        with pa.input_stream(str(file)) as stream:
            content: bytes = stream.read()
    except (OSError, pa.ArrowException) as e:
        raise InputError(f"cannot read the module catalogue {file}: {e}") from e
    content = content.removeprefix(b"\xef\xbb\xbf")
    if is_document_export(_plain(file)):
        return _read_documents(file, content)
    rows = content.split(b"\n")
    return _Reading([_parse(str(file), row, line) for row, line in enumerate(rows, start=1) if line.strip()])


def _read_documents(file: Path, content: bytes) -> _Reading:
    export = read_document_export(content, _plain(file).suffix, str(file))
    modules = [_validated(str(file), module.row, module.fields, module.faults) for module in export.modules]
    unusable = [_Line(str(file), fault.row or 0, json.loads(fault.record), faults=(fault,)) for fault in export.faults]
    return _Reading([*modules, *unusable], export.notices)


def _parse(file: str, row: int, line: bytes) -> _Line:
    try:
        reading = JsonReading.of(line.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as e:
        return _no_module(file, row, line.decode("utf-8", "replace").strip(), f"not a JSON object: {e}")
    data = reading.value
    if not isinstance(data, dict):
        return _no_module(file, row, data, "not a JSON object")
    reason = "the field is there more than once: keep one"
    repeated = (Reject.of(_TABLE, file, row, name, values, reason, data) for name, values in reading.repeated.items())
    return _validated(file, row, data, tuple(repeated))


def _validated(file: str, row: int, data: dict[str, Any], faults: tuple[Reject, ...] = ()) -> _Line:
    """The module that the fields make; `faults` are those found before, for which it is refused in any case."""
    try:
        module = Module.model_validate(data)
    except ValidationError as e:
        return _Line(file, row, data, faults=(*faults, *(_fault(file, row, data, error) for error in e.errors())))
    return _Line(file, row, data, faults=faults) if faults else _Line(file, row, data, module, unread=_unread(data))


def _fault(file: str, row: int, data: dict[str, Any], error: Any) -> Reject:
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing" or error["input"] is None:
        return Reject.of(_TABLE, file, row, field, None, MISSING, data)
    return Reject.of(_TABLE, file, row, field, error["input"], error["msg"], data)


def _no_module(file: str, row: int, data: object, reason: str) -> _Line:
    return _Line(file, row, data, faults=(Reject.of(_TABLE, file, row, None, data, reason, data),))


def _unread(data: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(set(data) - set(Module.model_fields)))


def _contested(lines: list[_Line]) -> dict[str, list[_Line]]:
    """Lines by module id, of the ids that have more than one content; no module is a content too."""
    versions: dict[str, list[_Line]] = {}
    for line in lines:
        if (module_id := _module_id(line)) is not None:
            versions.setdefault(module_id, []).append(line)
    return {module_id: same for module_id, same in versions.items() if len({line.module for line in same}) > 1}


def _module_id(line: _Line) -> str | None:
    """The id that a line names, though it may be no module."""
    if line.module:
        return line.module.module_id
    named = line.record if isinstance(line.record, dict) else {}
    module_id = named.get("module_id", named.get("document_id"))
    return str(module_id).strip() if isinstance(module_id, str | int) else None


def _faults(line: _Line, contested: dict[str, list[_Line]]) -> tuple[Reject, ...]:
    if line.module is None or line.module.module_id not in contested:
        return line.faults
    module_id = line.module.module_id
    others = ", ".join(f"{other.file}:{other.row}" for other in contested[module_id] if other is not line)
    reason = f"the same module_id has another content among {others}: keep one version"
    return (Reject.of(_TABLE, line.file, line.row, "module_id", module_id, reason, line.record),)


def _notices(path: Path, lines: list[_Line], repeats: int) -> tuple[str, ...]:
    unread = Counter(field for line in lines for field in line.unread)
    notices = []
    if unread:
        listed = ", ".join(f"{field} ({count})" for field, count in sorted(unread.items()))
        notices.append(f"{path}: fields that are not read (and in how many modules): {listed}")
    if repeats:
        notices.append(f"{path}: {repeats} identical repeats of a module were collapsed")
    return tuple(notices)
