from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.themes import clauses_of

from .conftest import DAY, run_tables

TEXT = "The cartons end up in landfill. Mrs Quill rang about it. PA denied twice."


def note(text: str = TEXT, note_id: str = "N1", brand: str | None = "Dermiqo") -> dict[str, Any]:
    return {"note_id": note_id, "hcp_id": "H1", "date": DAY, "text": text, "brand": brand}


def at(words: str, text: str = TEXT) -> dict[str, int]:
    return {"start": text.index(words), "end": text.index(words) + len(words)}


DENIED = {"source": "note", "source_id": "N1", "probability": 0.7, **at("denied")}
QUILL = {"note_id": "N1", "kind": "patient_name", **at("Mrs Quill")}


def test_what_nothing_claims_is_open_and_identifiers_are_masked() -> None:
    found = clauses_of(run_tables([note()], insights=[DENIED], redactions=[QUILL]))
    assert [(clause.text, clause.masked) for clause in found.open] == [
        ("The cartons end up in landfill", False),
        ("[PATIENT_NAME] rang about it", True),
    ]
    assert found.claimed == {"PA denied twice": 0.7}
    assert [TEXT[clause.start : clause.end] for clause in found.open][1] == "Mrs Quill rang about it"


@pytest.mark.parametrize("claims", ["channel_statements", "flags"])
def test_preferences_and_flags_claim_their_words_too(claims: str) -> None:
    row = DENIED | {"note_id": "N1"} if claims == "flags" else DENIED
    columns = ("note_id", "start", "end", "probability") if claims == "flags" else tuple(DENIED)
    found = clauses_of(run_tables([note()], **{claims: [{name: row[name] for name in columns}]}))
    assert found.claimed == {"PA denied twice": 0.7}


def test_a_claim_on_a_picklist_claims_no_words() -> None:
    found = clauses_of(run_tables([note()], insights=[DENIED | {"start": None, "end": None}]))
    assert found.claimed == {}


def test_a_row_that_is_there_twice_counts_once() -> None:
    once, twice = (clauses_of(run_tables([note()] * times, insights=[DENIED] * times)) for times in (1, 2))
    assert once == twice


def test_free_answers_are_read_and_choices_are_not() -> None:
    answer = {"hcp_id": "H2", "date": DAY, "question": "Why?", "answer": "too much plastic"}
    rows = [answer | {"response_id": kind or "S0", "kind": kind} for kind in (None, "free_text", "choice", "scale")]
    found = clauses_of(run_tables(surveys=rows))
    assert [(clause.source, clause.source_id) for clause in found.open] == [("survey", "S0"), ("survey", "free_text")]


def test_records_of_other_brands_and_unread_ones_are_left_out() -> None:
    rows = [note("zu viel Plastik", "N1"), note("too much plastic", "N2"), note("so much plastic", "N3", "Zelvanta")]
    found = clauses_of(run_tables(rows), unread=["note N1"], brand="Dermiqo")
    assert [clause.source_id for clause in found.open] == ["N2"]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=5))
def test_no_masked_character_is_ever_in_a_clause(spans: list[tuple[int, int]]) -> None:
    text = "".join("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[place % 52] for place in range(52))
    masks = [{"note_id": "N1", "kind": "phone", "start": start, "end": start + length} for start, length in spans]
    hidden = {character for start, length in spans for character in text[start : start + length]}
    for clause in clauses_of(run_tables([note(text)], redactions=masks)).open:
        assert not hidden & set(clause.text.replace("[PHONE]", ""))
