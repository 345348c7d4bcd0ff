from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hcplens.embeddings.tagging import TaggedSpan, TaggedText, tag
from hcplens.errors import InputError
from hcplens.inference.insights import InsightModel
from hcplens.inference.insights.distillation import lessons
from hcplens.inference.triage import triage_text

KNOWN = TaggedText("PA takes weeks", (TaggedSpan(0, 0, 2, (0, 0)),), "G")
NEW = "Mrs Holloway's appeal was denied again, the nurse has no time, loves the data, prefers email"


@pytest.fixture(scope="module")
def eager(small_model: InsightModel) -> InsightModel:
    """A teacher that claims the likelier half of its labels."""
    scheme = small_model.trained.scheme
    found = tag([triage_text(NEW).redacted.text], small_model.tagger, scheme).log_odds
    probabilities = small_model.trained.claims.probabilities(found)[0]
    claims = replace(small_model.trained.claims, thresholds=np.full(len(scheme.labels), np.median(probabilities)))
    return replace(small_model, trained=replace(small_model.trained, claims=claims))


def test_a_labelled_text_keeps_its_labels_and_gains_what_the_teacher_says(eager: InsightModel) -> None:
    scheme = eager.trained.scheme
    (lesson,) = lessons([KNOWN], [], scheme, eager)
    expected = eager.trained.claims.probabilities(tag([KNOWN.text], eager.tagger, scheme).log_odds)[0]
    assert replace(lesson, taught=()) == KNOWN
    assert lesson.taught == pytest.approx(expected, abs=0.01)


def test_a_text_without_labels_is_redacted_and_labelled_by_the_teacher(eager: InsightModel) -> None:
    scheme = eager.trained.scheme
    found = lessons([KNOWN], [NEW], scheme, eager)
    assert len(found) == 3
    assert found[1] == found[2]
    lesson = found[1]
    assert "Holloway" not in lesson.text
    claimed = [column for column, p in enumerate(lesson.taught) if p >= eager.trained.claims.thresholds[0]]
    assert [span.label for span in lesson.spans] == claimed
    assert len(claimed) >= len(scheme.labels) // 2
    assert all(len(span.choices) == (2 if span.label < scheme.chosen else 0) for span in lesson.spans)
    assert all(0 <= (span.start or 0) < (span.end or 0) <= len(lesson.text) for span in lesson.spans)


def test_a_teacher_of_other_labels_is_refused(eager: InsightModel) -> None:
    scheme = replace(eager.trained.scheme, labels=eager.trained.scheme.labels[::-1])
    with pytest.raises(InputError, match="other labels"):
        lessons([KNOWN], [], scheme, eager)
