from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from hcplens.embeddings import Encoder
from hcplens.embeddings.features import features_of
from hcplens.errors import InputError
from hcplens.eval.labelling.doubts import certainty, disagreeing, uncertain
from hcplens.eval.labelling.opinions import Opinions, read_opinions
from hcplens.inference.insights import GoldNote, InsightModel
from hcplens.inference.progress import QuietReporter


def opinions(model: list[list[float]], first: list[list[float]], second: list[list[float]]) -> Opinions:
    """Three notes of one, two and no clauses; labels cost and peers, claimed from 0.5 on."""
    return Opinions(
        ("cost", "peers"),
        np.asarray([0, 1, 3, 3]),
        np.asarray(model, dtype=np.float32),
        np.asarray(first, dtype=np.float32),
        np.asarray(second, dtype=np.float32),
        ("old", "new"),
        np.asarray([0.5, 0.5]),
    )


AGREED = [[1.0, 1.0]] * 3


def test_the_smallest_margin_of_all_clauses_and_labels_counts() -> None:
    found = uncertain(opinions([[-2, 3], [-4, 0.5], [-1, 6]], AGREED, AGREED))
    assert [doubt and doubt.strength for doubt in found] == [-2, -0.5, None]
    assert found[1] is not None
    assert found[1].why == "peers: probability 0.62, claimed from 0.50 on"


def test_certainty_is_half_on_a_threshold() -> None:
    assert certainty(opinions([[0, 3], [50, 60], [-70, 80]], AGREED, AGREED)) == [0.5, pytest.approx(1), None]


def test_opinions_differ_where_one_claims_and_the_other_does_not() -> None:
    first: list[list[float]] = [[2, 1], [-3, 1], [1, 1]]
    second: list[list[float]] = [[1, 4], [-1, -2], [-0.5, 1]]
    found = disagreeing(opinions(AGREED, first, second))
    assert found[0] is None  # both claim both
    assert found[1] is not None
    assert (found[1].strength, found[1].why) == (1, "peers: claimed by old, not by new")
    assert found[2] is None


def test_leads_are_above_zero_exactly_where_the_model_claims(
    gold_notes: list[GoldNote], small_model: InsightModel, hashing_encoder: Encoder
) -> None:
    texts = [note.text for note in gold_notes[:10]]
    found = read_opinions(texts, small_model, hashing_encoder, QuietReporter())
    assert len(found) == 10
    clauses = ["PA denied twice", "Loves the speed of response"]
    heads = small_model.families["statements"]
    one = read_opinions([". ".join(clauses)], small_model, hashing_encoder, QuietReporter())
    expected = heads.probabilities(features_of(clauses, hashing_encoder, small_model.lexical))
    usable = np.isfinite(heads.bias)
    assert one.model[:, usable] == pytest.approx(logit(expected[:, usable]) - logit(heads.thresholds[usable]), abs=1e-4)


def test_the_views_of_one_model_agree_where_there_is_only_one_clause(
    small_model: InsightModel, hashing_encoder: Encoder
) -> None:
    found = read_opinions(["PA denied twice"], small_model, hashing_encoder, QuietReporter())
    assert found.first == pytest.approx(found.model, abs=1e-4)
    assert found.second == pytest.approx(found.model, abs=1e-4)


def test_the_views_of_one_model_add_up_to_its_lead(
    gold_notes: list[GoldNote], small_model: InsightModel, hashing_encoder: Encoder
) -> None:
    texts = [note.text for note in gold_notes[:10]]
    found = read_opinions(texts, small_model, hashing_encoder, QuietReporter())
    usable = np.isfinite(small_model.families["statements"].bias)
    # what remains is the lead of the average clause, the same everywhere
    together = (found.first + found.second - found.model)[:, usable]
    assert together == pytest.approx(np.broadcast_to(together[0], together.shape), abs=1e-3)
    assert not np.allclose(found.first[:, usable], found.second[:, usable])


def test_a_model_never_disagrees_with_itself(
    gold_notes: list[GoldNote], small_model: InsightModel, hashing_encoder: Encoder
) -> None:
    texts = [note.text for note in gold_notes[:10]]
    found = read_opinions(texts, small_model, hashing_encoder, QuietReporter(), other=small_model)
    assert disagreeing(found) == [None] * 10
    heads = small_model.families["statements"]
    bolder = replace(heads, thresholds=heads.thresholds / 50)
    other = replace(small_model, families={**small_model.families, "statements": bolder})
    differing = disagreeing(read_opinions(texts, small_model, hashing_encoder, QuietReporter(), other=other))
    assert any(doubt is not None and "claimed by the other model" in doubt.why for doubt in differing)


def test_a_note_in_another_language_has_no_doubt(small_model: InsightModel, hashing_encoder: Encoder) -> None:
    german = "Die Kassen lehnen den Antrag immer noch ab und sie wartet deshalb mit neuen Patienten."
    found = read_opinions([german], small_model, hashing_encoder, QuietReporter())
    assert uncertain(found) == [None]
    assert disagreeing(found) == [None]


def test_models_of_other_topics_cannot_disagree(small_model: InsightModel, hashing_encoder: Encoder) -> None:
    heads = small_model.families["statements"]
    other = replace(heads, labels=("weather.driver", *heads.labels[1:]))
    strange = replace(small_model, families={**small_model.families, "statements": other})
    with pytest.raises(InputError, match="the two models have other topics"):
        read_opinions(["PA denied"], small_model, hashing_encoder, QuietReporter(), other=strange)
