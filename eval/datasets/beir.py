"""Retrieval benchmarks in the form of BEIR (Thakur et al., 2021): corpus, queries, and which answers which."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...embeddings.model_files import file_digest
from ...errors import InputError
from ...inference.insights.gold import read_json_lines

CORPUS, QUERIES = "corpus.jsonl", "queries.jsonl"
QRELS = ("qrels.test.tsv", "qrels/test.tsv")
_COLUMNS = ["query-id", "corpus-id", "score"]
_GRADE = re.compile(r"-?\d+", re.ASCII)


class _Text(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    id: str = Field(alias="_id", min_length=1)
    text: str
    title: str = ""


@dataclass(frozen=True)
class BeirFolder:
    """A benchmark; only the queries that something is relevant to.

    Attributes:
        name: the folder's.
        documents: title and text of each document, joined by a blank as BEIR does, by id.
        queries: text by id.
        relevance: by query id the grade (1 or more) of each relevant document.
        unanswerable: judged queries that nothing is relevant to.
        digests: SHA-256 of every file by its name.
    """

    name: str
    documents: Mapping[str, str]
    queries: Mapping[str, str]
    relevance: Mapping[str, Mapping[str, int]]
    unanswerable: int
    digests: Mapping[str, str]


def is_beir_folder(folder: Path) -> bool:
    """Whether a corpus, queries and test judgements lie there."""
    return (folder / CORPUS).is_file() and (folder / QUERIES).is_file() and _qrels(folder) is not None


def read_beir(folder: Path) -> BeirFolder:
    """Read a BEIR folder.

    Raises:
        InputError: a file is missing or damaged, an id is repeated, or a judgement names an unknown query or document,
            or a pair that was judged before.
    """
    qrels = _qrels(folder)
    if qrels is None:
        raise InputError(f"{folder} holds no judgements: {' or '.join(QRELS)}")
    documents = {text.id: f"{text.title} {text.text}".strip() for text in _texts(folder / CORPUS)}
    queries = {text.id: text.text for text in _texts(folder / QUERIES)}
    judged = _judgements(qrels, queries, documents)
    relevance = {query_id: relevant for query_id, grades in judged.items() if (relevant := _relevant(grades))}
    if not relevance:
        raise InputError(f"{qrels} says of no document that it is relevant")
    return BeirFolder(
        name=folder.resolve().name,
        documents=documents,
        queries={query_id: text for query_id, text in queries.items() if query_id in relevance},
        relevance=relevance,
        unanswerable=len(judged) - len(relevance),
        digests={path.name: file_digest(path) for path in (folder / CORPUS, folder / QUERIES, qrels)},
    )


def _qrels(folder: Path) -> Path | None:
    return next((path for name in QRELS if (path := folder / name).is_file()), None)


def _texts(path: Path) -> Iterator[_Text]:
    seen: set[str] = set()
    for number, record in read_json_lines(path):
        try:
            text = _Text.model_validate(record)
        except ValidationError as e:
            problem = e.errors()[0]
            raise InputError(f"{path} line {number}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from e
        if text.id in seen:
            raise InputError(f"{path} line {number}: the id {text.id!r} occurs twice")
        seen.add(text.id)
        yield text


def _judgements(path: Path, queries: Mapping[str, str], documents: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """The grade of every document that was judged, by query."""
    found: dict[str, dict[str, int]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter="\t")
            if (header := next(rows, None)) != _COLUMNS:
                raise InputError(f"{path} line 1: the header is {header}, it must be {_COLUMNS}, separated by tabs")
            for number, row in enumerate(rows, start=2):
                query_id, document_id, grade = _judgement(f"{path} line {number}", row, queries, documents)
                if document_id in found.setdefault(query_id, {}):
                    raise InputError(f"{path} line {number}: {query_id!r} and {document_id!r} are judged twice")
                found[query_id][document_id] = grade
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise InputError(f"{path} cannot be read: {e}") from e
    return found


def _relevant(grades: Mapping[str, int]) -> dict[str, int]:
    """Grades above 0; a judgement that a document is not relevant says what leaving it out says."""
    return {document_id: grade for document_id, grade in grades.items() if grade > 0}


def _judgement(
    where: str, row: list[str], queries: Mapping[str, str], documents: Mapping[str, str]
) -> tuple[str, str, int]:
    if len(row) != len(_COLUMNS) or not _GRADE.fullmatch(row[2]):
        raise InputError(f"{where}: {row} is not a query, a document and a whole number")
    if row[0] not in queries:
        raise InputError(f"{where}: query-id: {row[0]!r} is not in {QUERIES}")
    if row[1] not in documents:
        raise InputError(f"{where}: corpus-id: {row[1]!r} is not in {CORPUS}")
    return row[0], row[1], int(row[2])
