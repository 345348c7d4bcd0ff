"""Training the reader of topics from labelled modules and the taxonomy's own examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ...embeddings.calibration import Platt
from ...embeddings.encoder import Encoder
from ...embeddings.features import Features
from ...embeddings.heads import LinearHeads
from ...embeddings.lexical import LexicalFeatures
from ...embeddings.trained_on import text_digests
from ...errors import InputError
from ...prompts.taxonomy import Taxonomy
from .labelled_modules import LabelledModule
from .topic_reader import TopicReader, module_features
from .topic_space import clauses_of, describe

FEWEST_TEXTS = 4
"""N-grams in fewer training texts are left out: the model stays near 1 MB."""

LEXICAL_SCALE = 1.5
"""How much longer n-grams are than vectors: chosen, like all of this, by leaving out brands of the labelled modules."""

INVERSE_REGULARISATION = 30.0

EXAMPLE_WEIGHT = 0.1
"""A clause of the taxonomy counts as a tenth of a module: clauses are of physicians, and there are 29 a topic."""

FOLDS = 10
SEED = 7
_ITERATIONS = 400
_TEMPERATURES = (0.05, 5.0)

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class _Rows:
    """Training rows: n modules first, the taxonomy's clauses after them, (rows,) topic columns and weights."""

    features: Features
    topics: NDArray[np.int64]
    weights: NDArray[np.float64]
    brands: tuple[str, ...]


def fit_topic_reader(modules: Sequence[LabelledModule], taxonomy: Taxonomy, encoder: Encoder) -> TopicReader:
    """Learn which topic a module is about; how sure to be is learned on brands held out.

    Raises:
        InputError: a topic is unknown or has no module, or there are fewer than two brands.
    """
    _check(modules, taxonomy)
    texts = [module.texts for module in modules] + [
        [clause] for topic in taxonomy.topics for clause in clauses_of(topic)
    ]
    lexical = LexicalFeatures.fit([" ".join(of_row) for of_row in texts], fewest=FEWEST_TEXTS)
    rows = _rows(texts, modules, taxonomy, encoder, lexical)
    temperature = _temperature(rows, len(taxonomy.topics))
    weights, bias = _fitted(rows, np.arange(len(texts)), len(taxonomy.topics))
    dimension = rows.features.dense.shape[1]
    weights, bias = weights / np.float32(temperature), bias / np.float32(temperature)
    heads = LinearHeads(
        labels=taxonomy.ids,
        dense=weights[:dimension],
        lexical=weights[dimension:],
        bias=bias,
        calibration=tuple(Platt(1.0, 0.0) for _ in taxonomy.ids),
        thresholds=np.zeros(len(taxonomy.ids)),
    )
    described = {topic.id: describe(topic) for topic in taxonomy.topics}
    learned_from = text_digests(module.texts[0] for module in modules)
    return TopicReader(encoder.digest, described, lexical, heads, learned_from)


def _check(modules: Sequence[LabelledModule], taxonomy: Taxonomy) -> None:
    found = {module.topic for module in modules}
    if unknown := sorted(found - set(taxonomy.ids)):
        raise InputError(f"the labelled modules name the topic {unknown[0]!r}, which the taxonomy lacks")
    if missing := [topic_id for topic_id in taxonomy.ids if topic_id not in found]:
        raise InputError(f"no labelled module is about the topic {missing[0]!r}: label at least one")
    if len({module.brand for module in modules}) < 2:
        raise InputError("how sure to be is learned on a brand held out: label modules of at least two brands")


def _rows(
    texts: Sequence[Sequence[str]],
    modules: Sequence[LabelledModule],
    taxonomy: Taxonomy,
    encoder: Encoder,
    lexical: LexicalFeatures,
) -> _Rows:
    encoded = encoder.encode([text for of_row in texts for text in of_row])
    ends = np.cumsum([0, *(len(of_row) for of_row in texts)])
    features = module_features(texts, [encoded[start:end] for start, end in pairwise(ends)], lexical)
    examples = [topic.id for topic in taxonomy.topics for _ in clauses_of(topic)]
    columns = {topic_id: column for column, topic_id in enumerate(taxonomy.ids)}
    return _Rows(
        features,
        np.array([columns[topic] for topic in [*(module.topic for module in modules), *examples]]),
        np.concatenate([np.ones(len(modules)), np.full(len(examples), EXAMPLE_WEIGHT)]),
        tuple(module.brand for module in modules),
    )


def _fitted(rows: _Rows, which: NDArray[np.int64], topics: int) -> tuple[Weights, Weights]:
    """Weights (d + columns, topics) and biases (topics,) of a multinomial logistic regression."""
    features = rows.features.rows(which)
    stacked = sparse.hstack([sparse.csr_matrix(features.dense), features.lexical * LEXICAL_SCALE]).tocsr()
    kept = np.unique(stacked.indices)
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=_ITERATIONS)
    model.fit(stacked[:, kept], rows.topics[which], sample_weight=rows.weights[which])
    weights = np.zeros((stacked.shape[1], topics), dtype=np.float32)
    weights[kept] = model.coef_.T
    weights[features.dense.shape[1] :] *= LEXICAL_SCALE
    return weights, model.intercept_.astype(np.float32)


def _temperature(rows: _Rows, topics: int) -> float:
    """What log-odds are divided by so that those of brands held out are the likeliest (Guo et al., 2017)."""
    count = len(rows.brands)
    examples = np.arange(count, len(rows.topics))
    log_odds = np.zeros((count, topics))
    folds = GroupKFold(n_splits=min(FOLDS, len(set(rows.brands))), shuffle=True, random_state=SEED)
    for train, test in folds.split(rows.brands, groups=rows.brands):
        weights, bias = _fitted(rows, np.concatenate([train, examples]), topics)
        log_odds[test] = rows.features.rows(test).stacked() @ weights + bias
    truth = rows.topics[:count]

    def loss(temperature: float) -> float:
        return float(-log_softmax(log_odds / temperature, axis=1)[np.arange(count), truth].mean())

    return float(minimize_scalar(loss, bounds=_TEMPERATURES, method="bounded").x)
