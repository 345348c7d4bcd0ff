from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings import Vectors
from hcplens.embeddings.tagging import Tags, WindowTagger, tag
from hcplens.embeddings.tagging.windows import windows

from .conftest import SCHEME

K = len(SCHEME.labels)
CALM = "Saw the doctor today and the nurse was kind. "
COST = "The price is too high. "
PIECES = st.lists(
    st.sampled_from([CALM, COST, "Prefers an email. ", "漢字。 ", "Delivery was late, ", "??? "]), max_size=70
)


class Spotter:
    """Answers like a WindowTagger that finds the first label where "price" stands, the likelier the more often."""

    dimension = 4 * K + 4
    digest = "spotter"
    precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Rows (n, 16)."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            found = text.count("price")
            rows[row, [0, K]] = 2 * found or -2
            rows[row, [2 * K, 3 * K]] = (text.index("price"), text.index("price") + len("price")) if found else (0, 1)
            rows[row, 4 * K : 4 * K + 2] = (1, -1) if found else (0, 0)
        return rows


def read(tagger: WindowTagger, *texts: str) -> Tags:
    return tag(texts, tagger, SCHEME)


@given(before=st.integers(0, 120), after=st.integers(0, 120))
def test_words_are_found_wherever_they_stand(before: int, after: int) -> None:
    text = CALM * before + COST + CALM * after
    tags = tag([CALM, text], Spotter(), SCHEME)
    start, end = tags.spans[1, 0]
    assert text[start:end] == "price"
    assert tags.log_odds[:, 0].tolist() == [-2, 2]
    assert tags.choices[1, 0].tolist() == [1, -1]


def test_the_first_of_equal_windows_is_quoted_and_a_likelier_one_before_it() -> None:
    text = (COST + CALM * 30) * 2 + COST.replace("price", "price, the price,") + CALM * 30
    tags = tag([(COST + CALM * 30) * 2, text], Spotter(), SCHEME)
    assert tags.spans[0, 0].tolist() == [4, 9]
    assert tags.spans[1, 0, 0] == text.index("price, the price")
    assert tags.log_odds[:, 0].tolist() == [2, 4]


def test_a_long_text_is_as_likely_as_its_likeliest_window(tagger: WindowTagger) -> None:
    text = CALM * 40 + COST + CALM * 40
    tags = read(tagger, text)
    parts = read(tagger, *(text[start:end] for start, end in windows(text)))
    assert len(parts.whole) > 3
    assert tags.log_odds[0] == pytest.approx(parts.log_odds.max(axis=0), abs=1e-3)
    best = int(parts.log_odds[:, 0].argmax())
    assert tags.spans[0, 0] == pytest.approx(parts.spans[best, 0] + windows(text)[best].start)
    assert tags.choices[0, 0] == pytest.approx(parts.choices[best, 0], abs=1e-3)


@given(pieces=PIECES)
def test_places_are_words_of_the_text(tagger: WindowTagger, pieces: list[str]) -> None:
    text = "".join(pieces)
    (spans,) = read(tagger, text).spans
    if windows(text):
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    else:
        assert not spans.any()


@given(texts=st.lists(PIECES.map("".join), max_size=4))
def test_a_text_is_read_the_same_in_company(tagger: WindowTagger, texts: list[str]) -> None:
    together = read(tagger, *texts)
    for row, text in enumerate(texts):
        alone = read(tagger, text)
        assert together.log_odds[row] == pytest.approx(alone.log_odds[0], abs=1e-3)
        assert together.choices[row] == pytest.approx(alone.choices[0], abs=1e-3)


@pytest.mark.parametrize("text", ["", "...", "?" * 3000])
def test_a_text_without_words_carries_nothing(tagger: WindowTagger, text: str) -> None:
    tags = read(tagger, text, COST)
    assert np.isneginf(tags.log_odds[0]).all()
    assert np.isfinite(tags.log_odds[1]).all()
    assert not tags.spans[0].any()
    assert not tags.choices[0].any()


def test_no_texts_have_no_tags(tagger: WindowTagger) -> None:
    tags = read(tagger)
    assert tags.log_odds.shape == (0, K)
    assert tags.spans.shape == (0, K, 2)
    assert tags.choices.shape == (0, 2, 2)
