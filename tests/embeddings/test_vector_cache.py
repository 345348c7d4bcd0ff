from __future__ import annotations

import gc
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from hcplens.embeddings import CachedEncoder, Encoder, VectorCache, Vectors
from hcplens.embeddings.vector_cache import default_cache_folder, text_key
from hcplens.errors import HcplensError

Precision = Literal["float32", "bfloat16"]


class CountingEncoder:
    """Delegates and counts how often each text is encoded."""

    def __init__(self, encoder: Encoder, precision: Precision = "float32") -> None:
        self.encoder = encoder
        self.dimension = encoder.dimension
        self.digest = encoder.digest
        self.precision = precision
        self.encoded: Counter[str] = Counter()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.update(texts)
        return self.encoder.encode(texts)


@pytest.fixture
def counting(hashing_encoder: Encoder) -> CountingEncoder:
    return CountingEncoder(hashing_encoder)


def cached(encoder: CountingEncoder, folder: Path) -> CachedEncoder:
    return CachedEncoder(encoder, VectorCache.for_encoder(encoder, folder))


def cache_file(folder: Path) -> Path:
    (path,) = (folder / "vectors").glob("*.sqlite")
    return path


def test_each_distinct_text_is_encoded_once_within_and_between_calls(counting: CountingEncoder, tmp_path: Path) -> None:
    encoder = cached(counting, tmp_path)
    first = encoder.encode(["cost", "supply", "cost"])
    second = encoder.encode(["supply", "peers"])
    assert counting.encoded == {"cost": 1, "supply": 1, "peers": 1}
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], second[0])


def test_a_later_process_finds_what_an_earlier_one_kept(counting: CountingEncoder, tmp_path: Path) -> None:
    first = cached(counting, tmp_path).encode(["cost", "", "\ud800", "漢字"])
    again = cached(counting, tmp_path).encode(["cost", "", "\ud800", "漢字"])
    assert np.array_equal(first, again)
    assert set(counting.encoded.values()) == {1}


def test_vectors_are_those_of_the_encoder(counting: CountingEncoder, hashing_encoder: Encoder, tmp_path: Path) -> None:
    texts = [f"text {n % 700}" for n in range(1500)]
    assert np.array_equal(cached(counting, tmp_path).encode(texts), hashing_encoder.encode(texts))


def test_no_text_gives_no_vector(counting: CountingEncoder, tmp_path: Path) -> None:
    assert cached(counting, tmp_path).encode([]).shape == (0, counting.dimension)
    assert not counting.encoded


def test_bfloat16_vectors_are_the_same_fresh_and_from_disk(hashing_encoder: Encoder, tmp_path: Path) -> None:
    encoder = CountingEncoder(hashing_encoder, "bfloat16")
    fresh = cached(encoder, tmp_path).encode(["the price is too high for them"])
    kept = cached(encoder, tmp_path).encode(["the price is too high for them"])
    exact = hashing_encoder.encode(["the price is too high for them"])
    assert np.array_equal(fresh, kept)
    assert fresh.dtype == np.float32
    assert np.array_equal(fresh, exact.astype(np.float16).astype(np.float32))
    assert not np.array_equal(fresh, exact)


def test_precisions_do_not_share_vectors(hashing_encoder: Encoder, tmp_path: Path) -> None:
    single, half = CountingEncoder(hashing_encoder), CountingEncoder(hashing_encoder, "bfloat16")
    cached(single, tmp_path).encode(["cost"])
    cached(half, tmp_path).encode(["cost"])
    assert half.encoded == {"cost": 1}


def test_no_text_is_stored(counting: CountingEncoder, tmp_path: Path) -> None:
    encoder = cached(counting, tmp_path)
    encoder.encode(["Frau Sonnenschein from ward 7"])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    assert text_key("Frau Sonnenschein from ward 7") in content
    for encoding in ("utf-8", "utf-16-le", "utf-32-le"):
        assert "Sonnenschein".encode(encoding) not in content


@pytest.mark.parametrize("content", [b"this is no database" * 300, b"\x00" * 5000])
def test_a_file_that_is_no_database_is_set_aside(
    counting: CountingEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    cached(counting, tmp_path)
    gc.collect()  # a connection that is closed later would write over what follows
    path = cache_file(tmp_path)
    for companion in path.parent.glob("*-*al"):
        companion.unlink()
    path.write_bytes(content)
    encoder = cached(counting, tmp_path)
    assert encoder.encode(["cost"]).shape == (1, counting.dimension)
    assert path.with_suffix(".damaged").read_bytes() == content
    assert "set aside" in caplog.text


def test_damage_in_the_middle_of_the_file_is_noticed_when_it_is_read(
    counting: CountingEncoder, tmp_path: Path, hashing_encoder: Encoder
) -> None:
    texts = [f"text {n}" for n in range(400)]
    cache = VectorCache.for_encoder(counting, tmp_path)
    CachedEncoder(counting, cache).encode(texts)
    cache.close()
    path = cache_file(tmp_path)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert np.array_equal(cached(counting, tmp_path).encode(texts), hashing_encoder.encode(texts))
    assert path.with_suffix(".damaged").exists()


def test_a_vector_of_another_length_is_not_used(counting: CountingEncoder, tmp_path: Path) -> None:
    cached(counting, tmp_path)
    with sqlite3.connect(cache_file(tmp_path)) as connection:
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (text_key("cost"), b"short"))
    connection.close()
    assert cached(counting, tmp_path).encode(["cost"]).shape == (1, counting.dimension)


def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(counting: CountingEncoder, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(HcplensError, match=r"cannot use the vector cache .*taken.*set HCPLENS_CACHE"):
        VectorCache.for_encoder(counting, tmp_path / "taken")


def test_the_cache_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("HCPLENS_CACHE", raising=False)
    assert default_cache_folder() == tmp_path / "xdg" / "hcplens"
    monkeypatch.setenv("HCPLENS_CACHE", str(tmp_path / "own"))
    assert default_cache_folder() == tmp_path / "own"


WRITER = """
import sys
from pathlib import Path
import numpy as np
from hcplens.embeddings.vector_cache import VectorCache, text_key
path, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
sys.stdin.readline() if sys.argv[4] == "wait" else None
cache = VectorCache(path, dimension=8, dtype=np.float32)
for n in range(first, first + count):
    cache.put([(text_key(f"{n}.{i}"), np.full(8, n, dtype=np.float32)) for i in range(20)])
    print(n, flush=True)
"""


def writer(path: Path, first: int, count: int, start: str = "wait") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(count), start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def kept(path: Path, numbers: range) -> dict[int, int]:
    """How many right vectors the cache holds of each number."""
    cache = VectorCache(path, dimension=8, dtype=np.float32)
    found = {n: cache.get([text_key(f"{n}.{i}") for i in range(20)]) for n in numbers}
    cache.close()
    assert all((vector == n).all() for n, vectors in found.items() for vector in vectors.values())
    return {n: len(vectors) for n, vectors in found.items()}


def test_processes_that_write_one_new_cache_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "shared.sqlite"
    writers = [writer(path, first, 60) for first in (0, 30, 60)]
    for process in writers:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    assert [process.communicate()[0].count("\n") for process in writers] == [60, 60, 60]
    assert [process.returncode for process in writers] == [0, 0, 0]
    assert kept(path, range(120)) == dict.fromkeys(range(120), 20)


def test_a_killed_writer_leaves_whole_batches_and_a_cache_that_opens(tmp_path: Path) -> None:
    path = tmp_path / "killed.sqlite"
    process = writer(path, 0, 100_000, "now")
    confirmed = [process.stdout.readline() for _ in range(25)]  # type: ignore[union-attr]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    counts = kept(path, range(500))
    assert [counts[int(line)] for line in confirmed] == [20] * 25
    assert set(counts.values()) <= {0, 20}
    assert not path.with_suffix(".damaged").exists()
