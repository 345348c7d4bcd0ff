"""What a model has seen in training: nothing of it may be measured on as if it were new."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from ...embeddings.trained_on import plain_form
from ...inference.insights import InsightModel, LabelledText, LabelModel
from ...inference.insights.learned_from import group_digest, physician_digest, redacted_digests

UNKNOWN = "this model does not say what it was trained on, so some of what it is measured on may not be new to it"


def seen_by_model(
    texts: Sequence[str], hcp_ids: Sequence[str], brands: Sequence[str | None], model: InsightModel
) -> NDArray[np.bool_]:
    """Whether a model learned from each note (n,), or from others of its physician.

    Those are known by physician and brand, and by any note here that the model learned from, of whatever brand.
    """
    writers = [{physician_digest(hcp_id, brand)} for hcp_id, brand in zip(hcp_ids, brands, strict=True)]
    return _seen(texts, hcp_ids, writers, model.trained_on)


def seen_by_label_model(texts: Sequence[LabelledText], model: LabelModel) -> NDArray[np.bool_]:
    """Whether a model learned from each text (n,), or from others of its group."""
    writers = [set() if text.group is None else {group_digest(text.group)} for text in texts]
    return _seen([text.text for text in texts], [text.owner for text in texts], writers, model.trained_on)


def _seen(
    texts: Sequence[str], owners: Sequence[str], writers: Sequence[AbstractSet[int]], trained_on: AbstractSet[int]
) -> NDArray[np.bool_]:
    names = [plain_form(owner) for owner in owners]
    learned = [
        digest in trained_on or bool(writer & trained_on)
        for digest, writer in zip(redacted_digests(texts), writers, strict=True)
    ]
    known = {name for name, seen in zip(names, learned, strict=True) if seen}
    return np.asarray([name in known for name in names], dtype=np.bool_)
