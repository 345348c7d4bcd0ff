from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hcplens import InputError
from hcplens.eval.datasets import is_beir_folder, read_beir

CORPUS = [{"_id": "d1", "title": "A title", "text": "and its text"}, {"_id": "d2", "text": "only text"}]
QUERIES = [{"_id": "q1", "text": "what?"}, {"_id": "q2", "text": "never judged"}]
QRELS = "query-id\tcorpus-id\tscore\nq1\td2\t2\nq1\td1\t0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lines(tmp_path / "corpus.jsonl", CORPUS)
    write_lines(tmp_path / "queries.jsonl", QUERIES)
    (tmp_path / "qrels.test.tsv").write_text(QRELS, encoding="utf-8")
    return tmp_path


def write_lines(path: Path, records: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def test_title_and_text_are_joined_by_a_blank(folder: Path) -> None:
    assert read_beir(folder).documents == {"d1": "A title and its text", "d2": "only text"}


def test_only_queries_with_a_relevant_document_are_asked(folder: Path) -> None:
    found = read_beir(folder)
    assert found.queries == {"q1": "what?"}
    assert found.relevance == {"q1": {"d2": 2}}
    assert found.unanswerable == 0


def test_judged_queries_that_nothing_answers_are_counted_and_bytes_that_are_no_text_named(folder: Path) -> None:
    (folder / "qrels.test.tsv").write_text(QRELS + "q2\td1\t0\n", encoding="utf-8")
    assert read_beir(folder).unanswerable == 1
    (folder / "qrels.test.tsv").write_bytes(QRELS.encode() + b"q2\td\xe9\t1\n")
    with pytest.raises(InputError, match=r"qrels\.test\.tsv cannot be read"):
        read_beir(folder)


def test_judgements_may_lie_in_a_folder_as_beir_packs_them(folder: Path) -> None:
    (folder / "qrels").mkdir()
    (folder / "qrels.test.tsv").rename(folder / "qrels" / "test.tsv")
    assert is_beir_folder(folder)
    assert read_beir(folder).relevance == {"q1": {"d2": 2}}


def test_every_file_is_named_with_its_digest(folder: Path) -> None:
    assert set(read_beir(folder).digests) == {"corpus.jsonl", "queries.jsonl", "qrels.test.tsv"}


def test_a_folder_without_judgements_is_none(folder: Path) -> None:
    (folder / "qrels.test.tsv").unlink()
    assert not is_beir_folder(folder)
    with pytest.raises(InputError, match=r"no judgements: qrels\.test\.tsv or qrels/test\.tsv"):
        read_beir(folder)


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        ("query\tdocument\tscore\nq1\td2\t1\n", "line 1: the header is"),
        ("query-id\tcorpus-id\tscore\nq1\td2\n", "line 2: .* is not a query, a document and a whole number"),
        ("query-id\tcorpus-id\tscore\nq1\td2\t0.5\n", "line 2: .* is not a query, a document and a whole number"),
        ("query-id\tcorpus-id\tscore\nq1\td2\t--1\n", "line 2: .* is not a query, a document and a whole number"),
        ("query-id\tcorpus-id\tscore\nq1\td2\t1\nq1\td2\t0\n", "line 3: 'q1' and 'd2' are judged twice"),
        ("query-id\tcorpus-id\tscore\nq9\td2\t1\n", "line 2: query-id: 'q9' is not in queries"),
        ("query-id\tcorpus-id\tscore\nq1\td9\t1\n", "line 2: corpus-id: 'd9' is not in corpus"),
        ("query-id\tcorpus-id\tscore\nq1\td2\t0\n", "says of no document that it is relevant"),
    ],
)
def test_damaged_judgements_are_named(folder: Path, qrels: str, message: str) -> None:
    (folder / "qrels.test.tsv").write_text(qrels, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_beir(folder)


def test_a_repeated_id_is_named(folder: Path) -> None:
    write_lines(folder / "corpus.jsonl", [*CORPUS, CORPUS[0]])
    with pytest.raises(InputError, match=r"corpus\.jsonl line 3: the id 'd1' occurs twice"):
        read_beir(folder)


def test_a_document_without_text_is_named(folder: Path) -> None:
    write_lines(folder / "corpus.jsonl", [*CORPUS, {"_id": "d3", "title": "no text"}])
    with pytest.raises(InputError, match=r"corpus\.jsonl line 3: text: Field required"):
        read_beir(folder)


@pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="HCPLENS_PUBLIC_DATA names the public data")
def test_scifact_is_read_whole() -> None:
    found = read_beir(Path(os.environ["HCPLENS_PUBLIC_DATA"]) / "scifact")
    assert (len(found.documents), len(found.queries), sum(map(len, found.relevance.values()))) == (5183, 300, 339)
