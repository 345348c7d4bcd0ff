from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.tagging import TaggedText, TrainedTagger, WindowTagger
from hcplens.embeddings.tagging.adapters import merge
from hcplens.embeddings.tagging.bodies import load_body, load_tokenizer
from hcplens.embeddings.tagging.network import TagNetwork
from hcplens.embeddings.tagging.tokens import padded, tokenize
from hcplens.embeddings.tagging.weights import put_arrays
from hcplens.precision import native_precision

from .conftest import SCHEME, labelled

K = len(SCHEME.labels)
MIXED = [
    *(text.text for text in labelled(40, seed=9)),
    "x",
    "PA",
    "Ärztin möchte lieber per E-Mail informiert werden; 疗效很好 👩\u200d⚕️",
    "price is too high " * 40,
    "no \ud800 price",
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.lists(
        st.sampled_from(
            ["price is too high", " ", ", ", ". ", "\n", "e\u0301", "漢字。", "😀", "\x00", "\u200b", "...", "PA"]
        )
    ).map("".join),
).filter(lambda text: any(map(str.isalnum, text)))


@pytest.fixture(scope="module")
def tokenizer(tiny_encoder: Path) -> Any:
    return load_tokenizer(tiny_encoder)


@pytest.fixture(scope="module")
def rows(tagger: WindowTagger) -> np.ndarray:
    return tagger.encode(MIXED)


def test_a_row_holds_both_readings_then_places_then_choices(rows: np.ndarray, tagger: WindowTagger) -> None:
    assert tagger.dimension == 4 * K + 2 * 2
    assert rows.shape == (len(MIXED), tagger.dimension)
    assert rows.dtype == np.float32


def test_a_row_says_what_the_network_says(
    rows: np.ndarray, trained: TrainedTagger, tiny_encoder: Path, tokenizer: Any
) -> None:
    network = TagNetwork(load_body(tiny_encoder), SCHEME).eval()
    put_arrays(network, trained.weights)
    merge(network.body)
    for row, text in zip(rows, tokenize(MIXED, tokenizer), strict=True):
        with torch.no_grad():
            reading = network(*padded([text], tokenizer.pad_token_id))
            choices = network.choose(reading, torch.zeros(2, dtype=torch.long), torch.arange(2))
        assert row[:K] == pytest.approx(reading.whole[0].numpy(), abs=1e-3)
        assert row[K : 2 * K] == pytest.approx(reading.tokens[0].amax(dim=0).numpy(), abs=1e-3)
        for label, chosen in enumerate(row[4 * K :].reshape(2, 2)):
            assert chosen == pytest.approx(choices[label].numpy(), abs=1e-3) or not chosen.any()


def test_choices_are_read_of_what_may_be_claimed_only(rows: np.ndarray) -> None:
    choices = rows[:, 4 * K :].reshape(-1, 2, 2)
    worth = (rows[:, :2] + rows[:, K : K + 2]) / 2 > -4
    assert worth.any()
    assert choices[worth].any(axis=1).all()
    assert not choices[~worth].any()


def test_a_text_is_read_the_same_alone_as_in_a_batch(rows: np.ndarray, tagger: WindowTagger) -> None:
    alone = np.concatenate([tagger.encode([text]) for text in MIXED])
    assert np.allclose(alone, rows, atol=1e-3)


def test_rows_come_in_the_order_of_their_texts(rows: np.ndarray, tagger: WindowTagger) -> None:
    assert len({len(text.split()) for text in MIXED}) > 4  # more than one batch: texts of a batch are equally long
    order = np.random.default_rng(0).permutation(len(MIXED))
    assert np.allclose(tagger.encode([MIXED[number] for number in order]), rows[order], atol=1e-3)


@given(text=TEXTS)
def test_places_are_whole_tokens_of_one_clause_of_any_text(tagger: WindowTagger, tokenizer: Any, text: str) -> None:
    (row,) = tagger.encode([text])
    (found,) = tokenize([text], tokenizer)
    begins, ends = set(found.spans[:, 0].tolist()), set(found.spans[:, 1].tolist())
    clauses = found.spans[found.clauses, 0]
    for start, end in zip(row[2 * K : 3 * K], row[3 * K : 4 * K], strict=True):
        assert 0 <= start < end <= len(text)
        assert start in begins
        assert end in ends
        assert not ((start < clauses) & (clauses < end)).any()


def test_a_text_is_read_the_same_to_the_last_bit_with_any_number_of_threads(tagger: WindowTagger) -> None:
    texts = [f"price is too high, {number} forms " * (1 + number % 40) for number in range(200)]
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        in_three = tagger.encode(texts)
        torch.set_num_threads(1)
        assert np.array_equal(tagger.encode(texts), in_three)
    finally:
        torch.set_num_threads(before)


def test_the_words_that_show_a_label_are_found(tagger: WindowTagger) -> None:
    found = right = 0
    texts: list[TaggedText] = labelled(40, seed=11)
    for text, row in zip(texts, tagger.encode([text.text for text in texts]), strict=True):
        for span in text.spans:
            assert span.start is not None
            assert span.end is not None
            start, end = row[2 * K + span.label], row[3 * K + span.label]
            found += 1
            right += start < span.end and span.start < end
    assert right > 0.9 * found > 0


def test_no_texts_have_no_rows(tagger: WindowTagger) -> None:
    assert tagger.encode([]).shape == (0, tagger.dimension)


def test_half_precision_reads_nearly_the_same(trained: TrainedTagger, tiny_encoder: Path, rows: np.ndarray) -> None:
    half = WindowTagger(trained.weights, SCHEME, tiny_encoder, digest="", precision="bfloat16")
    assert np.abs(half.encode(MIXED) - rows)[:, : 2 * K].mean() < 0.1


def test_precision_is_the_machines_own_unless_it_is_named(trained: TrainedTagger, tagger: WindowTagger) -> None:
    own = WindowTagger(trained.weights, SCHEME, Path("nowhere"), digest="e")
    assert (own.precision, tagger.precision) == (native_precision(), "float32")
    assert (own.digest, tagger.digest) == ("e", "d")
