from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from hcplens.errors import InputError
from hcplens.eval.labelling.doubts import certainty, disagreeing, uncertain
from hcplens.eval.labelling.opinions import Opinions, read_opinions
from hcplens.inference.insights import GoldNote, InsightModel
from hcplens.inference.progress import QuietReporter
from hcplens.inference.triage import triage_text


def opinions(model: list[list[float]], first: list[list[float]], second: list[list[float]]) -> Opinions:
    """Three notes, of which the last cannot be read; labels cost and peers, claimed from 0.5 on."""
    return Opinions(
        ("cost", "peers"),
        np.asarray([True, True, False]),
        np.asarray(model, dtype=np.float64),
        np.asarray(first, dtype=np.float64),
        np.asarray(second, dtype=np.float64),
        ("old", "new"),
        np.asarray([0.5, 0.5]),
    )


AGREED = [[1.0, 1.0]] * 3
LEAST = -10.0


def read(texts: Sequence[str], model: InsightModel, other: InsightModel | None = None) -> Opinions:
    return read_opinions(texts, model, QuietReporter(), other=other)


def with_thresholds(model: InsightModel, factor: float) -> InsightModel:
    claims = model.trained.claims
    changed = replace(claims, thresholds=claims.thresholds * factor)
    return replace(model, trained=replace(model.trained, claims=changed))


def test_the_smallest_margin_of_all_labels_counts() -> None:
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
    gold_notes: list[GoldNote], small_model: InsightModel
) -> None:
    texts = [triage_text(note.text).redacted.text for note in gold_notes[:10]]
    found = read([note.text for note in gold_notes[:10]], small_model)
    probabilities = small_model.read(texts).statements
    assert found.model == pytest.approx(logit(probabilities) - logit(small_model.statement_thresholds))
    claimed = found.model >= 0
    assert claimed.any()
    assert not claimed.all()
    assert (claimed == (probabilities >= small_model.statement_thresholds)).all()


def test_the_lead_of_one_model_is_the_mean_of_those_of_its_two_views(
    gold_notes: list[GoldNote], small_model: InsightModel
) -> None:
    found = read([note.text for note in gold_notes[:10]], small_model)
    sure = np.minimum(found.first, found.second) > LEAST  # nearer to 0 no probability comes
    assert found.model[sure] == pytest.approx(((found.first + found.second) / 2)[sure], abs=1e-4)
    assert sure.any()
    assert not np.allclose(found.first, found.second)


def test_a_model_never_disagrees_with_itself(gold_notes: list[GoldNote], small_model: InsightModel) -> None:
    texts = [note.text for note in gold_notes[:10]]
    assert disagreeing(read(texts, small_model, small_model)) == [None] * 10
    differing = disagreeing(read(texts, small_model, with_thresholds(small_model, 1 / 50)))
    assert any(doubt is not None and "claimed by the other model" in doubt.why for doubt in differing)


@pytest.mark.parametrize(
    "text", ["Die Kassen lehnen den Antrag immer noch ab und sie wartet deshalb mit neuen Patienten.", "", " … "]
)
@pytest.mark.parametrize("two_models", [False, True])
def test_a_note_in_another_language_or_without_words_has_no_doubt(
    text: str, two_models: bool, small_model: InsightModel
) -> None:
    found = read([text, "PA denied twice"], small_model, with_thresholds(small_model, 1 / 50) if two_models else None)
    assert uncertain(found)[0] is disagreeing(found)[0] is None
    assert uncertain(found)[1] is not None


def test_models_of_other_topics_cannot_disagree(small_model: InsightModel) -> None:
    scheme = small_model.trained.scheme
    labels = ("weather.driver", *scheme.labels[1:])
    strange = replace(small_model, trained=replace(small_model.trained, scheme=replace(scheme, labels=labels)))
    with pytest.raises(InputError, match="the two models have other topics"):
        read(["PA denied"], small_model, strange)
