from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.gold_data import NOTES as BENCHMARK
from hcplens.eval.gold_data import TIMELINES, gold_notes
from hcplens.inference.insights import GoldNote
from hcplens.inference.insights.learned_from import group_digest, physician_digest, redacted_digest
from hcplens.inference.triage import triage_text

NOTES = gold_notes(*BENCHMARK, TIMELINES)


def test_a_note_is_known_again_after_redacted_labelling() -> None:
    redacted = {note.text: triage_text(note.text).redacted.text for note in NOTES}
    assert sum(text != shown for text, shown in redacted.items()) > 20
    assert all(redacted_digest(text) == redacted_digest(shown) for text, shown in redacted.items())


@given(st.sampled_from(NOTES), st.lists(st.sampled_from([" ", "\n", "\r\n", "\t ", "\u00a0"]), min_size=1))
def test_a_note_is_known_again_with_other_white_space(note: GoldNote, spaces: list[str]) -> None:
    text, words = note.text, note.text.split()
    copy = "".join(word + spaces[n % len(spaces)] for n, word in enumerate(words))
    assert redacted_digest(copy) == redacted_digest(text)


def test_a_note_is_known_again_in_other_letters_of_the_same_meaning() -> None:
    text = "Naïve pts: the PA is a pain"
    assert redacted_digest(unicodedata.normalize("NFD", text)) == redacted_digest(text) == redacted_digest(text.lower())
    assert redacted_digest("PA is no pain") != redacted_digest("PA is a pain")


@pytest.mark.parametrize(("hcp_id", "brand"), [("h0001", "ZELVANTA"), (" H0001", "Zelvanta\n")])
def test_a_physician_is_known_by_name_and_brand(hcp_id: str, brand: str) -> None:
    assert physician_digest(hcp_id, brand) == physician_digest("H0001", "Zelvanta")


def test_physicians_of_other_brands_groups_and_texts_are_apart() -> None:
    digests = [
        physician_digest("H0001", "Zelvanta"),
        physician_digest("H0001", None),
        physician_digest("H0001 Zelvanta", None),
        group_digest("H0001"),
        redacted_digest("H0001"),
    ]
    assert len(set(digests)) == len(digests)
    assert group_digest(5) == group_digest("5")
