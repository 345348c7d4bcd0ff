from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hcplens.embeddings.word_pieces import word_pieces
from hcplens.inference.triage.identifier_network import IdentifierNetwork
from hcplens.inference.triage.identifier_reader import IdentifierReader
from hcplens.inference.triage.identifier_training import IdentifierOptions, train_identifiers
from hcplens.inference.triage.marked_notes import MarkedNote

NetworkOf = Callable[..., IdentifierNetwork]


def test_probabilities_are_the_sum_of_tables_through_the_layers(network: NetworkOf) -> None:
    (found,) = network(beside=0.25).probabilities([["saw", "Kev", "today", "ok"]])
    # log-odds 4 * hidden - 2: 0 for others, 1 for the word, 0.25 for the one behind it
    assert found == pytest.approx([1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2)), 1 / (1 + np.exp(1)), 1 / (1 + np.exp(2))])


def test_the_pieces_of_a_word_count_by_their_mean(network: NetworkOf) -> None:
    known = network(known="none of them")
    first, second = word_pieces("kaden")
    pieces = np.zeros_like(known.weights["pieces"])
    pieces[first], pieces[second] = 2, 1
    (found,) = replace(known, weights={**known.weights, "pieces": pieces}).probabilities([["Kaden", "saw"]])
    assert found == pytest.approx([1 / (1 + np.exp(2 - 4 * 1.5)), 1 / (1 + np.exp(2))])


def test_a_text_of_many_thousand_words_is_read_like_its_parts(network: NetworkOf) -> None:
    (found,) = network(beside=0.25).probabilities([["saw", "Kev", "today", "ok"] * 2500])
    assert found.reshape(2500, 4) == pytest.approx(np.tile(found[:4], (2500, 1)))


def test_no_word_is_too_sure_to_count(network: NetworkOf) -> None:
    certain = network()
    weights = {**certain.weights, "answer": np.full(1, -1e4, np.float32)}
    assert replace(certain, weights=weights).probabilities([["Kev"]]) == [np.zeros(1)]


@given(st.lists(st.lists(st.sampled_from(["kev", "Kev", "saw", "."]), max_size=400), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_read_of_a_text_depends_on_no_other(network: NetworkOf, texts: list[list[str]]) -> None:
    reader = network(beside=0.3)
    together = reader.probabilities(texts)
    alone = [found for words in texts for found in reader.probabilities([words])]
    assert all(np.array_equal(one, other) for one, other in zip(together, alone, strict=True))
    assert [len(found) for found in together] == [len(words) for words in texts]


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
    reader = IdentifierReader(trained, sure=0.5)
    assert reader.spans(["bloke Zebulon fainted", "met dr Zebulon today"]) == [[(6, 13)], []]
    again = train_identifiers(notes, options)
    assert all(np.array_equal(trained.weights[name], again.weights[name]) for name in trained.weights)
