"""The catalogue of approved message modules: what may be said, in which words, where and until when.

One JSON object a line. `module_id`, `brand`, `title`, `text` and `status` are required. Everything else may be
missing, and what is missing is unknown: a module without countries is approved nowhere, one without `approved_at` is
not approved yet, one without `expires_at` counts as expired (see `matching.eligibility`, which decides).
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
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from ...errors import InputError
from .rejects import Reject

_SUFFIXES = (".jsonl", ".ndjson")
_COMPRESSIONS = (".gz", ".zst")
_TABLE = "modules"


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


class Claim(BaseModel):
    """One statement about the product that medical, legal and regulatory review decided on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    claim_id: Identifier
    text: Wording
    status: Identifier


class Asset(BaseModel):
    """A text that goes with a module: safety information, a fair-balance statement, a reference."""

    model_config = ConfigDict(extra="ignore", frozen=True)

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
    must_use: Identifiers = ()
    assets: Annotated[tuple[Asset, ...], BeforeValidator(_missing_is_empty)] = ()
    approval_id: OptionalIdentifier = None
    approved_at: OptionalDay = None
    expires_at: OptionalDay = None
    countries: Identifiers = ()
    language: OptionalIdentifier = None
    channels: Identifiers = ()
    audiences: Identifiers = ()
    indication: OptionalIdentifier = None
    references: Annotated[tuple[str, ...], BeforeValidator(_missing_is_empty)] = ()


@dataclass(frozen=True)
class Catalogue:
    """Modules in the order of their ids, the lines refused, and what a user should be told about the rest."""

    modules: tuple[Module, ...]
    rejects: tuple[Reject, ...] = ()
    notices: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the modules: the same however they are ordered or spread over files."""
        content = "\n".join(sorted(module.model_dump_json() for module in self.modules))
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def brands(self) -> tuple[str, ...]:
        """Brands in alphabetical order."""
        return tuple(sorted({module.brand for module in self.modules}))


@dataclass(frozen=True)
class _Line:
    """A line as it was read: a module, or the problem that makes it none; `record` is its JSON value or its text."""

    file: str
    row: int
    record: Any
    module: Module | None = None
    problem: Reject | None = None
    unread: tuple[str, ...] = ()


def load_catalogue(path: Path) -> Catalogue:
    """Read a JSONL file (plain, .gz or .zst) or a folder of such files.

    Fields that are not listed on the models are ignored with one notice; identical repeats of a module collapse with
    one notice. Where one id has different contents all its lines are rejected: nothing tells which one is approved.

    Raises:
        InputError: the path is missing or unreadable, or holds no valid module.
    """
    lines = [line for file in _files(path) for line in _read(file)]
    contested = _contested(lines)
    valid = {line.module.module_id: line.module for line in lines if line.module}
    ordered = tuple(valid[module_id] for module_id in sorted(set(valid) - set(contested)))
    rejects = tuple(reject for line in lines if (reject := _reject(line, contested)))
    if not ordered:
        raise InputError(f"{path} holds no valid module: {rejects[0] if rejects else 'it is empty'}")
    return Catalogue(ordered, rejects, _notices(path, lines, repeats=len(lines) - len(rejects) - len(ordered)))


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(f"there is no module catalogue at {path}: name a JSONL file or a folder of them")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.is_file() and _is_jsonl(file))
    if not files:
        raise InputError(f"the folder {path} holds no .jsonl file (plain, .gz or .zst)")
    return files


def _is_jsonl(file: Path) -> bool:
    plain = file.with_suffix("") if file.suffix in _COMPRESSIONS else file
    return plain.suffix in _SUFFIXES and not file.name.startswith(".")


def _read(file: Path) -> list[_Line]:
    try:
        with pa.input_stream(str(file)) as stream:
            content: bytes = stream.read()
    except (OSError, pa.ArrowException) as e:
        raise InputError(f"cannot read the module catalogue {file}: {e}") from e
    rows = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [_parse(str(file), row, line) for row, line in enumerate(rows, start=1) if line.strip()]


def _parse(file: str, row: int, line: bytes) -> _Line:
    try:
        data: Any = json.loads(line.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as e:
        return _no_module(file, row, line.decode("utf-8", "replace").strip(), f"not a JSON object: {e}")
    if not isinstance(data, dict):
        return _no_module(file, row, data, "not a JSON object")
    try:
        return _Line(file, row, data, module=Module.model_validate(data), unread=_unread(data))
    except ValidationError as e:
        problem = e.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        value = None if problem["type"] == "missing" else problem["input"]
        return _Line(file, row, data, problem=Reject.of(_TABLE, file, row, field, value, problem["msg"], data))


def _no_module(file: str, row: int, data: object, reason: str) -> _Line:
    return _Line(file, row, data, problem=Reject.of(_TABLE, file, row, None, data, reason, data))


def _unread(data: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(set(data) - set(Module.model_fields)))


def _contested(lines: list[_Line]) -> dict[str, list[_Line]]:
    """Lines by module id, of the ids that have more than one content."""
    versions: dict[str, list[_Line]] = {}
    for line in lines:
        if line.module:
            versions.setdefault(line.module.module_id, []).append(line)
    return {module_id: same for module_id, same in versions.items() if len({line.module for line in same}) > 1}


def _reject(line: _Line, contested: dict[str, list[_Line]]) -> Reject | None:
    if line.module is None or line.module.module_id not in contested:
        return line.problem
    module_id = line.module.module_id
    others = ", ".join(f"{other.file}:{other.row}" for other in contested[module_id] if other is not line)
    reason = f"the same module_id has another content among {others}: keep one version"
    return Reject.of(_TABLE, line.file, line.row, "module_id", module_id, reason, line.record)


def _notices(path: Path, lines: list[_Line], repeats: int) -> tuple[str, ...]:
    unread = Counter(field for line in lines for field in line.unread)
    notices = []
    if unread:
        listed = ", ".join(f"{field} ({count})" for field, count in sorted(unread.items()))
        notices.append(f"{path}: fields that are not read (and in how many modules): {listed}")
    if repeats:
        notices.append(f"{path}: {repeats} identical repeats of a module were collapsed")
    return tuple(notices)
