"""Whole physicians over time: what a system may read of them, and the gold that it is measured against.

A folder of the canonical tables (`notes.jsonl`, `content_events.csv` …; CSV, JSONL or Parquet, one file a table), the
catalogue `modules.jsonl`, and any of the gold files. Gold also stands inside two inputs: the labels of the notes and
the field `addresses` of the modules. Whoever runs a system on timelines takes
`stripped_tables` and `stripped_modules`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...embeddings.model_files import file_digest
from ...errors import InputError
from ...inference.insights import GoldNote, read_gold
from ...inference.insights.gold import read_json_lines
from ...inference.records import TABLES
from ...inference.records.catalogue import Module
from ...inference.records.inputs import INPUT_TABLES
from .timeline_gold import (
    CHANNEL_PROBABILITIES,
    PROFILES,
    SURVEY_TOPICS,
    Addresses,
    GoldProfile,
    SurveyStatement,
    read_addresses,
    read_channel_probabilities,
    read_profiles,
    read_survey_statements,
)
from .timeline_tables import known_ids

MODULES = "modules.jsonl"
_FORMATS = (".jsonl", ".csv", ".parquet")
_LABELS = "insights"
_TELLING = ("notes", "content_events")


@dataclass(frozen=True)
class Timelines:
    """Timelines and their gold; gold that the folder does not hold is empty.

    Attributes:
        folder: where the files lie.
        tables: the input file of each table.
        modules: the catalogue, gold included; None where there is none.
        notes: the notes with their labels, where they have any.
        profiles: what is true of each physician and brand.
        channel_probabilities: the hidden probability of engaging, by (hcp_id, channel).
        survey_statements: what each survey answer states.
        addresses: what each module answers, as (topic, polarity).
        digests: SHA-256 of every file by its name.
    """

    folder: Path
    tables: Mapping[str, Path]
    modules: Path | None
    notes: tuple[GoldNote, ...]
    profiles: tuple[GoldProfile, ...]
    channel_probabilities: Mapping[tuple[str, str], float]
    survey_statements: tuple[SurveyStatement, ...]
    addresses: Addresses
    digests: Mapping[str, str]


def is_timelines_folder(folder: Path) -> bool:
    """Whether notes or content events lie there."""
    return any((folder / f"{name}{ending}").is_file() for name in _TELLING for ending in _FORMATS)


def read_timelines(folder: Path) -> Timelines:
    """Read a folder of timelines.

    Raises:
        InputError: no table is there, one table lies in two files, or a gold row that is damaged, repeated or about
            something that the inputs do not have; naming file, line and field.
    """
    tables = {name: path for name in INPUT_TABLES if (path := _table_file(folder, name)) is not None}
    if not tables:
        raise InputError(f"{folder} holds none of the tables {', '.join(INPUT_TABLES)} ({', '.join(_FORMATS)})")
    modules = _if_there(folder / MODULES)
    notes = _labelled_notes(tables.get("notes"))
    addresses = read_addresses(modules) if modules else {}
    profiles, probabilities = _if_there(folder / PROFILES), _if_there(folder / CHANNEL_PROBABILITIES)
    survey_topics = _if_there(folder / SURVEY_TOPICS)
    physicians = known_ids(tables, "hcp_id") if profiles or probabilities else frozenset()
    responses = known_ids(tables, "response_id") if survey_topics else frozenset()
    used = [*tables.values(), *filter(None, (modules, profiles, probabilities, survey_topics))]
    return Timelines(
        folder=folder,
        tables=tables,
        modules=modules,
        notes=notes,
        profiles=read_profiles(profiles, physicians, addresses.keys()) if profiles else (),
        channel_probabilities=read_channel_probabilities(probabilities, physicians) if probabilities else {},
        survey_statements=read_survey_statements(survey_topics, responses) if survey_topics else (),
        addresses={module_id: found for module_id, found in addresses.items() if found},
        digests={path.name: file_digest(path) for path in used},
    )


def stripped_tables(timelines: Timelines, folder: Path) -> dict[str, Path]:
    """The tables as a system may read them: labelled notes as a copy in `folder` without their labels."""
    tables = dict(timelines.tables)
    if timelines.notes:
        columns = {column.name for column in TABLES["notes"].columns}
        tables["notes"] = _copied(tables["notes"], folder, columns)
    return tables


def stripped_modules(timelines: Timelines, folder: Path) -> Path | None:
    """The catalogue as a system may read it: a copy in `folder` where it says what its modules address."""
    if timelines.modules and timelines.addresses:
        return _copied(timelines.modules, folder, set(Module.model_fields))
    return timelines.modules


def _table_file(folder: Path, name: str) -> Path | None:
    found = [path for ending in _FORMATS if (path := folder / f"{name}{ending}").is_file()]
    if len(found) > 1:
        raise InputError(f"{folder} holds {' and '.join(path.name for path in found)}: keep one of them")
    return found[0] if found else None


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _labelled_notes(path: Path | None) -> tuple[GoldNote, ...]:
    if path is None or path.suffix != ".jsonl" or not any(_LABELS in record for _, record in read_json_lines(path)):
        return ()
    return tuple(read_gold([path]))


def _copied(path: Path, folder: Path, fields: set[str]) -> Path:
    """A copy of a JSONL file whose records have no other fields."""
    copy = folder / path.name
    with copy.open("w", encoding="utf-8") as file:
        for _, record in read_json_lines(path):
            kept = {name: value for name, value in record.items() if name in fields}
            file.write(json.dumps(kept, ensure_ascii=False) + "\n")
    return copy
