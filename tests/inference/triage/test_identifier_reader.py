"""Two networks read which words identify a patient."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hcplens import precision
from hcplens.errors import InputError
from hcplens.inference.triage.context_reader import ContextReader, PieceText, padded
from hcplens.inference.triage.context_training import ContextOptions, train_context
from hcplens.inference.triage.identifier_network import IdentifierNetwork
from hcplens.inference.triage.identifier_reader import IdentifierReader
from hcplens.inference.triage.marked_notes import MarkedNote

NetworkOf = Callable[..., IdentifierNetwork]
NAMES = ("Truscott", "Pfeil", "Noreen", "Amadou", "Kowal", "Ysolde", "Brandt", "Quill")


def marked(cue: str, name: str) -> MarkedNote:
    start = cue.index("{}")
    return MarkedNote(cue.format(name), ((start, start + len(name)),))


@pytest.fixture(scope="module")
def learned() -> dict[str, NDArray[np.float32]]:
    """Who falls ill is a patient, who answers the phone is none, whatever the name."""
    notes = [marked(cue, name) for cue in ("poor {} fainted", "{} vomited twice") for name in NAMES]
    notes += [MarkedNote(cue.format(name), ()) for cue in ("ask {} to call", "{} at reception") for name in NAMES]
    return train_context(notes, {}, ContextOptions(epochs=14, harmless=1.0, batch=8))


def test_sure_words_grow_over_likely_neighbours_and_end_without_marks(network: NetworkOf) -> None:
    grown = IdentifierReader(network(beside=0.25), sure=0.5, likely=0.2)
    assert grown.spans(["saw Kev today ok", "saw Kev."]) == [[(4, 13)], [(4, 7)]]
    assert replace(grown, likely=0.3).spans(["saw Kev today ok"]) == [[(4, 7)]]
    assert grown.spans(["today ok", "", " \n"]) == [[], [], []]
    assert grown.spans([]) == []


@given(st.text(max_size=80) | st.lists(st.sampled_from(["kev ", "Kev", ". ", "x", "\n", "é"])).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spans_lie_in_the_text_in_order_and_hold_a_letter_or_digit(network: NetworkOf, text: str) -> None:
    (spans,) = IdentifierReader(network(beside=0.5), likely=0.05).spans([text])
    assert spans == sorted(spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    assert all(any(map(str.isalnum, text[start:end])) for start, end in spans)


def test_a_text_in_doubt_is_read_in_context_and_the_mean_of_the_log_odds_counts(
    monkeypatch: pytest.MonkeyPatch, network: NetworkOf, learned: dict[str, NDArray[np.float32]]
) -> None:
    reader = IdentifierReader(network(), learned, doubtful=0.2)

    def says(_: ContextReader, texts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        return [np.array([-4.0 if word == "Kev" else 6.0 for word in words], dtype=np.float32) for words in texts]

    monkeypatch.setattr(ContextReader, "log_odds", says)
    unsure, certain = reader.probabilities([["saw", "him"], ["saw", "Kev"]])
    assert unsure.tolist() == [0, 0]
    assert certain == pytest.approx([1 / (1 + np.exp(-10 / 3)), 1 / (1 + np.exp(2))])
    (doubtful,) = replace(reader, doubtful=0.1).probabilities([["saw", "him"]])
    assert doubtful == pytest.approx([1 / (1 + np.exp(-10 / 3))] * 2)


def test_context_tells_a_patient_from_staff(learned: dict[str, NDArray[np.float32]]) -> None:
    poor, staff, nothing = ContextReader(learned).log_odds(
        [["poor", "Zebulon", "fainted"], ["ask", "Zebulon", "to", "call"], []]
    )
    assert poor[1] > 0 > staff[1]
    assert nothing.shape == (0,)


@given(
    st.lists(st.lists(st.sampled_from(["Zebulon", "fainted", "ask", "Kev", ".", "a"] * 9), max_size=120), max_size=9)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_what_is_read_of_a_text_depends_on_no_other(
    learned: dict[str, NDArray[np.float32]], texts: list[list[str]]
) -> None:
    reader = ContextReader(learned)
    together = reader.log_odds(texts)
    alone = [found for words in texts for found in reader.log_odds([words])]
    assert all(np.array_equal(one, other) for one, other in zip(together, alone, strict=True))


def test_in_full_precision_every_machine_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: NetworkOf, learned: dict[str, NDArray[np.float32]]
) -> None:
    words, full = ["poor", "Zebulon", "fainted"], replace(network(beside=0.3), precision="float32")
    read = []
    for features in ("flags : amx_bf16", "flags : avx2"):
        (tmp_path / "cpuinfo").write_text(features)
        monkeypatch.setattr(precision, "_CPU_FEATURES", tmp_path / "cpuinfo")
        readers = (IdentifierReader(one, learned, doubtful=0.1) for one in (full, network(beside=0.3)))
        read.append([reader.probabilities([words])[0] for reader in readers])
    (full_here, fast_here), (full_there, fast_there) = read
    assert np.array_equal(full_here, full_there)
    assert np.array_equal(full_there, fast_there)
    assert not np.array_equal(fast_here, fast_there)


def test_what_is_learned_is_the_same_every_time(learned: dict[str, NDArray[np.float32]]) -> None:
    notes = [marked("poor {} fainted", name) for name in NAMES]
    one, other = (train_context(notes, {}, ContextOptions(epochs=1, batch=8)) for _ in range(2))
    assert one.keys() == other.keys() == learned.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert not any("word_embeddings" in name or "position_embeddings" in name for name in learned)


def test_a_long_text_is_read_in_parts(learned: dict[str, NDArray[np.float32]]) -> None:
    words = ["poor", "Zebulon", "fainted", "."] * 400
    (found,) = ContextReader(learned).log_odds([words])
    assert found.shape == (1600,)
    assert np.all(found[1::4] > 0)


def test_casing_is_told_beside_the_pieces() -> None:
    text = PieceText.of(["JM", "Will", "will", "."])
    assert len(text.ids) == len(text.casings)
    assert [text.casings[begin] for begin in text.begins] == [3, 2, 1, 0]
    assert text.ids[text.begins[1]] == text.ids[text.begins[2]]
    batch = padded([text])
    assert batch.types is not None
    assert batch.ids.shape == batch.types.shape == batch.mask.shape == (1, 16)
    assert int(batch.mask.sum()) == len(text.ids)


def test_what_is_saved_is_read_again(
    tmp_path: Path, network: NetworkOf, learned: dict[str, NDArray[np.float32]]
) -> None:
    known = replace(network(beside=0.25), familiarity={"said": 3, "tout": 1})
    saved = IdentifierReader(known, learned, sure=0.25, likely=0.125, doubtful=0.0625)
    saved.save(tmp_path)
    loaded = IdentifierReader.load(tmp_path)
    assert loaded.network.familiarity == {"said": 3, "tout": 1}
    assert (loaded.sure, loaded.likely, loaded.doubtful) == (0.25, 0.125, 0.0625)
    assert loaded.network.weights.keys() == known.weights.keys()
    assert loaded.context.keys() == learned.keys()
    assert loaded.spans(["Kev said so"]) == saved.spans(["Kev said so"])


def test_a_folder_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a model that hcplens trained"):
        IdentifierReader.load(tmp_path)
