import math

import numpy as np
import pytest

from hcplens.embeddings.bm25 import LexicalIndex

TEXTS = ["prior authorisation form", "pen storage and pen disposal", "the renal dose"]


def test_a_score_is_lucenes_bm25_by_hand() -> None:
    # "pen" is in 1 of 3 texts, twice in one of 4 words after stopwords; the mean length is (3 + 4 + 2) / 3 = 3
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 / (2 + 1.5 * (1 - 0.75 + 0.75 * 4 / 3))
    assert LexicalIndex(TEXTS).scores("pen") == pytest.approx([0.0, expected, 0.0], rel=1e-5)


def test_scores_follow_the_order_of_the_eligible_ids_and_do_not_depend_on_the_others() -> None:
    index = LexicalIndex(TEXTS)
    everything = index.scores("authorisation of the pen")
    assert index.scores("authorisation of the pen", np.array([1, 0])).tolist() == [everything[1], everything[0]]
    assert index.scores("pen", np.array([], dtype=np.int64)).shape == (0,)


@pytest.mark.parametrize("query", ["", "the and of", "und der", "unheard"])
def test_a_query_without_a_known_word_scores_zero(query: str) -> None:
    assert LexicalIndex(TEXTS).scores(query).tolist() == [0.0, 0.0, 0.0]


def test_texts_without_words_and_no_texts_at_all_score_zero() -> None:
    assert LexicalIndex(["the", ""]).scores("the pen").tolist() == [0.0, 0.0]
    assert LexicalIndex([]).scores("pen").shape == (0,)


def test_indexing_and_searching_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    LexicalIndex(TEXTS).scores("pen")
    assert capfd.readouterr() == ("", "")
