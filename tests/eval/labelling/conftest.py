from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hcplens.eval.labelling import LabelledNote

MakeNote = Callable[..., LabelledNote]

TEXT = "PA denied twice, so she waits. Loves the speed of response. Prefers e-mail."


def statement(evidence: str, topic: str = "coverage", polarity: str = "barrier", **changes: Any) -> dict[str, Any]:
    fields = {"topic": topic, "polarity": polarity, "status": "current", "holder": "hcp", "evidence": evidence}
    return fields | changes


@pytest.fixture
def note() -> MakeNote:
    """A note of TEXT, four clauses long, labelled by A unless told otherwise."""

    def make(*insights: dict[str, Any], **changes: Any) -> LabelledNote:
        record = {"note_id": "N1", "hcp_id": "H1", "text": TEXT, "annotator": "A", "insights": insights}
        return LabelledNote.model_validate(record | changes)

    return make


@pytest.fixture
def says() -> Callable[..., dict[str, Any]]:
    """A statement's record."""
    return statement
