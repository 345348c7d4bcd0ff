from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings import Encoder
from hcplens.inference.insights import GoldNote
from hcplens.inference.insights.open_topics import Nearness, OpenCurves, OpenTopics, fit_open_curves
from hcplens.prompts import Taxonomy, Topic
from hcplens.prompts.taxonomy import Examples

PARKING = Topic(id="parking", name="Parking", scientific=False, description="no place to leave the car")
LIGHT = Topic(
    id="light",
    name="Light",
    scientific=False,
    description="how bright the room is",
    examples=Examples(driver=("bright warm room",), barrier=("dark cold room",)),
)
CURVES = OpenCurves(Nearness((8.0, 4.0), -4.0, 0.6), Nearness((8.0, 4.0), -4.0, 0.3), (0.0,) * 64, 0.0)
PIECES = st.sampled_from(["no place to leave the car", ". ", ", ", "dark cold room", "e\u0301", "漢字。", "😀", "... "])
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=8).map("".join)


@pytest.fixture(scope="module")
def reader(hashing_encoder: Encoder) -> OpenTopics:
    return OpenTopics([PARKING, LIGHT], [], CURVES, hashing_encoder)


def test_a_clause_near_a_description_or_an_example_is_about_its_topic(reader: OpenTopics) -> None:
    text = "Saw the nurse today. There was no place to leave the car. What a dark cold room"
    found = reader.read([text])
    parking, light = found.probabilities[0, :2], found.probabilities[0, 2:]
    assert parking.sum() > 0.6
    assert text[slice(*found.spans[0, 0])] == "There was no place to leave the car"
    assert light.argmax() == 1
    assert text[slice(*found.spans[0, 3])] == "What a dark cold room"


def test_an_example_of_a_polarity_leans_to_it(reader: OpenTopics) -> None:
    found = reader.read(["bright warm room", "dark cold room"])
    assert found.probabilities[0, 2] > found.probabilities[0, 3]
    assert found.probabilities[1, 2] < found.probabilities[1, 3]


def test_a_topic_with_examples_has_the_threshold_of_those(reader: OpenTopics) -> None:
    assert reader.thresholds.tolist() == [0.6, 0.6, 0.3, 0.3]


def test_a_rival_that_is_nearer_takes_the_clause(hashing_encoder: Encoder) -> None:
    rival = Topic(id="cars", name="Cars", scientific=False, description="there is no place to leave the car today")
    text = "there is no place to leave the car today"
    alone, beside = (
        OpenTopics([PARKING], others, CURVES, hashing_encoder).read([text]).probabilities.sum()
        for others in ([], [rival])
    )
    assert beside < alone


@given(texts=st.lists(TEXTS, max_size=4))
def test_places_are_clauses_and_probabilities_are_never_certain(reader: OpenTopics, texts: list[str]) -> None:
    found = reader.read(texts)
    assert found.probabilities.shape == (len(texts), 4)
    assert ((found.probabilities > 0) & (found.probabilities < 1)).all()
    for text, spans, probabilities in zip(texts, found.spans, found.probabilities, strict=True):
        if any(map(str.isalnum, text)):
            assert all(0 <= start < end <= len(text) for start, end in spans)
        else:
            assert not spans.any()
            assert (probabilities < reader.thresholds).all()


def test_what_is_learned_of_unknown_topics_survives_json(gold_notes: list[GoldNote], hashing_encoder: Encoder) -> None:
    curves = fit_open_curves(gold_notes, Taxonomy.default(), hashing_encoder)
    again = OpenCurves.from_json(json.loads(json.dumps(curves.to_json())))
    vectors = hashing_encoder.encode([note.text for note in gold_notes])
    assert again.described == curves.described
    assert again.exemplified == curves.exemplified
    assert again.driving(vectors) == pytest.approx(curves.driving(vectors), abs=1e-3)
    assert 0 < curves.described.threshold < 1


def test_nearness_rises_with_similarity_and_lead() -> None:
    steps = np.linspace(-1, 1, 9)
    level = np.zeros(9)
    assert (np.diff(CURVES.described.probabilities(steps, level)) > 0).all()
    assert (np.diff(CURVES.described.probabilities(level, steps)) > 0).all()
