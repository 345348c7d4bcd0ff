from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import expit

from hcplens import InputError
from hcplens.inference.assist import Combination, FittedFor, Weights

FOR = FittedFor(language_model="mini", language_model_digest="a", prompt_digest="b", insight_model_digest="c")


def combination(**changes: object) -> Combination:
    values: dict[str, object] = {
        "fitted_for": FOR,
        "width": 1.0,
        "weights": Weights(slope=1.0, weight=0.5, intercept=-0.1),
        "notes": 10,
        "physicians": 5,
        "questions": 20,
        "clauses_sent": 0.2,
        "log_loss_before": 0.6,
        "log_loss_after": 0.5,
        "gain_low": 0.01,
    }
    return Combination.model_validate(values | changes)


def test_both_log_odds_add_up() -> None:
    found = Weights(slope=2.0, weight=0.5, intercept=-1.0).probabilities(np.asarray([0.5]), np.asarray([2.0]))
    assert found.tolist() == pytest.approx([expit(1.0)])


def test_weights_that_made_the_labels_are_found_again() -> None:
    random = np.random.default_rng(0)
    heads, answers = random.normal(size=(2, 20_000))
    truth = random.random(20_000) < expit(0.8 * heads + 1.5 * answers - 0.5)
    found = Weights.fit(heads, answers, truth)
    assert (found.slope, found.weight, found.intercept) == pytest.approx((0.8, 1.5, -0.5), abs=0.1)


def test_a_yes_never_makes_a_statement_less_likely() -> None:
    heads = np.asarray([-2.0, -1.0, 1.0, 2.0, -1.5, 1.5])
    truth = np.asarray([False, False, True, True, True, False])
    found = Weights.fit(heads, np.where(truth, -1.0, 1.0), truth)
    assert found.weight == 0.0
    assert found.slope > 0


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.booleans()), max_size=30))
def test_whatever_was_answered_the_weights_are_sound(rows: list[tuple[float, float, bool]]) -> None:
    heads, answers, truth = (np.asarray([row[place] for row in rows]) for place in range(3))
    found = Weights.fit(heads, answers, truth.astype(np.bool_))
    assert found.slope > 0
    assert found.weight >= 0
    assert np.isfinite(found.intercept)


def test_one_class_teaches_nothing() -> None:
    nothing = Weights(slope=1.0, weight=0.0, intercept=0.0)
    assert Weights.fit(np.zeros(3), np.ones(3), np.ones(3, dtype=np.bool_)) == nothing
    assert Weights.fit(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.bool_)) == nothing


def test_a_file_says_the_same_again(tmp_path: Path) -> None:
    combination().save(tmp_path / "new" / "fit.json")
    assert Combination.load(tmp_path / "new" / "fit.json") == combination()


@pytest.mark.parametrize(
    ("changes", "helps"),
    [
        ({}, True),
        ({"gain_low": -0.01}, False),
        ({"weights": {"slope": 1.0, "weight": 0.0, "intercept": 0.0}}, False),
    ],
)
def test_it_helps_where_other_physicians_are_read_better(changes: dict[str, object], helps: bool) -> None:
    assert combination(**changes).helps is helps


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("language_model_digest", "the language model mini"),
        ("prompt_digest", "another version of the prompt"),
        ("insight_model_digest", "another insight model"),
    ],
)
def test_what_was_fitted_for_something_else_is_refused(field: str, why: str) -> None:
    combination().require_for(FOR)
    with pytest.raises(InputError, match=why):
        combination().require_for(FOR.model_copy(update={field: "other"}))


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValidationError):
        Weights(slope=1.0, weight=-1.0, intercept=0.0)


@pytest.mark.parametrize(
    ("text", "why"), [("{", "the file: Invalid JSON"), ('{"kind": "other"}', "no combination"), (None, "cannot read")]
)
def test_a_damaged_file_is_told(text: str | None, why: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "fit.json").write_text(text)
    with pytest.raises(InputError, match=why):
        Combination.load(tmp_path / "fit.json")
