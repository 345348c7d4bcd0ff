"""Texts with labels of a user's own, and what is found in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import InputError
from .gold import read_json_lines
from .learned_from import group_digest, redacted_digests


class LabelledText(BaseModel):
    """One text and its labels; `group` is who wrote it (a group is never on both sides of a split)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    text: str
    labels: tuple[str, ...] = ()
    group: str | int | None = None

    @property
    def owner(self) -> str:
        """Whom it belongs to: its group, or itself; a text 5 without a group is apart from the group 5."""
        return f"text {self.id}" if self.group is None else f"group {self.group}"


@dataclass(frozen=True)
class FoundLabel:
    """A label that is claimed, and the clause that shows it best."""

    label: str
    probability: float
    start: int
    end: int
    evidence: str

    def to_json(self) -> dict[str, Any]:
        """One element of `labels`."""
        return {**vars(self), "probability": round(self.probability, 4)}


def read_labelled(path: Path) -> list[LabelledText]:
    """Texts of a JSONL file; InputError names file, line and field."""
    texts = []
    for number, record in read_json_lines(path):
        try:
            texts.append(LabelledText.model_validate(record))
        except ValidationError as e:
            problem = e.errors()[0]
            raise InputError(f"{path} line {number}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from e
    return texts


def label_names(texts: Sequence[LabelledText]) -> list[str]:
    """The labels that occur, sorted; raises InputError if there are none, or fewer than two groups to hold out."""
    labels = sorted({label for text in texts for label in text.labels})
    if not labels or len({text.owner for text in texts}) < 2:
        raise InputError("training needs texts with labels, of at least two groups")
    return labels


def label_targets(texts: Sequence[LabelledText], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Which of the labels each text carries (n, labels)."""
    targets = np.zeros((len(texts), len(labels)), dtype=np.bool_)
    column = {label: number for number, label in enumerate(labels)}
    for row, text in enumerate(texts):
        for label in text.labels:
            if label in column:
                targets[row, column[label]] = True
    return targets


def learned_from(texts: Sequence[LabelledText]) -> frozenset[int]:
    """Digests of texts that a model learns from, and of their groups."""
    digests = frozenset(redacted_digests([text.text for text in texts]))
    return digests | {group_digest(text.group) for text in texts if text.group is not None}
