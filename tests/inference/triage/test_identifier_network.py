from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hcplens.embeddings.word_pieces import word_pieces
from hcplens.errors import InputError
from hcplens.inference.triage.identifier_network import REACH, TABLES, IdentifierNetwork
from hcplens.inference.triage.identifier_training import IdentifierOptions, MarkedNote, train_identifiers
from hcplens.inference.triage.words import FAMILIARITIES, FORMS, PIECES, SHAPES, numbers_of

VOCABULARY = 30_522
ROWS = (FORMS, PIECES, PIECES, SHAPES, FAMILIARITIES)


def network(*, known: str = "kev", beside: float = 0.0) -> IdentifierNetwork:
    """Says 2 log-odds for that word and -2 for others; `beside` is added for the word behind it."""
    weights: dict[str, NDArray[np.float32]]
    weights = {table: np.zeros((rows, 1), np.float32) for table, rows in zip(TABLES, ROWS, strict=True)}
    weights["form"][numbers_of(known, {})[0]] = 1
    weights["pieces"] = np.zeros((VOCABULARY, 1), np.float32)
    weights |= {"enter": np.ones((1, 1), np.float32), "enter.bias": np.zeros(1, np.float32)}
    around = np.zeros((REACH, 1, 1), np.float32)
    around[1] = beside  # what stands one word before
    weights |= {"around.0": around, "around.0.bias": np.zeros(1, np.float32)}
    weights |= {"answer": np.full(1, 4, np.float32), "answer.bias": np.full(1, -2, np.float32)}
    return IdentifierNetwork(weights, {})


def test_probabilities_are_the_sum_of_tables_through_the_layers() -> None:
    found = network(beside=0.25).probabilities(["saw", "Kev", "today", "ok"])
    # log-odds 4 * hidden - 2: 0 for others, 1 for the word, 0.25 for the one behind it
    assert found == pytest.approx([1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2)), 1 / (1 + np.exp(1)), 1 / (1 + np.exp(2))])


def test_the_pieces_of_a_word_count_by_their_mean() -> None:
    known = network(known="none of them")
    first, second = word_pieces("kaden")
    pieces = np.zeros((VOCABULARY, 1), np.float32)
    pieces[first], pieces[second] = 2, 1
    found = replace(known, weights={**known.weights, "pieces": pieces}).probabilities(["Kaden", "saw"])
    assert found == pytest.approx([1 / (1 + np.exp(2 - 4 * 1.5)), 1 / (1 + np.exp(2))])


def test_sure_words_grow_over_likely_neighbours_and_end_without_marks() -> None:
    grown = replace(network(beside=0.25), likely=0.2)
    assert grown.spans("saw Kev today ok") == [(4, 13)]
    assert replace(grown, likely=0.3).spans("saw Kev today ok") == [(4, 7)]
    assert grown.spans("saw Kev.") == [(4, 7)]
    assert grown.spans("today ok") == grown.spans("") == grown.spans(" \n") == []


@given(st.text(max_size=80) | st.lists(st.sampled_from(["kev ", "Kev", ". ", "x", "\n", "é"])).map("".join))
def test_spans_lie_in_the_text_in_order_and_hold_a_letter_or_digit(text: str) -> None:
    spans = network(beside=0.5).spans(text)
    assert spans == sorted(spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    assert all(any(map(str.isalnum, text[start:end])) for start, end in spans)


def test_a_text_of_many_thousand_words_is_read_like_its_parts() -> None:
    found = network(beside=0.25).probabilities(["saw", "Kev", "today", "ok"] * 2500)
    assert found.reshape(2500, 4) == pytest.approx(np.tile(found[:4], (2500, 1)))


def test_no_word_is_too_sure_to_count() -> None:
    certain = network()
    weights = {**certain.weights, "answer": np.full(1, -1e4, np.float32)}
    assert replace(certain, weights=weights).probabilities(["Kev"]) == [0]


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    saved = replace(network(beside=0.25), familiarity={"said": 3, "tout": 1}, sure=0.25, likely=0.125)
    saved.save(tmp_path)
    loaded = IdentifierNetwork.load(tmp_path)
    assert (loaded.familiarity, loaded.sure, loaded.likely) == ({"said": 3, "tout": 1}, 0.25, 0.125)
    assert loaded.weights.keys() == saved.weights.keys()
    assert loaded.spans("Kev said so") == saved.spans("Kev said so")


def test_a_folder_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a model that hcplens trained"):
        IdentifierNetwork.load(tmp_path)


def test_identifiers_stand_where_they_are_words_of_their_own() -> None:
    assert MarkedNote.of("JM and JMs, JM", ("JM",)).spans == ((0, 2), (12, 14))
    assert MarkedNote.of("xKev", ("Kev",)).spans == ((1, 4),)


CUES = ("bloke {} fainted", "mrs {} was well", "poor {} broke out", "the lad {} slept")
PLAIN = ("met dr {} today", "our rep {} drove", "nurse {} likes it", "call {} on monday")
NAMES = ("Truscott", "Pfeil", "Noreen", "Amadou", "Kowal", "Ysolde", "Brandt", "Quill", "Tamsin", "Ngata")


def marked(cue: str, name: str) -> MarkedNote:
    start = cue.index("{}")
    return MarkedNote(cue.format(name), ((start, start + len(name)),))


def test_training_learns_from_the_words_around_a_name() -> None:
    notes = [marked(cue, name) for cue in CUES for name in NAMES for _ in range(4)]
    notes += [MarkedNote(cue.format(name), ()) for cue in PLAIN for name in NAMES for _ in range(4)]
    options = IdentifierOptions(epochs=6, repeats=2, harmless=1.0, width=16, hidden=24, layers=1, rate=1e-2)
    trained = train_identifiers(notes, options)
    assert trained.spans("bloke Zebulon fainted") == [(6, 13)]
    assert trained.spans("met dr Zebulon today") == []
    again = train_identifiers(notes, options)
    assert all(np.array_equal(trained.weights[name], again.weights[name]) for name in trained.weights)
