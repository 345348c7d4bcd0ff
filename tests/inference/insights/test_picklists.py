from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from hcplens.embeddings import Vectors
from hcplens.inference.insights import Annotation, InsightModel, PicklistReader
from hcplens.prompts import Taxonomy

VALUES = [example for topic in Taxonomy.default().topics for example in topic.examples.driver[:3]]


@pytest.fixture
def reader(small_model: InsightModel) -> PicklistReader:
    return PicklistReader(small_model)


@pytest.fixture
def eager(small_model: InsightModel) -> PicklistReader:
    """Claims nearly everything."""
    claims = replace(small_model.trained.claims, thresholds=np.full(len(small_model.trained.scheme.labels), 2e-6))
    return PicklistReader(replace(small_model, trained=replace(small_model.trained, claims=claims)))


@pytest.mark.parametrize("value", ["coverage", "Coverage", " COVERAGE ", "quality_of_life", "Quality of life"])
def test_an_objection_that_names_a_topic_is_its_barrier(reader: PicklistReader, value: str) -> None:
    (found,) = reader.read([{"objection": value}])
    (statement,) = found.statements
    assert statement.topic == value.strip().lower().replace(" ", "_")
    assert (statement.polarity, statement.status, statement.holder) == ("barrier", "current", "hcp")
    assert statement.evidence.text == f"objection: {value}"
    assert (statement.evidence.start, statement.evidence.end) == (None, None)
    assert statement.annotator == "picklist:objection"


@pytest.mark.parametrize("value", ["none", "None", "N/A", "No objection", "—", "other", ""])
def test_a_value_that_says_nothing_states_nothing(reader: PicklistReader, value: str) -> None:
    assert reader.read([{"objection": value, "reaction": value, "outcome": None}]) == [Annotation()]


def test_a_free_objection_can_only_be_a_barrier(eager: PicklistReader) -> None:
    found = [
        statement for row in eager.read([{"objection": value} for value in VALUES]) for statement in row.statements
    ]
    assert {statement.polarity for statement in found} == {"barrier"}


def test_a_free_value_is_read_by_the_model(eager: PicklistReader, small_model: InsightModel) -> None:
    (found,) = eager.read([{"reaction": VALUES[0]}])
    (expected,) = small_model.read([f"reaction: {VALUES[0]}"]).statements
    assert {statement.polarity for statement in found.statements} == {"driver", "barrier"}
    for statement in found.statements:
        column = small_model.statement_labels.index(f"{statement.topic}.{statement.polarity}")
        assert statement.probability == pytest.approx(expected[column])
        assert statement.evidence.text == f"reaction: {VALUES[0]}"


def test_harm_and_a_patient_in_a_typed_field_are_flagged_and_masked(reader: PicklistReader) -> None:
    (found,) = reader.read([{"objection": "pt Mary Johnson was hospitalized with sepsis on it"}])
    assert {flag.kind for flag in found.flags} == {"adverse_event"}
    quoted = [flag.evidence.text for flag in found.flags] + [said.evidence.text for said in found.statements]
    assert not any("Johnson" in words for words in quoted)


def test_each_distinct_value_goes_through_the_model_once(small_model: InsightModel) -> None:
    tagger = small_model.tagger

    class Counting:
        dimension, digest, precision = tagger.dimension, tagger.digest, tagger.precision
        encoded: list[str] = []  # noqa: RUF012

        def encode(self, texts: Sequence[str]) -> Vectors:
            self.encoded += texts
            return tagger.encode(texts)

    reader = PicklistReader(replace(small_model, tagger=Counting()))
    rows: list[dict[str, str | None]] = [
        {"objection": "price"},
        {"objection": "price", "outcome": "will try"},
        {"objection": None},
    ]
    assert reader.read(rows) == reader.read(rows)
    assert sorted(Counting.encoded) == ["objection: price", "outcome: will try"]
