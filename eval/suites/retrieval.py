"""The retrieval suite: how well documents are found, by vectors, by words, and by both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from ...inference.triage import find_identifiers
from ..datasets import first_place, read_beir
from ..metrics import SHARE, means, ranking_scores
from ..results import ALL, Example, Figure, measured
from .black_out import blacked_out, shown_note
from .retrieval_task import Query, RetrievalTask, beir_folders, beir_task, own_words_task
from .search_systems import DEPTH, SYSTEMS, Rankings, search, texts_to_encode
from .suite import Findings, MissingDataError, SuiteContext
from .timeline_data import data_digests, timelines_in

SUITE = "retrieval"
SHOWN_EXAMPLES = 100
_TOP = 10
_MEASURES = {f"nDCG@{_TOP}": f"nDCG@{_TOP}", f"MRR@{_TOP}": f"RR@{_TOP}", f"hit@{_TOP}": f"Success@{_TOP}"}
_DEEP = {f"recall@{DEPTH}": f"R@{DEPTH}"}


def retrieval_suite(data: Path, context: SuiteContext) -> Findings:
    """Measure retrieval on BEIR folders and on timelines whose modules say what they address.

    Raises:
        MissingDataError: the folder holds neither.
        InputError: what `read_beir` and `read_timelines` raise.
    """
    found = list(_tasks(data))
    if not found:
        raise MissingDataError(f"{data} holds no BEIR folder and no timelines whose modules say what they address")
    tasks = [task for task, _ in found]
    rankings = [_search(task, context) for task in tasks]
    pairs = list(zip(tasks, rankings, strict=True))
    return Findings(
        figures=tuple(figure for task, ranked in pairs for figure in _figures(task, ranked, _part(task, tasks))),
        item_sets=tuple(task.items for task in tasks),
        examples=tuple(example for task, ranked in pairs for example in _examples(task, ranked)),
        data={name: digest for _, digests in found for name, digest in digests.items()},
        scored_by={task.items.name: task.scored_by for task in tasks},
        notices=tuple(
            f"retrieval: {task.unanswerable:,} queries of {task.name} have no relevant document and were left out"
            for task in tasks
            if task.unanswerable
        ),
    )


def _tasks(data: Path) -> Iterator[tuple[RetrievalTask, dict[str, str]]]:
    """Every task of a data folder with the digests of its files."""
    for folder in beir_folders(data):
        benchmark = read_beir(folder)
        yield beir_task(benchmark), {f"{benchmark.name}/{name}": value for name, value in benchmark.digests.items()}
    try:
        timelines = timelines_in(data)
    except MissingDataError:
        return
    if task := own_words_task(timelines):
        yield task, data_digests(timelines)


def _search(task: RetrievalTask, context: SuiteContext) -> Rankings:
    with context.reporter.stage(task.name, texts_to_encode(task), "texts") as done:
        return search(task, context.encoder, done)


def _part(task: RetrievalTask, tasks: Sequence[RetrievalTask]) -> str:
    return ALL if len(tasks) == 1 else f"task={task.name}"


def _figures(task: RetrievalTask, rankings: Rankings, part: str) -> list[Figure]:
    """Each measure of each system; recall that deep only where there are more documents than that."""
    deep = max(len(shelf.documents) for shelf in task.shelves) > DEPTH
    measures = _MEASURES | _DEEP if deep else _MEASURES
    items, relevance = task.items, [query.relevance for query in task.queries]
    figures = []
    for system in SYSTEMS:
        scores = ranking_scores(list(measures.values()), rankings[system], relevance)
        for name, measure in measures.items():
            figures.append(measured(SUITE, f"{system} {name}", SHARE, items, means(scores[measure]), part=part))
    return figures


def _examples(task: RetrievalTask, rankings: Rankings) -> list[Example]:
    """Queries that neither vectors nor words answer among the first ten: where the relevant documents were found."""
    examples = []
    for row, query in enumerate(task.queries):
        ranks = {system: _best_rank(rankings[system][row], query.relevance.keys()) for system in SYSTEMS}
        if any(rank is not None and rank <= _TOP for rank in ranks.values()):
            continue
        facts = [("relevant documents", ", ".join(sorted(query.relevance)))]
        facts += [
            (f"rank of the best by {system}", f"below {DEPTH}" if r is None else str(r)) for system, r in ranks.items()
        ]
        facts.append(("first document by dense", next(iter(rankings["dense"][row]), "none")))
        examples.append(Example(SUITE, query.id, query.cluster, _shown(query), facts=tuple(facts)))
    return examples[:SHOWN_EXAMPLES]


def _shown(query: Query) -> str:
    """The query without what identifies a patient: words of a note are cut out of the note as it is shown."""
    if query.note is None:
        return blacked_out(query.text, [(found.start, found.end) for found in find_identifiers(query.text)])
    start, end = first_place(query.note.text, query.text)
    return shown_note(query.note, find_identifiers(query.note.text))[start:end]


def _best_rank(ranking: list[str], relevant: Set[str]) -> int | None:
    return next((rank for rank, document in enumerate(ranking, start=1) if document in relevant), None)
