from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.tagging.bodies import load_tokenizer
from hcplens.embeddings.tagging.tokens import LONGEST, padded, tokenize


@pytest.fixture(scope="module")
def tokenizer(tiny_encoder: Path) -> Any:
    return load_tokenizer(tiny_encoder)


def test_tokens_know_their_places_in_the_text(tokenizer: Any) -> None:
    text = "The café: 😀 PA"
    (found,) = tokenize([text], tokenizer)
    assert [text[start:end] for start, end in found.spans] == ["", "The", "café", ":", "😀", "PA", ""]
    assert tokenizer.convert_ids_to_tokens(found.ids)[1:4] == ["the", "cafe", ":"]


@given(text=st.text(st.characters(exclude_categories=()), max_size=80))
def test_places_lie_within_any_text_and_in_order(tokenizer: Any, text: str) -> None:
    (found,) = tokenize([text], tokenizer)
    words = found.spans[found.spans[:, 0] < found.spans[:, 1]]
    assert len(found) == len(found.spans)
    assert (words >= 0).all()
    assert (words <= len(text)).all()
    assert (np.diff(words, axis=0) >= 0).all()


def test_tokens_that_begin_a_clause_after_the_first_are_known(tokenizer: Any) -> None:
    text = 'Saw dr. Meyer. "Too dear", he said\n- will try it; 3.5 mg.'
    (found,) = tokenize([text], tokenizer)
    begun = [text[start : start + 4] for start, _ in found.spans[found.clauses]]
    assert begun == ['"Too', "he s", "- wi", "3.5 "]


@given(text=st.text(max_size=60) | st.lists(st.sampled_from(["a", ". ", "\n", "; ", "e\u0301", "…", " "])).map("".join))
def test_clauses_begin_with_words_in_order(tokenizer: Any, text: str) -> None:
    (found,) = tokenize([text], tokenizer)
    spans = found.spans[found.clauses]
    assert (spans[:, 0] < spans[:, 1]).all()
    assert (np.diff(found.clauses) >= 0).all()


def test_half_a_character_pair_is_read_as_a_question_mark(tokenizer: Any) -> None:
    broken, asked = tokenize(["no \ud800 PA", "no ? PA"], tokenizer)
    assert broken.ids == asked.ids
    assert np.array_equal(broken.spans, asked.spans)


def test_a_text_is_cut_after_the_longest(tokenizer: Any) -> None:
    assert [len(found) for found in tokenize(["word " * 600, "word"], tokenizer)] == [LONGEST, 3]


def test_no_texts_have_no_tokens(tokenizer: Any) -> None:
    assert tokenize([], tokenizer) == []


def test_short_texts_are_filled_up_and_masked(tokenizer: Any) -> None:
    ids, mask = padded(tokenize(["no PA today", "PA"], tokenizer), filler=0)
    assert ids.shape == mask.shape == (2, 8)  # a multiple of four
    assert mask.tolist() == [[1, 1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0]]
    assert ids[1, 3:].tolist() == [0, 0, 0, 0, 0]
