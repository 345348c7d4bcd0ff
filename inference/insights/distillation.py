"""What a stronger model says of texts, for a smaller one to learn from (distillation: Hinton et al., 2015)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...embeddings.tagging import TaggedSpan, TaggedText, Tags, TagScheme, tag
from ...errors import InputError
from ..triage import triage_texts
from .model import InsightModel
from .statement import STATUSES

_TIMES = 2
"""How often a text without labels counts: it has not been seen before."""
_BY_THE_TEACHER = "read by the teacher alone"


def lessons(
    labelled: Sequence[TaggedText], unlabelled: Sequence[str], scheme: TagScheme, teacher: InsightModel
) -> list[TaggedText]:
    """Labelled texts with the teacher's probabilities, and texts without labels as the teacher reads them.

    Args:
        labelled: what the smaller model has learned from.
        unlabelled: raw texts, which are redacted before the teacher reads them.
        scheme: the labels of the smaller model.
        teacher: must answer with the same labels; it may have more behind them.

    Raises:
        InputError: the teacher answers with other labels.
    """
    known_labels = len(scheme.labels)
    if teacher.trained.scheme.labels[:known_labels] != scheme.labels:
        raise InputError("the teacher answers with other labels than the model that is to learn from it")
    redacted = [triaged.redacted.text for triaged in triage_texts(unlabelled)]
    tags = tag([*(text.text for text in labelled), *redacted], teacher.tagger, teacher.trained.scheme)
    probabilities = teacher.trained.claims.probabilities(tags.log_odds)[:, :known_labels]
    claimed = probabilities >= teacher.trained.claims.thresholds[:known_labels]
    taught = [tuple(map(float, row)) for row in probabilities]
    known = [
        replace(text, taught=taught[row], spans=(*text.spans, *_spans(_unasked(text, claimed[row]), tags, row, scheme)))
        for row, text in enumerate(labelled)
    ]
    new = [
        TaggedText(text, tuple(_spans(claimed[row], tags, row, scheme)), _BY_THE_TEACHER, taught[row])
        for row, text in enumerate(redacted, start=len(labelled))
    ]
    return known + new * _TIMES


def _unasked(text: TaggedText, claimed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is claimed of the labels that nobody looked for."""
    columns = np.arange(len(claimed))
    return np.asarray(claimed & np.isin(columns, list(text.unasked)))


def _spans(claimed: NDArray[np.bool_], tags: Tags, row: int, scheme: TagScheme) -> Iterator[TaggedSpan]:
    """What the teacher claims of a text, in its words."""
    for column in map(int, np.flatnonzero(claimed)):
        choices: tuple[int, ...] = ()
        if column < scheme.chosen:
            status, holder = np.split(tags.choices[row, column], [len(STATUSES)])
            choices = (int(status.argmax()), int(holder.argmax()))
        start, end = map(int, tags.spans[row, column])
        yield TaggedSpan(column, start, end, choices)
