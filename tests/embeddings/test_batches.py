from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.batches import PADDED_TO, batches_by_length, packs_by_length, padded_lengths

LENGTHS = st.lists(st.integers(1, 600), min_size=1, max_size=60)


@given(LENGTHS, st.integers(1, 3000))
def test_batches_hold_every_row_once_and_no_more_tokens_than_allowed(lengths: list[int], tokens: int) -> None:
    padded = padded_lengths(np.asarray(lengths))
    batches = list(batches_by_length(np.asarray(lengths), tokens))
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert all(len(rows) == 1 or padded[rows].sum() <= tokens for rows in batches)


@given(LENGTHS)
def test_what_a_text_is_padded_to_depends_on_its_own_length_alone(lengths: list[int]) -> None:
    padded = padded_lengths(np.asarray(lengths))
    for rows in batches_by_length(np.asarray(lengths), 2048):
        assert set(padded[rows]) == {-(-lengths[rows[0]] // PADDED_TO) * PADDED_TO}
    assert (padded >= lengths).all()
    assert (padded < np.asarray(lengths) + PADDED_TO).all()


@given(LENGTHS, st.integers(1, 3000))
def test_packs_hold_every_row_once_and_no_more_tokens_than_allowed(lengths: list[int], tokens: int) -> None:
    padded = padded_lengths(np.asarray(lengths))
    packs = list(packs_by_length(np.asarray(lengths), tokens))
    assert sorted(np.concatenate([rows for pack in packs for rows in pack])) == list(range(len(lengths)))
    for rows in map(np.concatenate, packs):
        assert len(rows) == 1 or padded[rows].sum() <= tokens


@given(LENGTHS)
def test_the_texts_of_a_batch_in_a_pack_are_padded_alike(lengths: list[int]) -> None:
    padded = padded_lengths(np.asarray(lengths))
    for pack in packs_by_length(np.asarray(lengths), 2048):
        found = [set(padded[rows]) for rows in pack]
        assert all(len(one) == 1 for one in found)
        assert len(set.union(*found)) == len(found)
