from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.embeddings import Encoder
from hcplens.errors import InputError
from hcplens.inference.insights import Annotation, Annotator, GoldNote, InsightModel

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
def eager(small_model: InsightModel, hashing_encoder: Encoder) -> Annotator:
    """Claims nearly anything, so that many spans are seen."""
    families = {
        name: replace(heads, thresholds=np.full(len(heads.labels), 0.02))
        for name, heads in small_model.families.items()
    }
    return Annotator(replace(small_model, families=families), hashing_encoder)


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
def test_a_statement_is_as_probable_as_its_likeliest_clause(eager: Annotator, texts: list[str]) -> None:
    labels = eager.model.families["statements"].labels
    probabilities = eager.statement_probabilities(texts)
    assert probabilities.shape == (len(texts), len(labels))
    for row, found in zip(probabilities, eager.annotate(texts), strict=True):
        assert not (found.unread and row.any())
        claimed: dict[str, float] = {}
        for statement in found.statements:
            label = f"{statement.topic}.{statement.polarity}"
            claimed[label] = max(claimed.get(label, 0), statement.probability)
        assert claimed == pytest.approx({label: row[labels.index(label)] for label in claimed})


def test_what_is_not_claimed_has_a_probability_too(small_model: InsightModel, hashing_encoder: Encoder) -> None:
    clauses = ["PA still takes three weeks", "loves how quick it works"]
    reader = Annotator(small_model, hashing_encoder)
    of_note, of_nothing = reader.statement_probabilities([". ".join(clauses), ""])
    of_clauses = small_model.predict(clauses, hashing_encoder).statements
    assert of_note == pytest.approx(of_clauses.max(axis=0))
    assert not of_nothing.any()


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
    assert [[s.key for s in found.statements] for found in together] == [[s.key for s in f.statements] for f in alone]


@given(text=TEXTS)
def test_what_speaks_for_a_use_outside_the_label_is_no_driver(eager: Annotator, text: str) -> None:
    (found,) = eager.annotate([text + " wants to use it off-label in kids, loves the onset"])
    outside: list[Any] = [flag.evidence for flag in found.flags if flag.kind == "off_label"]
    assert outside
    for statement in found.statements:
        words: Any = statement.evidence
        if any(flag.start < words.end and words.start < flag.end for flag in outside):
            assert statement.polarity == "barrier"


def test_the_likeliest_clause_stands_for_what_a_note_repeats(eager: Annotator) -> None:
    texts = ["PA takes three weeks with that plan", "their plan denied the PA twice already"]
    parts = [{s.key: s.probability for s in found.statements} for found in eager.annotate(texts)]
    (whole,) = eager.annotate([". ".join(texts)])
    best = {key: max(part.get(key, 0) for part in parts) for key in parts[0] | parts[1]}
    assert {s.key: pytest.approx(s.probability) for s in whole.statements} == best


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


def test_a_known_name_is_not_masked(small_model: InsightModel, hashing_encoder: Encoder) -> None:
    text = "pt Brightwell called"
    plain = Annotator(small_model, hashing_encoder)
    knowing = Annotator(small_model, hashing_encoder, known_names=frozenset({"brightwell", "Brightwell"}))
    assert [text[i.start : i.end] for i in plain.annotate([text])[0].identifiers] == ["Brightwell"]
    assert knowing.annotate([text])[0].identifiers == ()


def test_a_text_in_another_language_gives_its_flags_only(eager: Annotator) -> None:
    german = (
        "Die Ärztin sagt, die Genehmigung durch die Krankenkasse dauert noch immer drei Wochen und das Personal hat "
        "keine Zeit für die Formulare. Ein Patient wurde wegen starker Übelkeit ins Krankenhaus eingewiesen."
    )
    (found,) = eager.annotate([german])
    assert found.unread == "language: de"
    assert found.statements == ()
    assert found.channel_statements == ()
    assert found.to_json("N1")["unread"] == "language: de"


@pytest.mark.parametrize("text", ["", " \r\n ", "...", "\x00"])
def test_a_text_without_words_states_nothing(eager: Annotator, text: str) -> None:
    assert evidences(eager.annotate([text])[0]) == []


def test_no_texts_give_no_annotations(eager: Annotator) -> None:
    assert eager.annotate([]) == []


def test_the_heads_find_what_they_were_taught(
    small_model: InsightModel, hashing_encoder: Encoder, gold_notes: list[GoldNote]
) -> None:
    found = Annotator(small_model, hashing_encoder).annotate([note.text for note in gold_notes])
    said = {(n, s.topic, s.polarity) for n, one in enumerate(found) for s in one.statements}
    true = {(n, s.topic, s.polarity) for n, note in enumerate(gold_notes) for s in note.insights}
    assert len(said & true) > 0.5 * len(true)


def test_an_encoder_that_the_heads_do_not_know_is_refused(small_model: InsightModel, hashing_encoder: Encoder) -> None:
    with pytest.raises(InputError, match="name the encoder they were trained with"):
        Annotator(replace(small_model, encoder_digest="0" * 64), hashing_encoder)
