from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from hcplens.embeddings import SentenceTransformerEncoder, Vectors
from hcplens.embeddings.model_files import default_model_folder
from hcplens.precision import native_precision

TEXTS = [
    "PA w/ Brightwell still taking 3 wks",
    "loves the onset",
    "",
    "Ärztin möchte lieber per E-Mail informiert werden; 疗效很好 👩\u200d⚕️",
    "says the nurses cannot take on another infusion before the ward is back at full staff, maybe in spring",
    "x",
] + [f"patient number {n} " * (1 + n % 17) for n in range(60)]


@pytest.fixture(scope="module")
def stock_vectors() -> Vectors:
    from sentence_transformers import SentenceTransformer

    stock = SentenceTransformer(str(default_model_folder()), device="cpu", local_files_only=True)
    return np.asarray(stock.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False))


def cosines(one: Vectors, other: Vectors) -> np.ndarray:
    return np.asarray(np.sum(one * other, axis=1))


def test_float32_vectors_are_those_of_stock_sentence_transformers(
    default_encoder: SentenceTransformerEncoder, stock_vectors: Vectors
) -> None:
    vectors = default_encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert cosines(vectors, stock_vectors).min() >= 0.9999


@pytest.mark.skipif(native_precision() != "bfloat16", reason="this CPU has no native bfloat16")
def test_bfloat16_vectors_are_close_to_stock_ones(stock_vectors: Vectors) -> None:
    vectors = SentenceTransformerEncoder(precision="bfloat16").encode(TEXTS)
    assert cosines(vectors, stock_vectors).min() >= 0.995
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_vectors_come_in_the_order_of_their_texts(default_encoder: SentenceTransformerEncoder) -> None:
    together = default_encoder.encode(TEXTS)
    backwards = default_encoder.encode(TEXTS[::-1])[::-1]
    alone = np.concatenate([default_encoder.encode([text]) for text in TEXTS[:6]])
    assert together == pytest.approx(backwards, abs=1e-4)
    assert together[:6] == pytest.approx(alone, abs=1e-4)


def test_no_text_gives_no_vector(default_encoder: SentenceTransformerEncoder) -> None:
    assert default_encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["\ud800", "price \udcff issue", "\x00", "\u0301" * 50, "\U0010ffff"])
def test_any_python_string_has_a_unit_vector(default_encoder: SentenceTransformerEncoder, text: str) -> None:
    vector = default_encoder.encode([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_text_beyond_the_models_length_is_truncated(default_encoder: SentenceTransformerEncoder) -> None:
    start = "the price is too high " * 100
    one, other = default_encoder.encode([start + "samples " * 500, start + "onset of action " * 500])
    assert one == pytest.approx(other, abs=1e-5)


def test_dimension_and_digest_are_known_without_importing_torch() -> None:
    code = """
import sys
from hcplens.embeddings import SentenceTransformerEncoder
encoder = SentenceTransformerEncoder()
print(encoder.dimension, encoder.digest[:8], encoder.precision, encoder.encode([]).shape)
sys.exit(3 if {"torch", "transformers", "sentence_transformers"} & sys.modules.keys() else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("384 53aa5117 ")
    assert done.stdout.endswith("(0, 384)\n")
