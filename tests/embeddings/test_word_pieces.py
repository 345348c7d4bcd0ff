from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.word_pieces import LONGEST, word_pieces


def test_a_known_word_is_one_piece_whatever_its_case() -> None:
    assert word_pieces("Doctor") == word_pieces("doctor")
    assert len(word_pieces("doctor")) == 1
    assert len(word_pieces("Quillfeather")) > 1


@given(st.text(max_size=60))
def test_anything_has_few_pieces(text: str) -> None:
    assert len(word_pieces(text)) <= LONGEST
    assert all(0 <= piece < 30_522 for piece in word_pieces(text))
