from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from hcplens.embeddings.features import Features
from hcplens.embeddings.heads import HeadOptions, LinearHeads, exclusive_shares, fit_heads, out_of_fold_log_odds
from hcplens.errors import InputError

if TYPE_CHECKING:
    from .conftest import LabelledRows

LABELS = ("cost", "supply")


def fitted(rows: LabelledRows, options: HeadOptions | None = None) -> LinearHeads:
    return fit_heads(rows.features, rows.targets, LABELS, groups=rows.groups, documents=rows.documents, options=options)


def correct(claimed: np.ndarray, truth: np.ndarray) -> float:
    return float((claimed == truth).mean())


def test_heads_learn_words_that_carry_a_label(labelled_rows: LabelledRows) -> None:
    heads = fitted(labelled_rows)
    probabilities = heads.probabilities(labelled_rows.features)
    assert correct(probabilities >= heads.thresholds, labelled_rows.targets) > 0.98
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_the_same_seed_gives_the_same_heads(labelled_rows: LabelledRows) -> None:
    one, other = fitted(labelled_rows), fitted(labelled_rows)
    assert np.array_equal(one.dense, other.dense)
    assert np.array_equal(one.lexical, other.lexical)
    assert np.array_equal(one.thresholds, other.thresholds)
    assert one.calibration == other.calibration


def test_another_seed_draws_other_folds(labelled_rows: LabelledRows) -> None:
    rows = labelled_rows
    one = out_of_fold_log_odds(rows.features, rows.targets, rows.groups, HeadOptions(seed=7))
    other = out_of_fold_log_odds(rows.features, rows.targets, rows.groups, HeadOptions(seed=8))
    assert not np.allclose(one, other)


def test_who_wrote_a_text_is_of_no_help_on_texts_of_groups_held_out() -> None:
    random = np.random.default_rng(11)
    writers = np.repeat(np.arange(40), 5)
    targets = (random.random(40) < 0.5)[writers][:, None]
    who = np.eye(40, dtype=np.float32)[writers]
    features = Features(who, sparse.csr_matrix((200, 4), dtype=np.float32))
    groups = [f"W{writer}" for writer in writers]
    held_out = out_of_fold_log_odds(features, targets, groups, HeadOptions(100.0))
    leaking = out_of_fold_log_odds(features, targets, [str(row) for row in range(200)], HeadOptions(100.0))
    assert correct(leaking > 0, targets) == 1.0
    assert all(len({round(float(score), 3) for score in held_out[writers == w, 0]}) == 1 for w in range(40))
    assert correct(held_out > 0, targets) < 0.7


def test_texts_of_nobody_train_but_are_never_measured(labelled_rows: LabelledRows) -> None:
    rows = labelled_rows
    groups = [None if n < 100 else group for n, group in enumerate(rows.groups)]
    scores = out_of_fold_log_odds(rows.features, rows.targets, groups, HeadOptions())
    assert np.isneginf(scores[:100]).all()
    assert np.isfinite(scores[100:]).all()
    own_only = out_of_fold_log_odds(
        rows.features.rows(np.arange(100, 200)), rows.targets[100:], rows.groups[100:], HeadOptions()
    )
    assert not np.allclose(scores[100:], own_only)


@pytest.mark.parametrize("positives", [0, 1])
def test_a_label_with_fewer_than_two_positives_is_never_claimed(labelled_rows: LabelledRows, positives: int) -> None:
    targets = np.column_stack([labelled_rows.targets, np.arange(200) < positives])
    heads = fit_heads(
        labelled_rows.features,
        targets,
        (*LABELS, "rare"),
        groups=labelled_rows.groups,
        documents=labelled_rows.documents,
    )
    assert not (heads.probabilities(labelled_rows.features) >= heads.thresholds)[:, 2].any()


def test_one_group_alone_cannot_be_held_out(labelled_rows: LabelledRows) -> None:
    with pytest.raises(InputError, match="at least two groups"):
        fitted(replace(labelled_rows, groups=["W1"] * 200))


def test_class_probabilities_add_up_to_one() -> None:
    shares = exclusive_shares(np.asarray([[0.5, 0.5, 1e-6], [1e-6] * 3, [0.9, 0.1, 0.2]]))
    assert shares.sum(axis=1) == pytest.approx(1)
    assert shares[0] == pytest.approx([0.5, 0.5, 0], abs=1e-5)
    assert shares[1] == pytest.approx([1 / 3] * 3)
    assert shares[2] == pytest.approx([0.75, 1 / 12, 1 / 6])


def test_labels_that_exclude_one_another_have_a_curve_each_and_others_share_one(labelled_rows: LabelledRows) -> None:
    together, apart = fitted(labelled_rows, HeadOptions()), fitted(labelled_rows, HeadOptions(exclusive=True))
    assert len(set(together.calibration)) == 1
    assert len(set(apart.calibration)) == len(LABELS)
