from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from hcplens.embeddings.loading import window_tagger
from hcplens.inference.insights import Annotation, Annotator, GoldNote, InsightModel
from hcplens.inference.insights.flagging import overlap
from hcplens.inference.triage import ApprovedUses, Triage

NAMED = "PA for pt Maria Gonzalez, DOB 03/14/1961, still takes three weeks. Loves how quick it works"
PIECES = (
    "PA still takes 3 wks",
    "loves the onset",
    " but ",
    "\r\n",
    "pt John Smith, DOB 01/02/1950",
    "pt had a rash on it",
    "e\u0301",
    "漢字。",
    "😀",
    "\x00",
    "MRN 4471123",
    ", ",
    ". ",
    "asked for use in children",
)
TEXTS = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(PIECES), max_size=9).map("".join))


@pytest.fixture(scope="session")
def exact(small_model: InsightModel, tiny_encoder: Path) -> InsightModel:
    """The small model in full precision: what it says of a text does not depend on the batch."""
    return replace(small_model, tagger=window_tagger(small_model.trained, tiny_encoder, precision="float32"))


@pytest.fixture(scope="session")
def eager(exact: InsightModel, tiny_encoder: Path) -> Annotator:
    """Claims nearly everything of a text with words, so that many spans are seen."""
    claims = replace(exact.trained.claims, thresholds=np.full(len(exact.trained.scheme.labels), 2e-6))
    described, exemplified = (
        replace(one, threshold=2e-6) for one in (exact.curves.described, exact.curves.exemplified)
    )
    curves = replace(exact.curves, described=described, exemplified=exemplified)
    model = replace(exact, trained=replace(exact.trained, claims=claims), curves=curves)
    return Annotator(model.for_taxonomy(model.taxonomy, tiny_encoder))


def evidences(found: Annotation) -> list[Any]:
    claims: list[Any] = [*found.statements, *found.channel_statements, *found.flags]
    return [claim.evidence for claim in claims]


@settings(max_examples=200)
@given(text=TEXTS)
def test_evidence_is_the_texts_own_words_or_masked(eager: Annotator, text: str) -> None:
    (found,) = eager.annotate([text])
    hidden = [(identifier.start, identifier.end) for identifier in found.identifiers]
    for evidence in evidences(found):
        assert 0 <= evidence.start < evidence.end <= len(text)
        touched = any(start < evidence.end and evidence.start < end for start, end in hidden)
        assert evidence.masked == touched
        if not touched:
            assert evidence.text == text[evidence.start : evidence.end]


@given(texts=st.lists(TEXTS, max_size=4))
def test_a_statement_is_as_probable_as_its_label(eager: Annotator, texts: list[str]) -> None:
    labels = eager.model.statement_labels
    probabilities = eager.statement_probabilities(texts)
    assert probabilities.shape == (len(texts), len(labels))
    for row, found in zip(probabilities, eager.annotate(texts), strict=True):
        assert not (found.unread and row.any())
        claimed = {f"{statement.topic}.{statement.polarity}": statement.probability for statement in found.statements}
        assert claimed == pytest.approx({label: row[labels.index(label)] for label in claimed})


def test_what_is_not_claimed_has_a_probability_too(exact: InsightModel) -> None:
    note = "PA still takes three weeks. loves how quick it works"
    of_note, of_nothing = Annotator(exact).statement_probabilities([note, ""])
    assert of_note == pytest.approx(exact.read([note]).statements[0])
    assert (of_note >= of_nothing).all()
    assert (of_note > of_nothing).any()
    assert of_nothing.max() < exact.statement_thresholds.min()


@given(text=TEXTS)
def test_a_note_states_a_thing_once(eager: Annotator, text: str) -> None:
    (found,) = eager.annotate([text])
    assert max(Counter(statement.key for statement in found.statements).values(), default=1) == 1
    assert max(Counter(statement.key for statement in found.channel_statements).values(), default=1) == 1


@given(texts=st.lists(TEXTS, max_size=4))
def test_a_text_is_read_the_same_alone_and_in_company(eager: Annotator, texts: list[str]) -> None:
    together = eager.annotate(texts)
    alone = [eager.annotate([text])[0] for text in texts]
    assert [found.flags for found in together] == [found.flags for found in alone]
    assert [found.identifiers for found in together] == [found.identifiers for found in alone]
    in_company, by_itself = eager.statement_probabilities(texts), [eager.statement_probabilities([t])[0] for t in texts]
    assert all(row == pytest.approx(own, abs=1e-4) for row, own in zip(in_company, by_itself, strict=True))


@given(text=TEXTS)
def test_claims_come_in_the_order_of_their_words(eager: Annotator, text: str) -> None:
    (found,) = eager.annotate([text])
    for claims in (found.statements, found.channel_statements):
        starts: list[Any] = [claim.evidence.start for claim in claims]
        assert starts == sorted(starts)


@given(text=TEXTS)
def test_evidence_cuts_no_word_unless_an_identifier_touches_it(eager: Annotator, text: str) -> None:
    (found,) = eager.annotate([text])
    of_identifiers = {edge for identifier in found.identifiers for edge in (identifier.start, identifier.end)}
    for evidence in evidences(replace(found, flags=())):
        for edge in {evidence.start, evidence.end} - of_identifiers:
            assert not (0 < edge < len(text) and text[edge - 1].isalnum() and text[edge].isalnum())


@given(text=TEXTS)
def test_what_speaks_for_a_use_outside_the_label_is_no_driver(eager: Annotator, text: str) -> None:
    labels = ApprovedUses.of([{"brand": "Zelvanta", "population": "adults aged 18 and over"}])
    knowing = Annotator(eager.model, triage=Triage(approved=labels))
    (found,) = knowing.annotate([text + ". Wants to use it in a 12-year-old, loves the onset"], ["Zelvanta"])
    outside: list[Any] = [flag.evidence for flag in found.flags if flag.kind == "off_label"]
    assert outside
    for statement in found.statements:
        words: Any = statement.evidence
        if any(flag.start < words.end and words.start < flag.end for flag in outside):
            assert statement.polarity == "barrier"


def test_evidence_in_a_long_text_is_exact_wherever_it_stands(eager: Annotator) -> None:
    text = "Saw the nurse 😀 today. " * 90 + NAMED + ". Wants the data on rash again" * 60
    (found,) = eager.annotate([text])
    assert len(found.statements) == len(eager.model.statement_labels)
    hidden = [(identifier.start, identifier.end) for identifier in found.identifiers]
    first = text.index(NAMED)
    assert sum(first <= start < first + len(NAMED) for start, _ in hidden) == 2
    for evidence in evidences(found):
        assert evidence.masked == any(start < evidence.end and evidence.start < end for start, end in hidden)
        assert evidence.masked or evidence.text == text[evidence.start : evidence.end]


def test_masked_evidence_shows_placeholders(eager: Annotator) -> None:
    (found,) = eager.annotate([NAMED])
    masked = [evidence for evidence in evidences(found) if evidence.masked]
    assert masked
    assert all("[" in evidence.text for evidence in masked)
    shown = str(found.to_json("N1"))
    assert "Gonzalez" not in shown
    assert "1961" not in shown
    assert [(i["start"], i["end"]) for i in found.to_json("N1")["redactions"]] == [
        (i.start, i.end) for i in found.identifiers
    ]


def test_a_known_name_is_not_masked(small_model: InsightModel) -> None:
    text = "pt Brightwell called"
    plain = Annotator(small_model)
    knowing = Annotator(small_model, triage=Triage(frozenset({"brightwell", "Brightwell"})))
    assert [text[i.start : i.end] for i in plain.annotate([text])[0].identifiers] == ["pt Brightwell"]
    assert knowing.annotate([text])[0].identifiers == ()


GERMAN = (
    "Die Ärztin sagt, die Genehmigung durch die Krankenkasse dauert noch immer drei Wochen und das Personal hat "
    "keine Zeit für die Formulare. Ein Patient wurde wegen starker Übelkeit ins Krankenhaus eingewiesen."
)


def test_a_text_in_a_language_that_the_model_has_learned_is_read(eager: Annotator) -> None:
    reader = Annotator(replace(eager.model, languages=("en", "de")))
    (found,) = reader.annotate([GERMAN])
    assert found.unread is None
    assert found.statements
    unread = eager.annotate([GERMAN])[0].flags
    assert unread
    assert all(any(flag.kind == other.kind and overlap(flag, other) for other in found.flags) for flag in unread)
    assert reader.statement_probabilities([GERMAN]).any()


def test_a_text_in_another_language_gives_its_flags_only(eager: Annotator) -> None:
    (found,) = eager.annotate([GERMAN])
    assert found.unread == "language: de"
    assert found.statements == ()
    assert found.channel_statements == ()
    assert found.to_json("N1")["unread"] == "language: de"


@pytest.mark.parametrize("text", ["", " \r\n ", "...", "\x00"])
def test_a_text_without_words_states_nothing(eager: Annotator, text: str) -> None:
    assert evidences(eager.annotate([text])[0]) == []


def test_no_texts_give_no_annotations(eager: Annotator) -> None:
    assert eager.annotate([]) == []


def test_a_model_finds_more_of_what_it_was_taught_than_of_anything_else(
    exact: InsightModel, gold_notes: list[GoldNote]
) -> None:
    probabilities = Annotator(exact).statement_probabilities([note.text for note in gold_notes])
    carried = np.zeros(probabilities.shape, dtype=np.bool_)
    for row, note in enumerate(gold_notes):
        for statement in note.insights:
            carried[row, exact.statement_labels.index(f"{statement.topic}.{statement.polarity}")] = True
    assert roc_auc_score(carried.ravel(), probabilities.ravel()) > 0.6
