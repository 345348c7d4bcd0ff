"""Labels of texts, by models that never saw them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import compress

from ....errors import InputError
from ....inference.insights import LabelHeads, LabelledText, LabelModel
from ...datasets import group_folds, group_of
from ..remembered_vectors import RememberedVectors
from ..seen_texts import UNKNOWN, seen_by_label_model
from ..suite import MissingDataError, SuiteContext
from ..training_folds import trained

FOLDS = 5
_FEWEST_GROUPS = 3


@dataclass(frozen=True)
class ScoredText:
    """One text with its labels, those claimed of it, and the probability of every label that the model knows."""

    text: LabelledText
    claimed: frozenset[str]
    probabilities: Mapping[str, float] = field(default_factory=dict)

    @property
    def true(self) -> frozenset[str]:
        """The labels it has."""
        return frozenset(self.text.labels)


@dataclass(frozen=True)
class ScoredTexts:
    """Scored texts, how they were scored in plain words, and what a reader must know."""

    texts: tuple[ScoredText, ...]
    scored_by: str
    notices: tuple[str, ...] = ()


def score_by_model(texts: Sequence[LabelledText], model: LabelModel) -> ScoredTexts:
    """The texts that a model learned nothing from, nor from others of their groups.

    Raises:
        MissingDataError: it learned from all of them.
    """
    if not model.trained_on:
        return ScoredTexts(tuple(labelled(texts, model)), f"the model as given; {UNKNOWN}", (UNKNOWN,))
    seen = seen_by_label_model(texts, model)
    new = list(compress(texts, ~seen))
    if not new:
        raise MissingDataError(f"the model was trained on all {len(texts):,} texts, or on others of their groups")
    how = f"{len(new):,} texts by the model as given, which was not trained on them"
    notices: tuple[str, ...] = ()
    if left_out := int(seen.sum()):
        notices = (f"{left_out:,} texts are left out: the model was trained on them, or on others of their groups",)
    return ScoredTexts(tuple(labelled(new, model)), "; ".join((how, *notices)), notices)


def score_by_cross_fitting(texts: Sequence[LabelledText], context: SuiteContext) -> ScoredTexts:
    """Every text by linear heads trained on other groups, in its order.

    Raises:
        InputError: fewer than three groups: heads are trained on two at least.
    """
    groups = len({group_of(text) for text in texts})
    if groups < _FEWEST_GROUPS:
        raise InputError(f"texts of {groups} groups cannot be cross-fitted: give {_FEWEST_GROUPS} groups, or a --model")
    folds = group_folds(texts, FOLDS, context.seed)
    vectors = RememberedVectors(context.encoder, (text.text for text in texts))
    jobs = [partial(LabelHeads.fit, fold.train, vectors, seed=context.seed) for fold in folds]
    scored: dict[str, ScoredText] = {}
    for fold, model in zip(folds, trained(jobs, context.reporter), strict=True):
        scored |= {str(found.text.id): found for found in labelled(fold.test, model)}
    how = (
        f"{len(folds)}-fold cross-fitting: each text by linear heads trained on other groups; what `hcplens train` "
        "gives may read better"
    )
    return ScoredTexts(tuple(scored[str(text.id)] for text in texts), how)


def labelled(texts: Sequence[LabelledText], model: LabelModel) -> Iterator[ScoredText]:
    """Texts as a model labels them."""
    labels = model.labels
    scores = model.probabilities([text.text for text in texts])
    for text, row, mask in zip(texts, scores, scores >= model.thresholds, strict=True):
        yield ScoredText(text, frozenset(compress(labels, mask)), dict(zip(labels, row.tolist(), strict=True)))
