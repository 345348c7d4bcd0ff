from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hcplens import load_encoder
from hcplens.embeddings import Encoder, Vectors
from hcplens.embeddings.model_files import default_model_folder
from hcplens.eval.datasets import read_beir, read_timelines
from hcplens.eval.results import Figure
from hcplens.eval.suites.black_out import BLACK
from hcplens.eval.suites.retrieval import retrieval_suite
from hcplens.eval.suites.retrieval_task import OWN_WORDS, Query, RetrievalTask, Shelf, own_words_task
from hcplens.eval.suites.search_systems import SYSTEMS, search
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.inference.progress import QuietReporter
from hcplens.precision import Precision

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"
PUBLISHED_NDCG = 0.64508
needs_public_data = pytest.mark.skipif(
    "HCPLENS_PUBLIC_DATA" not in os.environ, reason="HCPLENS_PUBLIC_DATA names the public data"
)
DOCUMENTS = {
    "d1": "payer denied the prior authorisation again",
    "d2": "tablet taken once daily with food",
    "d3": "pharmacy has it on backorder",
}
QUERIES = {"q1": ("prior authorisation denied", "d1"), "q2": ("once daily tablet", "d2"), "q3": ("backorder", "d3")}


class SameForAll:
    """An encoder to which all texts are alike."""

    dimension = 2
    digest = "same"
    precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    write_lines(folder / "corpus.jsonl", [{"_id": i, "title": "", "text": t} for i, t in DOCUMENTS.items()])
    write_lines(folder / "queries.jsonl", [{"_id": i, "text": text} for i, (text, _) in QUERIES.items()])
    rows = "".join(f"{query_id}\t{document}\t1\n" for query_id, (_, document) in QUERIES.items())
    (folder / "qrels.test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}", encoding="utf-8")
    return folder


def write_lines(path: Path, records: Sequence[Mapping[str, str]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def measure(data: Path, encoder: Encoder) -> Findings:
    return retrieval_suite(data, SuiteContext(encoder, QuietReporter()))


def by_system(findings: Findings, metric: str, task: str) -> dict[str, Figure]:
    return {
        s: f
        for f in findings.figures
        for s in SYSTEMS
        if f.metric == f"{s} {metric}" and f.part in ("all", f"task={task}")
    }


def ignore(count: int) -> None:
    """Progress that nobody watches."""


def task_of(documents: Mapping[str, str], *queries: Query) -> RetrievalTask:
    return RetrievalTask("small", (Shelf(documents, queries),), 0, "nothing")


def test_each_system_finds_what_shares_the_words(beir: Path, hashing_encoder: Encoder) -> None:
    findings = measure(beir, hashing_encoder)
    for metric in ("nDCG@10", "MRR@10", "hit@10"):
        figures = by_system(findings, metric, "small")
        assert {system: figure.estimate.value for system, figure in figures.items()} == dict.fromkeys(SYSTEMS, 1.0)
    [items] = findings.item_sets
    assert (items.ids, items.clusters) == (("q1", "q2", "q3"), ("q1", "q2", "q3"))
    assert set(findings.data) == {"small/corpus.jsonl", "small/queries.jsonl", "small/qrels.test.tsv"}


def test_benchmarks_are_found_in_the_folder_retrieval(beir: Path, hashing_encoder: Encoder) -> None:
    data = beir.parent / "data"
    (data / "retrieval").mkdir(parents=True)
    beir.rename(data / "retrieval" / "small")
    assert by_system(measure(data, hashing_encoder), "nDCG@10", "small")


def test_ties_stand_in_descending_order_of_their_ids() -> None:
    documents = dict.fromkeys("acb", "oncology")
    found = search(task_of(documents, Query("q", "oncology", {"a": 1}, "q")), SameForAll(), ignore)
    assert found == {system: [["c", "b", "a"]] for system in SYSTEMS}


def test_what_shares_no_word_is_not_found_by_words() -> None:
    documents = {"a": "cardiology", "b": "oncology"}
    found = search(task_of(documents, Query("q", "oncology ward", {"b": 1}, "q")), SameForAll(), ignore)
    assert found["bm25"] == [["b"]]
    assert found["dense"] == [["b", "a"]]
    assert found["fused"] == [["b", "a"]]


def test_a_query_never_finds_itself() -> None:
    documents = {"q": "oncology ward", "b": "oncology"}
    found = search(task_of(documents, Query("q", "oncology ward", {"b": 1}, "q")), SameForAll(), ignore)
    assert found == {system: [["b"]] for system in SYSTEMS}


def test_a_query_that_no_system_answers_is_shown(hashing_encoder: Encoder, beir: Path) -> None:
    fillers = [{"_id": f"f{i}", "title": "", "text": "entirely unlike words stand here"} for i in range(30)]
    answers = [{"_id": i, "title": "", "text": t} for i, t in DOCUMENTS.items()]
    write_lines(beir / "corpus.jsonl", [*fillers, *answers])
    write_lines(beir / "queries.jsonl", [{"_id": i, "text": "entirely unlike words"} for i in QUERIES])
    findings = measure(beir, hashing_encoder)
    facts = dict(findings.examples[0].facts)
    assert len(findings.examples) == 3
    assert (facts["relevant documents"], facts["rank of the best by bm25"]) == ("d1", "below 100")


def test_what_gold_knows_to_identify_a_patient_is_never_shown(hashing_encoder: Encoder, tmp_path: Path) -> None:
    said = "worried for the lady with the blue scarf, whose plan refuses again"
    statement = {"topic": "coverage", "polarity": "barrier", "status": "current", "holder": "hcp", "evidence": said}
    note = {
        "note_id": "N1",
        "hcp_id": "H1",
        "date": "2026-03-02",
        "brand": "Zelvanta",
        "text": f"Dr. is {said}. Call back.",
        "insights": [statement],
        "phi": ["the lady with the blue scarf"],
    }
    module = json.loads((SHIPPED / "timelines" / "modules.jsonl").read_text(encoding="utf-8").splitlines()[0])
    unlike = module | {"text": "Tablets.", "addresses": [{"topic": "coverage", "polarity": "barrier"}]}
    alike = [module | {"module_id": f"M{n}", "title": said, "text": said, "addresses": []} for n in range(30)]
    write_lines(tmp_path / "modules.jsonl", [unlike, *alike])
    (tmp_path / "notes.jsonl").write_text(json.dumps(note), encoding="utf-8")
    [example] = measure(tmp_path, hashing_encoder).examples
    assert example.text == said.replace("the lady with the blue scarf", BLACK * 28)


def test_physicians_own_words_are_searched_in_the_modules_of_their_brand() -> None:
    task = own_words_task(read_timelines(SHIPPED / "timelines"))
    assert task is not None
    assert len(task.shelves) == 3
    for shelf in task.shelves:
        assert shelf.queries
        assert all(query.relevance.keys() <= shelf.documents.keys() for query in shelf.queries)
        assert len({name[:3] for name in shelf.documents}) == 1
    assert len(set(task.items.clusters)) == 30
    assert task.unanswerable > 0


def test_the_modules_that_address_own_words_are_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    findings = measure(SHIPPED, load_encoder(cache_folder=tmp_path_factory.getbasetemp() / "vectors"))
    figures = by_system(findings, "nDCG@10", OWN_WORDS)
    assert figures["dense"].estimate.value == pytest.approx(0.50, abs=0.05)
    assert figures["fused"].estimate.value > figures["bm25"].estimate.value
    assert {figure.estimate.clusters for figure in figures.values()} == {30}
    assert any("have no relevant document and were left out" in notice for notice in findings.notices)


def test_a_folder_without_a_benchmark_is_left_to_other_suites(hashing_encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no BEIR folder and no timelines"):
        measure(tmp_path, hashing_encoder)


@needs_public_data
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_scifact_gives_the_published_figure(precision: Precision) -> None:
    """Encodes 5,183 abstracts unless the user's cache knows them."""
    findings = measure(Path(os.environ["HCPLENS_PUBLIC_DATA"]) / "scifact", load_encoder(precision=precision))
    found = by_system(findings, "nDCG@10", "scifact")["dense"]
    assert found.estimate.value == pytest.approx(PUBLISHED_NDCG, abs=0.005)
    assert found.estimate.items == 300


@needs_public_data
def test_scifact_is_scored_as_by_sentence_transformers() -> None:
    """Their search and their nDCG, over queries that they encode and the documents' vectors."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator
    from sentence_transformers.util import cos_sim

    folder = Path(os.environ["HCPLENS_PUBLIC_DATA"]) / "scifact"
    encoder, beir = load_encoder(precision="float32"), read_beir(folder)
    ours = by_system(measure(folder, encoder), "nDCG@10", "scifact")["dense"].estimate.value
    model = SentenceTransformer(str(default_model_folder()), device="cpu", local_files_only=True)
    evaluator = InformationRetrievalEvaluator(
        dict(beir.queries),
        dict(beir.documents),
        {query_id: set(found) for query_id, found in beir.relevance.items()},
        score_functions={"cosine": cos_sim},
    )
    documents = torch.from_numpy(encoder.encode(list(beir.documents.values())))
    theirs: dict[str, Any] = evaluator.compute_metrices(model, corpus_embeddings=documents)
    assert round(ours, 4) == round(theirs["cosine"]["ndcg@k"][10], 4)
