from __future__ import annotations

import numpy as np

from hcplens.embeddings import Encoder
from hcplens.embeddings.features import features_of
from hcplens.embeddings.lexical import LexicalFeatures

TEXTS = ["the price is high", "stock ran out", "", "the price again"]


def test_dense_and_lexical_rows_stand_side_by_side(hashing_encoder: Encoder) -> None:
    features = features_of(TEXTS, hashing_encoder, LexicalFeatures.fit(TEXTS * 2))
    stacked = features.stacked().toarray()
    assert len(features) == 4
    assert np.array_equal(stacked[:, :64], hashing_encoder.encode(TEXTS))
    assert np.array_equal(stacked[:, 64:], features.lexical.toarray())


def test_rows_are_chosen_by_number_or_by_mask(hashing_encoder: Encoder) -> None:
    features = features_of(TEXTS, hashing_encoder, LexicalFeatures.fit(TEXTS * 2))
    by_number = features.rows(np.asarray([3, 0])).stacked().toarray()
    by_mask = features.rows(np.asarray([True, False, False, True])).stacked().toarray()
    assert np.array_equal(by_number, features.stacked().toarray()[[3, 0]])
    assert np.array_equal(by_mask, by_number[::-1])
