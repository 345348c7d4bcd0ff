"""What is searched for in what: BEIR folders, and physicians' own words against the modules that answer them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...inference.insights import GoldNote
from ...inference.insights.gold import GoldStatement
from ...inference.records.catalogue import load_catalogue, texts_of
from ..datasets import BeirFolder, Timelines, is_beir_folder
from ..results import ItemSet

OWN_WORDS = "own words to modules"
_FOLDER = "retrieval"


@dataclass(frozen=True)
class Query:
    """What is searched for.

    Attributes:
        id: of the query.
        text: its words.
        relevance: grades of the documents that answer it (1 or more).
        cluster: who asks.
        note: the labelled note whose words they are, where they are those of one.
    """

    id: str
    text: str
    relevance: Mapping[str, int]
    cluster: str
    note: GoldNote | None = None


@dataclass(frozen=True)
class Shelf:
    """Texts by id, and the queries that are asked of them alone."""

    documents: Mapping[str, str]
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class RetrievalTask:
    """Queries over one or more shelves, each with a relevant document.

    Attributes:
        name: how its figures are told apart.
        shelves: what is searched.
        unanswerable: queries left out because no document answers them.
        scored_by: how it was kept apart from training, in plain words.
    """

    name: str
    shelves: tuple[Shelf, ...]
    unanswerable: int
    scored_by: str

    @property
    def queries(self) -> tuple[Query, ...]:
        """All queries, shelf by shelf."""
        return tuple(query for shelf in self.shelves for query in shelf.queries)

    @property
    def items(self) -> ItemSet:
        """The queries as items."""
        queries = self.queries
        ids, clusters = tuple(query.id for query in queries), tuple(query.cluster for query in queries)
        return ItemSet(f"retrieval: {self.name}", ids, clusters)


def beir_folders(data: Path) -> list[Path]:
    """The BEIR folders of a data folder: itself, or those in its folder `retrieval`."""
    if is_beir_folder(data):
        return [data]
    return sorted(folder for folder in (data / _FOLDER).glob("*/") if is_beir_folder(folder))


def beir_task(found: BeirFolder) -> RetrievalTask:
    """A benchmark as a task; every query stands for itself."""
    queries = tuple(
        Query(query_id, text, found.relevance[query_id], query_id) for query_id, text in found.queries.items()
    )
    how = "the encoder as it is given, which nothing here trains"
    return RetrievalTask(found.name, (Shelf(found.documents, queries),), found.unanswerable, how)


def own_words_task(timelines: Timelines) -> RetrievalTask | None:
    """Labelled words of physicians on what drives them or holds them back now, over the modules of that brand.

    A module is relevant if gold says that it addresses the topic and polarity. None where nothing can be asked.
    """
    if timelines.modules is None or not timelines.addresses:
        return None
    shelves: dict[str, dict[str, str]] = defaultdict(dict)
    for module in load_catalogue(timelines.modules).modules:
        shelves[module.brand][module.module_id] = texts_of(module)[0]
    asked = {brand: _queries(timelines, brand, documents) for brand, documents in shelves.items()}
    answerable = {brand: tuple(query for query in queries if query.relevance) for brand, queries in asked.items()}
    found = tuple(Shelf(shelves[brand], queries) for brand, queries in answerable.items() if queries)
    if not found:
        return None
    left_out = sum(len(asked[brand]) - len(answerable[brand]) for brand in asked)
    how = "labelled words as queries; the encoder as it is given, which nothing here trains"
    return RetrievalTask(OWN_WORDS, found, left_out, how)


def _queries(timelines: Timelines, brand: str, documents: Iterable[str]) -> list[Query]:
    answers: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for module_id in documents:
        for subject in timelines.addresses.get(module_id, ()):
            answers[subject][module_id] = 1
    return [
        Query(f"{note.note_id}#{number}", statement.evidence, answers.get(_subject(statement), {}), note.hcp_id, note)
        for note in timelines.notes
        if note.brand == brand
        for number, statement in enumerate(note.insights)
        if statement.holder == "hcp" and statement.status == "current"
    ]


def _subject(statement: GoldStatement) -> tuple[str, str]:
    return (statement.topic, statement.polarity)
