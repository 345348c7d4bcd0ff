"""Indexing again embeds what changed; what is damaged is never used; a crash leaves what was there."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hcplens.embeddings.encoder import Vectors
from hcplens.errors import InputError
from hcplens.inference.catalogue import CatalogueFolder, index_catalogue, open_catalogue, read_catalogue
from hcplens.inference.progress import Done, QuietReporter
from hcplens.inference.records import TooManyRejectsError

MODULE: dict[str, Any] = {
    "module_id": "M1",
    "brand": "Zelvanta",
    "title": "Once daily",
    "text": "One tablet a day.",
    "status": "approved",
    "claims": [{"claim_id": "C1", "text": "No titration", "status": "approved"}],
}


class CountingEncoder:
    """Vectors by the digest of the text; remembers what it was asked."""

    dimension = 4
    precision = "float32"

    def __init__(self, digest: str = "counting") -> None:
        self.digest = digest
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = [list(hashlib.sha256((self.digest + text).encode()).digest()[:4]) for text in texts]
        vectors: Vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 4)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


class Notices:
    """Keeps what a user is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def stage(self, name: str, total: int | None, unit: str) -> AbstractContextManager[Done]:
        return QuietReporter().stage(name, total, unit)

    def notice(self, message: str) -> None:
        self.told.append(message)


def source(folder: Path, *modules: dict[str, Any]) -> Path:
    path = folder / "modules.jsonl"
    path.write_text("\n".join(map(json.dumps, modules)), encoding="utf-8")
    return path


def numbered(number: int, **changes: Any) -> dict[str, Any]:
    return {**MODULE, "module_id": f"M{number}", "text": f"Tablet {number}.", **changes}


def test_only_what_is_worded_anew_is_embedded_again(tmp_path: Path) -> None:
    target = tmp_path / "indexed"
    first = index_catalogue(source(tmp_path, *map(numbered, range(4))), target, CountingEncoder(), QuietReporter())
    assert (first.modules, first.embedded, first.removed) == (4, 4, 0)
    encoder = CountingEncoder()
    changed = [numbered(0), numbered(1, status="withdrawn"), numbered(2, text="Capsule."), numbered(5)]
    second = index_catalogue(source(tmp_path, *changed), target, encoder, QuietReporter())
    assert (second.modules, second.embedded, second.removed) == (4, 2, 1)
    assert sorted(encoder.asked) == ["Once daily. Capsule.", "Once daily. Tablet 5."]
    opened = CatalogueFolder.open(target)
    assert opened.catalogue.digest == read_catalogue(tmp_path / "modules.jsonl").digest
    assert opened.manifest.counts["embedded"] == 2
    assert opened.vectors is not None
    assert len(opened.vectors) == 5  # four wordings and the claim that all share


def test_an_indexed_catalogue_answers_as_its_source_does_without_embedding(tmp_path: Path) -> None:
    modules = source(tmp_path, *map(numbered, range(3)))
    index_catalogue(modules, tmp_path / "indexed", CountingEncoder(), QuietReporter())
    counting = CountingEncoder()
    catalogue, encoder = open_catalogue(tmp_path / "indexed", counting, QuietReporter())
    assert catalogue.modules == read_catalogue(modules).modules
    texts = ["Once daily. Tablet 1.", "No titration"]
    assert (encoder.encode(texts) == CountingEncoder().encode(texts)).all()
    assert counting.asked == []
    assert (encoder.encode(["something else"]) == CountingEncoder().encode(["something else"])).all()
    assert encoder.encode([]).shape == (0, 4)


@pytest.mark.parametrize("damage", ["a byte", "half", "gone"])
def test_a_damaged_index_is_refused_with_a_notice_and_rebuilt_from_the_catalogue(tmp_path: Path, damage: str) -> None:
    target = tmp_path / "indexed"
    index_catalogue(source(tmp_path, *map(numbered, range(3))), target, CountingEncoder(), QuietReporter())
    file = target / "index.safetensors"
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        flipped = content[:-1] + bytes([content[-1] ^ 1])
        file.write_bytes(flipped if damage == "a byte" else content[: len(content) // 2])
    counting, notices = CountingEncoder(), Notices()
    catalogue, encoder = open_catalogue(target, counting, notices)
    assert len(catalogue.modules) == 3
    assert "is refused" in notices.told[0]
    encoder.encode(["No titration"])
    assert counting.asked == ["No titration"]
    report = index_catalogue(target, target, CountingEncoder(), notices)
    assert (report.modules, report.embedded) == (3, 3)
    assert file.read_bytes() == content


def test_damaged_modules_are_an_error_for_readers_and_replaced_by_the_next_index(tmp_path: Path) -> None:
    target, modules = tmp_path / "indexed", source(tmp_path, MODULE)
    index_catalogue(modules, target, CountingEncoder(), QuietReporter())
    lines = (target / "modules.jsonl").read_text()
    (target / "modules.jsonl").write_text(lines.replace("One tablet", "Two tablets"))
    with pytest.raises(InputError, match="is not the file that was published"):
        open_catalogue(target, CountingEncoder(), QuietReporter())
    with pytest.raises(InputError, match="is not the file that was published"):
        read_catalogue(target)
    notices = Notices()
    assert index_catalogue(modules, target, CountingEncoder(), notices).embedded == 1
    assert "embedded anew" in notices.told[0]
    assert (target / "modules.jsonl").read_text() == lines


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\u0085", "\v", "\f", "\x1c", "\r\n"], ids=ascii)
def test_wording_that_holds_an_end_of_line_of_any_kind_is_read_back_as_it_was(tmp_path: Path, end: str) -> None:
    modules = source(tmp_path, numbered(1, text=f"One tablet a day.{end}See the safety information."), numbered(2))
    index_catalogue(modules, tmp_path / "indexed", CountingEncoder(), QuietReporter())
    assert read_catalogue(tmp_path / "indexed").modules == read_catalogue(modules).modules


def test_published_modules_that_cannot_be_read_are_an_error_for_readers_and_replaced_by_the_next_index(
    tmp_path: Path,
) -> None:
    target, modules = tmp_path / "indexed", source(tmp_path, MODULE)
    index_catalogue(modules, target, CountingEncoder(), QuietReporter())
    lines, marker = (target / "modules.jsonl").read_bytes(), json.loads((target / "catalogue.json").read_text())
    unreadable = lines.replace(b'"title"', b'"heading"')
    (target / "modules.jsonl").write_bytes(unreadable)
    marker["files"]["modules.jsonl"] = {"bytes": len(unreadable), "sha256": hashlib.sha256(unreadable).hexdigest()}
    (target / "catalogue.json").write_text(json.dumps(marker))
    with pytest.raises(InputError, match=r"modules\.jsonl line 1 is no module, title: Field required; index"):
        read_catalogue(target)
    notices = Notices()
    assert index_catalogue(modules, target, CountingEncoder(), notices).modules == 1
    assert "embedded anew" in notices.told[0]
    assert (target / "modules.jsonl").read_bytes() == lines


def test_vectors_of_another_encoder_are_not_used(tmp_path: Path) -> None:
    target = tmp_path / "indexed"
    index_catalogue(source(tmp_path, MODULE), target, CountingEncoder(), QuietReporter())
    other, notices = CountingEncoder("other"), Notices()
    _, encoder = open_catalogue(target, other, notices)
    assert (encoder.encode(["No titration"]) == CountingEncoder("other").encode(["No titration"])).all()
    assert "another encoder" in notices.told[0]
    assert index_catalogue(target, target, other, notices).embedded == 1


def test_a_folder_that_is_no_catalogue_is_left_alone(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "manifest.json").write_text('{"hcplens": "0.1"}')
    with pytest.raises(InputError, match="hcplens did not make it"):
        index_catalogue(source(tmp_path, MODULE), run, CountingEncoder(), QuietReporter())
    assert [path.name for path in run.iterdir()] == ["manifest.json"]


def test_lines_that_are_no_module_are_told_and_counted(tmp_path: Path) -> None:
    notices = Notices()
    modules = source(tmp_path, MODULE, {"module_id": "M2"})
    report = index_catalogue(modules, tmp_path / "x", CountingEncoder(), notices, max_rejects=0.5)
    assert (report.modules, report.rejected) == (1, 1)
    assert "modules.jsonl row 2" in notices.told[0]


def test_more_bad_lines_than_allowed_publish_nothing(tmp_path: Path) -> None:
    modules, encoder = source(tmp_path, MODULE, {"module_id": "M2"}), CountingEncoder()
    with pytest.raises(TooManyRejectsError, match=r"1 of 2 rows rejected \(50\.0%; 40\.0% are allowed\)"):
        index_catalogue(modules, tmp_path / "x", encoder, QuietReporter(), max_rejects=0.4)
    assert not (tmp_path / "x").exists()
    assert encoder.asked == []


KILLED = """
import os, sys, time
from pathlib import Path
import hcplens.inference.catalogue.folder as folder
import hcplens.inference.runs.publishing as publishing
sys.path.insert(0, sys.argv[4])
from test_indexing import CountingEncoder
from hcplens.inference.catalogue import index_catalogue
from hcplens.inference.progress import QuietReporter

def hang(*_):
    print("there", flush=True)
    time.sleep(600)

if sys.argv[3] == "writing":
    folder._sha256 = hang
elif sys.argv[3] == "syncing":
    publishing._sync = hang
else:
    publishing._exchange = hang
index_catalogue(Path(sys.argv[1]), Path(sys.argv[2]), CountingEncoder(), QuietReporter())
"""


@pytest.mark.parametrize("moment", ["writing", "syncing", "exchanging"])
def test_a_publish_that_is_killed_leaves_the_last_good_catalogue(tmp_path: Path, moment: str) -> None:
    target = tmp_path / "indexed"
    index_catalogue(source(tmp_path, numbered(0), numbered(1)), target, CountingEncoder(), QuietReporter())
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    changed = source(tmp_path, numbered(0), numbered(1, text="Capsule."))
    command = [sys.executable, "-c", KILLED, str(changed), str(target), moment, str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        os.kill(process.pid, signal.SIGKILL)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before
    assert CatalogueFolder.open(target).vectors is not None
    report = index_catalogue(changed, target, CountingEncoder(), QuietReporter())
    assert (report.modules, report.embedded) == (2, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["indexed", "modules.jsonl"]
