"""Half a surrogate pair in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.records.surrogates import escaped, has_lone_surrogates, replaced

ANY = st.text(st.characters(exclude_categories=()))


def test_each_half_is_replaced_in_its_place_or_spelled_out() -> None:
    assert replaced("é\ud83d😀\udc00") == "é\ufffd😀\ufffd"
    assert escaped("é\ud83d😀") == "é\\ud83d😀"


@given(ANY)
def test_a_text_can_be_written_afterwards_and_one_that_could_be_stays_as_it_was(text: str) -> None:
    assert len(replaced(text)) == len(text)
    for mended in (replaced(text), escaped(text)):
        assert not has_lone_surrogates(mended)
        assert mended.encode().decode() == mended
        assert mended == text or has_lone_surrogates(text)
