from __future__ import annotations

import math
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.lexical import BITS, LexicalFeatures

WORDS = st.lists(st.sampled_from(["PA", "still", "takes", "3", "wks", "Ä", "漢字", "no", "cost", "—", "e\u0301"]))
TEXTS = st.one_of(st.text(max_size=40), WORDS.map(" ".join))

ODD = 0x9E3779B97F4A7C15
MIX = 0xBF58476D1CE4E5B9
MASK = (1 << 64) - 1


def column(gram: str, block: int) -> int:
    polynomial = sum(ord(character) * pow(ODD, place, 1 << 64) for place, character in enumerate(gram)) & MASK
    return ((polynomial * MIX & MASK) >> (64 - BITS)) + (block << BITS)


def grams(text: str) -> list[int]:
    """The columns of a text's n-grams, one at a time."""
    words = re.sub(r"[\W_]+", " ", text.lower()).split()
    padded = f" {' '.join(words)} "
    found = [column(padded[i : i + n], 0) for n in (3, 4, 5) for i in range(len(padded) - n + 1)]
    return found + [column(" ".join(words[i : i + n]), 1) for n in (1, 2) for i in range(len(words) - n + 1)]


def reference(training: list[str], text: str) -> np.ndarray:
    """The row of a text, one n-gram at a time."""
    frequency = Counter(c for other in training for c in set(grams(other)))
    row = np.zeros(2 << BITS)
    for block in (0, 1):
        seen = Counter(c for c in grams(text) if c >> BITS == block and frequency[c] >= 2)
        weights = {c: n * (math.log((1 + len(training)) / (1 + frequency[c])) + 1) for c, n in seen.items()}
        length = math.sqrt(sum(weight**2 for weight in weights.values()))
        for c, weight in weights.items():
            row[c] = weight / length
    return row


def row_of(lexical: LexicalFeatures, text: str) -> np.ndarray:
    return np.asarray(lexical.transform([text]).toarray()[0])


@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS)
def test_rows_are_those_of_a_plain_loop_over_n_grams(training: list[str], text: str) -> None:
    training = training * 2
    lexical = LexicalFeatures.fit(training)
    assert np.allclose(row_of(lexical, text), reference(training, text), atol=1e-6)
    assert np.allclose(row_of(lexical, training[0]), reference(training, training[0]), atol=1e-6)


@given(st.lists(TEXTS, max_size=6), TEXTS, st.lists(TEXTS, max_size=6))
def test_a_texts_row_does_not_depend_on_its_batch(before: list[str], text: str, after: list[str]) -> None:
    lexical = LexicalFeatures.fit(["the pa still takes 3 wks", "no cost, still no", text, text])
    batch = lexical.transform([*before, text, *after]).toarray()
    assert np.array_equal(batch[len(before)], row_of(lexical, text))


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_each_block_of_a_row_has_length_one_or_is_empty(texts: list[str]) -> None:
    lexical = LexicalFeatures(np.ones(2 << BITS, dtype=np.float32))
    squares = lexical.transform(texts).power(2)
    for block in (squares[:, : 1 << BITS], squares[:, 1 << BITS :]):
        lengths = np.asarray(block.sum(axis=1)).ravel()
        assert all(length == pytest.approx(1, abs=1e-5) or length == 0 for length in lengths)


def test_texts_without_words_have_empty_rows() -> None:
    lexical = LexicalFeatures.fit(["cost", "cost"])
    assert lexical.transform(["", "  ", "\x00", "…—!", "cost"]).getnnz(axis=1).tolist()[:4] == [0, 0, 0, 0]


def test_no_texts_give_a_matrix_without_rows() -> None:
    assert LexicalFeatures.fit([]).transform([]).shape == (0, 2 << BITS)


def test_n_grams_of_fewer_than_two_training_texts_are_ignored() -> None:
    lexical = LexicalFeatures.fit(["price", "price", "stock"])
    assert not row_of(lexical, "stock").any()
    assert not row_of(lexical, "zebra").any()
    assert np.array_equal(row_of(lexical, "price zebra")[1 << BITS :], row_of(lexical, "price")[1 << BITS :])


def test_case_and_punctuation_do_not_matter() -> None:
    lexical = LexicalFeatures.fit(["prior auth", "prior auth"])
    assert row_of(lexical, "PRIOR-Auth!").any()
    assert np.array_equal(row_of(lexical, "PRIOR-Auth!"), row_of(lexical, "prior auth"))


def test_no_n_gram_reaches_over_the_end_of_a_text() -> None:
    lexical = LexicalFeatures.fit(["ab cd", "ab cd"])
    together, apart = lexical.transform(["ab cd"]).toarray(), lexical.transform(["ab", "cd"]).toarray()
    assert together[0, column("ab cd", 1)] > 0
    assert not apart[:, column("ab cd", 1)].any()
