from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.insights import (
    Annotation,
    Annotator,
    Evidence,
    Flag,
    GoldNote,
    InsightModel,
    PicklistReader,
    read_statements,
    safety_annotation,
)
from hcplens.inference.triage import triage_text
from hcplens.prompts import Taxonomy

TEXT = "😀 PA still takes 3 wks, prefers e-mail; pt had a rash"
GIVEN: dict[str, Any] = {"topic": "coverage", "polarity": "barrier", "evidence": "PA still takes 3 wks"}


def read(tmp_path: Path, text: str = TEXT, **fields: Any) -> Annotation:
    (tmp_path / "given.jsonl").write_text(json.dumps({"note_id": "N1"} | fields) + "\n", encoding="utf-8")
    found = {"N1": safety_annotation(triage_text(text))}
    return read_statements(tmp_path / "given.jsonl", {"N1": text}, Taxonomy.default(), found)["N1"]


def test_a_missing_offset_is_found_and_a_missing_probability_is_1(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        insights=[GIVEN],
        channel_preferences=[{"channel": "email", "stance": "prefers", "evidence": "prefers e-mail"}],
        flags=[{"kind": "adverse_event", "evidence": "pt had a rash"}],
    )
    claims: list[Any] = [*found.statements, *found.channel_statements, *found.flags]
    assert [claim.probability for claim in claims] == [1.0, 1.0, 1.0]
    assert [TEXT[c.evidence.start : c.evidence.end] for c in claims] == [c.evidence.text for c in claims]
    assert (found.statements[0].status, found.statements[0].holder) == ("current", "hcp")
    assert found.statements[0].evidence.start == 2


def test_what_is_given_is_kept(tmp_path: Path) -> None:
    given = GIVEN | {"status": "resolved", "holder": "rep", "probability": 0.25, "start": 2, "end": 22, "source": "me"}
    (statement,) = read(tmp_path, insights=[given]).statements
    assert (statement.status, statement.holder, statement.probability) == ("resolved", "rep", 0.25)
    assert statement.annotator == "me"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidence": "PA takes 4 wks"}, "coverage: the evidence, 14 characters, is not in the note's text"),
        ({"evidence": ""}, r"insights\.0\.evidence: "),
        ({"start": 3, "end": 23}, r"coverage: text\[3:23\] is not the evidence, 20 characters$"),
        ({"start": -10, "end": -1}, r"insights\.0\.start: "),
        ({"start": 2, "end": 900, "masked": True}, r"coverage: text\[2:900\] is not the evidence"),
        ({"topic": "covrage"}, r"topic 'covrage' is not in the taxonomy \(it has efficacy, "),
        ({"polarity": "mixed"}, r"insights\.0\.polarity: "),
        ({"probability": 1.5}, r"insights\.0\.probability: "),
        ({"probability": float("nan")}, r"insights\.0\.probability: "),
    ],
)
def test_a_wrong_statement_is_named_with_its_line(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=rf"given\.jsonl line 1: {message}"):
        read(tmp_path, insights=[GIVEN | change])


HARM = "Patient was hospitalised with anaphylaxis after the second dose."


def test_a_file_adds_flags_and_takes_none_away(tmp_path: Path) -> None:
    (found,) = read(tmp_path, text=HARM, flags=[]).flags
    assert (found.kind, found.detector[:5]) == ("adverse_event", "rule:")
    given = {"kind": "adverse_event", "evidence": "hospitalised with anaphylaxis"}
    (same,) = read(tmp_path, text=HARM, flags=[given]).flags
    assert (same.evidence.text, same.probability, same.detector) == ("hospitalised with anaphylaxis", 1.0, "file")
    other = {"kind": "medical_inquiry", "evidence": "second dose"}
    assert [flag.kind for flag in read(tmp_path, text=HARM, flags=[other]).flags] == [
        "adverse_event",
        "medical_inquiry",
    ]


def test_a_flag_of_a_picklist_field_is_told_once(tmp_path: Path) -> None:
    line = f"outcome: {HARM}"
    rule = Flag("adverse_event", 0.9, Evidence(None, None, line), "rule:harm")
    (tmp_path / "given.jsonl").write_text(
        json.dumps(
            {
                "note_id": "N1",
                "flags": [{"kind": "adverse_event", "start": None, "end": None, "evidence": line}],
            }
        )
    )
    found = {"N1": Annotation(flags=(rule,))}
    (flag,) = read_statements(tmp_path / "given.jsonl", {"N1": "fine"}, Taxonomy.default(), found)["N1"].flags
    assert (flag.evidence.start, flag.evidence.text) == (None, line)
    named = line.replace("Patient", "Patient Maria Gonzalez")
    given = {"kind": "adverse_event", "start": None, "end": None, "evidence": named}
    assert "Gonzalez" not in read(tmp_path, flags=[given]).flags[0].evidence.text


def test_two_lines_about_one_note_are_bad_input(tmp_path: Path) -> None:
    lines = [json.dumps({"note_id": note_id}) for note_id in ("N1", "N2", "N1")]
    (tmp_path / "given.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=r"given\.jsonl line 3: note 'N1' stands in line 1 already"):
        read_statements(tmp_path / "given.jsonl", {"N1": TEXT}, Taxonomy.default(), {"N1": Annotation()})


def test_what_is_wrong_with_evidence_is_told_without_its_words(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read(tmp_path, insights=[GIVEN | {"evidence": "pt Maria Gonzalez"}])
    assert "Gonzalez" not in str(raised.value)


def test_notes_that_are_not_in_the_input_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "given.jsonl").write_text(json.dumps({"note_id": "N9", "insights": [GIVEN | {"topic": "?"}]}))
    assert read_statements(tmp_path / "given.jsonl", {"N1": TEXT}, Taxonomy.default(), {}) == {}


def test_what_annotate_wrote_comes_back_the_same(
    tmp_path: Path, small_model: InsightModel, gold_notes: list[GoldNote]
) -> None:
    named = "pt Maria Gonzalez (DOB 03/14/1961) had a bad rash on it. " + gold_notes[0].text
    texts = {note.note_id: note.text for note in gold_notes} | {"named": named}
    annotator = Annotator(small_model)
    written = dict(zip(texts, annotator.annotate(list(texts.values())), strict=True))
    (chosen,) = PicklistReader(small_model).read([{"objection": "coverage"}])
    written["named"] = replace(written["named"], statements=chosen.statements, channel_statements=())
    lines = [json.dumps(found.to_json(note_id)) for note_id, found in written.items()]
    (tmp_path / "given.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = read_statements(tmp_path / "given.jsonl", texts, small_model.taxonomy, written)
    assert sum(len(one.statements) for one in found.values()) > 20
    for note_id, one in found.items():
        ours, theirs = one.to_json(note_id), written[note_id].to_json(note_id)
        assert ours["insights"] == theirs["insights"]
        assert ours["channel_preferences"] == theirs["channel_preferences"]
        assert ours["flags"] == theirs["flags"]
