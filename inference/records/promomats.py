"""Modules out of an export of documents, as a content-management system such as Veeva PromoMats gives it.

One document a row (CSV) or object (JSON: a list, or `{"documents": [...], "relationships": [...]}`). `document_id`,
`type` and `status` are required. `type` is module, claim, text or asset; each document has a status of its own, and may
have `approved_at` and `expires_at`. A module names its documents in the columns `claims`, `texts`, `must_use` and
`assets`, ids separated by `;`; in JSON these are lists, or relationships `{"source", "type", "target"}`. Column names
may be those of Vault (`status__v`, `Expiration Date`), see `_NAMES`; of columns that mean the same the first counts in
ids, names and kinds, and in all else they must agree.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import InputError
from .csv_rows import csv_rows
from .lines import DecodedLines
from .nearest import did_you_mean
from .raw_rows import BrokenRow
from .rejects import VALUE_CHARACTERS, Reject, json_text
from .repeated_names import JsonReading

TYPES = ("module", "claim", "text", "asset")
RELATIONS: dict[str, str] = {"claims": "claim", "texts": "text", "must_use": "asset", "assets": "asset"}
"""What a module may name, and of which type it must be."""

_SUFFIXES = (".csv", ".json")
_TABLE = "modules"
_NAMES = {
    "id": "document_id",
    "document_number": "document_id",
    "document_type": "type",
    "state": "status",
    "lifecycle_state": "status",
    "name": "title",
    "content": "text",
    "product": "brand",
    "subtype": "kind",
    "country": "countries",
    "channel": "channels",
    "audience": "audiences",
    "reference": "references",
    "approval_number": "approval_id",
    "approved_date": "approved_at",
    "approval_date": "approved_at",
    "expiration_date": "expires_at",
    "expiry_date": "expires_at",
}
_TYPE_NAMES = {"content_module": "module", "content_module_asset": "asset", "text_element": "text"}
_CODES = ("type", "status", "kind")
_LISTS = ("countries", "channels", "audiences", "topics", *RELATIONS)
_SEVERAL = ("document_id", "title", "kind", "approval_id")
"""Ids, names and kinds, of which a system keeps several for one document: the first counts, and others are no fault."""

_DAYS = ("approved_at", "expires_at")
_OF_PART = ("text", "status", "approved_at", "expires_at")
_OF_MODULE = (
    *("brand", "title", "text", "status", "approval_id", "approved_at", "expires_at"),
    *("countries", "language", "channels", "audiences", "topics", "indication", "references"),
)
_KNOWN = {"document_id", "type", "kind", "documents", *_OF_PART, *_OF_MODULE, *RELATIONS}
_VAULT_SUFFIX = re.compile(r"(?:__(?:v|c|sys)|_vod(?:__c)?)$")


@dataclass(frozen=True)
class Document:
    """One document of an export under the names used here; `row` is its line (CSV) or its place in the list (JSON).

    `differing` has all values of the fields of which two columns say something else.
    """

    row: int
    fields: Mapping[str, Any]
    differing: Mapping[str, list[Any]]

    @property
    def id(self) -> str:
        """Its id, unique in the export."""
        return str(self.fields["document_id"])


@dataclass(frozen=True)
class DocumentModule:
    """A module as the fields of `catalogue.Module`, and what is wrong with the documents that it names."""

    row: int
    fields: dict[str, Any]
    faults: tuple[Reject, ...]


@dataclass(frozen=True)
class DocumentExport:
    """The modules of one file, documents that are none of a readable type or id, and what a user should know."""

    modules: tuple[DocumentModule, ...]
    faults: tuple[Reject, ...]
    notices: tuple[str, ...]


def is_document_export(file: Path) -> bool:
    """Whether a file of that name, its compression left out, is read as an export of documents."""
    return file.suffix.lower() in _SUFFIXES and file.name != "catalogue.json"


def read_document_export(content: bytes, suffix: str, where: str) -> DocumentExport:
    """Read the content of a `.csv` or `.json` file; `where` names it in messages.

    Raises:
        InputError: the file as a whole is no CSV with a header or no JSON of documents, or names a column or field
            twice.
    """
    rows = _json_rows(content, where) if suffix.lower() == ".json" else _csv_rows(content, where)
    faults: list[Reject] = []
    documents: list[Document] = []
    unusable: list[Document] = []
    for row in rows:
        if isinstance(row, BrokenRow):
            faults.append(Reject.of(_TABLE, where, row.number, None, row.content, row.reason, row.content))
        elif fault := _fault_of(row, where):
            faults.append(fault)
            unusable.append(row)
        else:
            documents.append(row)
    single, contested = _by_id(documents, unusable, where)
    modules = tuple(_module(document, single, where) for document in single.values() if _type(document) == "module")
    return DocumentExport(modules, (*faults, *contested), tuple(_notices(documents, single, where)))


def _csv_rows(content: bytes, where: str) -> Iterator[Document | BrokenRow]:
    lines = DecodedLines(io.BufferedReader(io.BytesIO(content)))
    file = csv_rows(lines, delimiter=None, where=where)
    twice = [name for name, count in Counter(file.header).items() if count > 1 and _field(name) in _KNOWN]
    if twice:
        raise InputError(f"{where}: the header names column {twice[0]!r} twice; remove or rename one")
    for row in file.rows:
        yield row if isinstance(row, BrokenRow) else _document(row.number, row.cells)


def _json_rows(content: bytes, where: str) -> Iterator[Document | BrokenRow]:
    try:
        reading = JsonReading.of(content)
    except (ValueError, RecursionError) as e:
        raise InputError(f"{where} is not valid JSON: {e}") from e
    if reading.repeated:
        name, values = next(iter(reading.repeated.items()))
        said = json_text(values)[:VALUE_CHARACTERS]
        raise InputError(f"{where}: an object has the field {name!r} more than once, as {said}: keep one")
    data = reading.value
    listed = data.get("documents") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise InputError(f"{where} holds no list of documents; one object a line? Name it .jsonl")
    related = _related(data.get("relationships", []) if isinstance(data, dict) else [], where)
    for number, value in enumerate(listed, start=1):
        if not isinstance(value, dict):
            yield BrokenRow(number, "not a JSON object", value)
            continue
        document = _document(number, value)
        more = related.get(str(document.fields.get("document_id")), {})
        merged = {relation: [*document.fields.get(relation, ()), *ids] for relation, ids in more.items()}
        yield replace(document, fields={**document.fields, **merged})


def _related(relationships: object, where: str) -> dict[str, dict[str, list[str]]]:
    """Ids by source document and relation."""
    if not isinstance(relationships, list):
        raise InputError(f"{where}: relationships must be a list of {{source, type, target}}")
    found: dict[str, dict[str, list[str]]] = {}
    for number, value in enumerate(relationships, start=1):
        named = value if isinstance(value, dict) else {}
        source, relation, target = named.get("source"), _form(str(named.get("type"))), named.get("target")
        relation = relation if relation in RELATIONS else f"{relation}s"
        if source is None or target is None or relation not in RELATIONS:
            raise InputError(
                f"{where}: relationship {number} is {value!r}: give source, target and a type of {', '.join(RELATIONS)}"
            )
        found.setdefault(str(source), {}).setdefault(relation, []).append(str(target))
    return found


def _document(row: int, cells: Mapping[str, object]) -> Document:
    said: dict[str, list[Any]] = {}
    for column, value in cells.items():
        name = _field(column)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        said.setdefault(name, []).append(_value(name, value))
    differing = {name: values for name, values in said.items() if name in _KNOWN and not _agree(name, values)}
    return Document(row, {name: values[0] for name, values in said.items()}, differing)


def _value(name: str, cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    if name in _CODES:
        return _VAULT_SUFFIX.sub("", cell.strip())
    if name in _LISTS:
        return [part.strip() for part in re.split(r"[;,|]", cell) if part.strip()]
    if name == "references":
        return [part.strip() for part in cell.split("|") if part.strip()]
    return cell


def _agree(name: str, values: Sequence[Any]) -> bool:
    """Whether they say the same, however a code or a day is written."""
    first, *others = (_content(name, value) for value in values)
    return name in _SEVERAL or all(other == first for other in others)


def _content(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if name in _CODES:
        return _TYPE_NAMES.get(_form(value), _form(value))
    return value.strip()[: len("2026-09-30")] if name in _DAYS else value.strip()


def _field(column: str) -> str:
    name = _form(column)
    return _NAMES.get(name, name)


def _form(name: str) -> str:
    return _VAULT_SUFFIX.sub("", "_".join(name.strip().lower().replace("-", " ").split()))


def _type(document: Document) -> str:
    form = _form(str(document.fields.get("type", "")))
    return _TYPE_NAMES.get(form, form)


def _fault_of(row: Document, where: str) -> Reject | None:
    """What makes a document unusable by itself."""
    for name in ("document_id", "type", "status"):
        value = row.fields.get(name)
        if not isinstance(value, str | int) or isinstance(value, bool):
            return _reject(row, where, name, value, "is missing" if value is None else "must be a text")
    for name in RELATIONS:
        value = row.fields.get(name, [])
        if not isinstance(value, list):
            return _reject(row, where, name, value, "must be a list of document ids")
    if row.differing:
        name, values = next(iter(row.differing.items()))
        return _reject(row, where, name, values, "columns that mean the same differ: keep one")
    if _type(row) not in TYPES:
        near = did_you_mean(_type(row), TYPES)
        return _reject(row, where, "type", row.fields["type"], f"unknown type{near}: one of {', '.join(TYPES)}")
    return None


def _reject(document: Document, where: str, field: str, value: object, reason: str) -> Reject:
    return Reject.of(_TABLE, where, document.row, field, value, reason, document.fields)


def _by_id(
    documents: Iterable[Document], unusable: Iterable[Document], where: str
) -> tuple[dict[str, Document], list[Reject]]:
    """Documents by id, identical repeats collapsed; where one id has different contents none of them counts.

    An unusable document is another content than one that can be used.
    """
    contradicting = _versions(document for document in unusable if "document_id" in document.fields)
    single: dict[str, Document] = {}
    faults = []
    for document_id, same in _versions(documents).items():
        others = contradicting.get(document_id, [])
        if not others and all(document.fields == same[0].fields for document in same):
            single[document_id] = same[0]
            continue
        for document in same:
            rows = ", ".join(str(other.row) for other in (*same, *others) if other is not document)
            reason = f"the same document_id has another content in row {rows}: keep one version"
            faults.append(_reject(document, where, "document_id", document_id, reason))
    return single, faults


def _versions(documents: Iterable[Document]) -> dict[str, list[Document]]:
    versions: dict[str, list[Document]] = {}
    for document in documents:
        versions.setdefault(document.id, []).append(document)
    return versions


def _module(document: Document, documents: Mapping[str, Document], where: str) -> DocumentModule:
    fields = {name: document.fields[name] for name in _OF_MODULE if name in document.fields}
    faults = []
    parts: dict[str, list[Document]] = {relation: [] for relation in RELATIONS}
    for relation, kind in RELATIONS.items():
        for document_id in map(str, document.fields.get(relation, ())):
            part = documents.get(document_id)
            if part is None and kind == "asset":
                continue  # `must_use` keeps the id, and eligibility finds the asset absent
            if part is None or _type(part) != kind:
                is_one = "is not in the export or not readable" if part is None else f"is a {_type(part)}"
                faults.append(_reject(document, where, relation, document_id, f"the {kind} {is_one}"))
            elif part not in parts[relation]:
                parts[relation].append(part)
    assets = {part.id: part for part in (*parts["must_use"], *parts["assets"])}
    fields |= {
        "module_id": document.id,
        "claims": [_part("claim_id", part) for part in parts["claims"]],
        "texts": [_part("text_id", part) for part in parts["texts"]],
        "must_use": [str(document_id) for document_id in document.fields.get("must_use", ())],
        "assets": [_part("asset_id", part, "kind") for part in assets.values()],
    }
    if "text" not in fields and parts["texts"]:
        fields["text"] = "\n\n".join(str(part.fields.get("text", "")) for part in parts["texts"])
    return DocumentModule(document.row, fields, tuple(faults))


def _part(id_name: str, document: Document, *more: str) -> dict[str, Any]:
    return {
        id_name: document.id,
        **{name: document.fields[name] for name in (*_OF_PART, *more) if name in document.fields},
    }


def _notices(documents: Iterable[Document], single: Mapping[str, Document], where: str) -> Iterator[str]:
    unread = sorted({name for document in documents for name in document.fields} - _KNOWN)
    if unread:
        yield f"{where}: columns that are not read: {', '.join(unread)}"
    named = {
        str(document_id)
        for document in single.values()
        for relation in RELATIONS
        for document_id in document.fields.get(relation, ())
    }
    unused = [document.id for document in single.values() if _type(document) != "module" and document.id not in named]
    if unused:
        yield f"{where}: documents that no module names: {', '.join(unused)}"
