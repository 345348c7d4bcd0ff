from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from hcplens.embeddings.logistic import fit_logistic

if TYPE_CHECKING:
    from .conftest import LabelledRows


@pytest.mark.parametrize("strength", [0.1, 2.0, 100.0])
def test_every_label_gets_what_liblinear_finds_for_it_alone(labelled_rows: LabelledRows, strength: float) -> None:
    features, targets = labelled_rows.features, labelled_rows.targets
    fitted = fit_logistic(features, targets, np.full(targets.shape, strength))
    matrix = features.stacked()
    for column in range(targets.shape[1]):
        stock = LogisticRegression(C=strength, solver="liblinear", tol=1e-8).fit(matrix, targets[:, column])
        assert np.allclose(matrix @ fitted.weights[:, column] + fitted.intercepts[column],
                           stock.decision_function(matrix), atol=0.02)  # fmt: skip


def test_a_costly_text_counts_as_if_it_stood_there_twice(labelled_rows: LabelledRows) -> None:
    features, targets = labelled_rows.features, labelled_rows.targets
    costs = np.ones(targets.shape)
    costs[:20] = 2
    twice = np.concatenate([np.arange(200), np.arange(20)])
    weighted = fit_logistic(features, targets, costs)
    repeated = fit_logistic(features.rows(twice), targets[twice], np.ones((220, 2)))
    assert np.allclose(weighted.weights, repeated.weights, atol=0.01)


def test_labels_do_not_influence_each_other(labelled_rows: LabelledRows) -> None:
    features, targets = labelled_rows.features, labelled_rows.targets
    together = fit_logistic(features, targets, np.ones(targets.shape))
    alone = fit_logistic(features, targets[:, 1:], np.ones((200, 1)))
    assert np.allclose(together.weights[:, 1:], alone.weights, atol=0.01)


def test_columns_that_no_text_has_get_no_weight(labelled_rows: LabelledRows) -> None:
    features, targets = labelled_rows.features, labelled_rows.targets
    fitted = fit_logistic(features, targets, np.ones(targets.shape))
    unused = np.setdiff1d(np.arange(features.lexical.shape[1]), features.lexical.indices)
    assert fitted.weights.shape == (64 + features.lexical.shape[1], 2)
    assert not fitted.weights[64 + unused].any()


def test_no_labels_at_all_are_fitted_to_nothing(labelled_rows: LabelledRows) -> None:
    none = np.zeros((200, 0), dtype=np.bool_)
    assert fit_logistic(labelled_rows.features, none, none.astype(float)).weights.shape[1] == 0
