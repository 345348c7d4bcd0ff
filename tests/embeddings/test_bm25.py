import math

import pytest

from hcplens.embeddings.bm25 import LexicalIndex, words_of

TEXTS = ["prior authorisation form", "pen storage and pen disposal", "the renal dose"]


def test_a_score_is_lucenes_bm25_by_hand() -> None:
    # "pen" is in 1 of 3 texts, twice in one of 4 words after stopwords; the mean length is (3 + 4 + 2) / 3 = 3
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 / (2 + 1.5 * (1 - 0.75 + 0.75 * 4 / 3))
    assert LexicalIndex(TEXTS).scores("pen") == pytest.approx([0.0, expected, 0.0], rel=1e-5)


def test_queries_together_score_as_each_alone_and_a_word_said_twice_counts_twice() -> None:
    index = LexicalIndex(TEXTS)
    together = index.scores_together([words_of("the pen"), [], ["pen", "pen", "unheard"]])
    assert together[0] == pytest.approx(index.scores("pen"))
    assert together[1].tolist() == [0.0, 0.0, 0.0]
    assert together[2] == pytest.approx(2 * index.scores("pen"))
    many = index.scores_together([["pen", "authorisation"] * 50, ["renal"]])
    assert many[0] == pytest.approx(50 * index.scores("pen authorisation"), rel=1e-5)
    assert many[1] == pytest.approx(index.scores("renal"))


def test_words_are_lower_case_of_two_letters_or_more_and_no_function_words() -> None:
    assert words_of("The GLP-1 und ÄRZTE: a pen") == ["glp", "ärzte", "pen"]


@pytest.mark.parametrize("query", ["", "the and of", "und der", "unheard"])
def test_a_query_without_a_known_word_scores_zero(query: str) -> None:
    assert LexicalIndex(TEXTS).scores(query).tolist() == [0.0, 0.0, 0.0]


def test_texts_without_words_and_no_texts_at_all_score_zero() -> None:
    assert LexicalIndex(["the", ""]).scores("the pen").tolist() == [0.0, 0.0]
    assert LexicalIndex([]).scores("pen").shape == (0,)


def test_indexing_and_searching_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    LexicalIndex(TEXTS).scores("pen")
    assert capfd.readouterr() == ("", "")
