from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens import InputError
from hcplens.embeddings import Encoder
from hcplens.eval.drift import drift_json, measure_drift, read_period, read_truths
from hcplens.eval.drift.period import NOT_SHOWN
from hcplens.inference.records import TooManyRejectsError

NOTE: dict[str, Any] = {
    "note_id": "N1",
    "hcp_id": "H1",
    "date": "2026-03-14",
    "brand": "Dermiqo",
    "rep_id": "R1",
    "channel": "phone",
    "country": "US",
    "text": "Patient John Miller, DOB 03/04/1961, flared. Copay scares her patients.",
    "insights": [
        {
            "topic": "cost",
            "polarity": "barrier",
            "status": "current",
            "holder": "hcp",
            "probability": 0.8,
            "evidence": "Copay scares her patients",
        },
        {
            "topic": "efficacy",
            "polarity": "barrier",
            "status": "current",
            "holder": "hcp",
            "evidence": "John Miller, DOB 03/04/1961, flared",
        },
    ],
    "channel_preferences": [{"channel": "email", "stance": "prefers", "evidence": "e-mail me"}],
    "flags": [],
}


def written(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_labelled_file_is_read_whole_and_redacted(tmp_path: Path) -> None:
    period = read_period(written(tmp_path / "notes.jsonl", NOTE), "old")
    [note] = period.notes
    assert (note.note_id, note.physician, note.brand, note.rep_id) == ("N1", "H1", "Dermiqo", "R1")
    assert note.text is not None
    assert "Miller" not in note.text
    assert period.statements is not None
    cost, efficacy = period.statements
    assert (cost.label, cost.probability, cost.evidence) == ("cost barrier", 0.8, "Copay scares her patients")
    assert efficacy.probability is None
    assert "Miller" not in efficacy.evidence
    assert "1961" not in efficacy.evidence
    assert [claim.label for claim in period.channel_statements or ()] == ["email prefers"]
    assert period.flags == ()


def test_an_annotated_file_names_no_physicians_and_says_so(tmp_path: Path) -> None:
    annotated = [
        {"note_id": f"N{n}", "insights": NOTE["insights"], "channel_preferences": [], "flags": []} for n in range(3)
    ]
    period = read_period(written(tmp_path / "annotated.jsonl", *annotated), "old")
    assert [note.physician for note in period.notes] == ["old note N0", "old note N1", "old note N2"]
    assert period.notices == (
        "annotated.jsonl: 3 of 3 notes name no physician; each counts as one of its own, so that differences look "
        "surer than they are",
    )
    assert not period.has_texts


def test_plain_notes_are_read_as_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("note_id,hcp_id,date,text\nN1,H1,2026-03-14,Copay again\nN2,H2,,No date\n", encoding="utf-8")
    period = read_period(path, "old", max_rejects=0.5)
    assert [(note.note_id, note.text) for note in period.notes] == [("N1", "Copay again")]
    assert period.statements is None
    [notice] = period.notices
    assert notice.startswith("rejected: ")
    assert "notes.csv row 3, date" in notice


def test_notes_in_another_language_are_told(tmp_path: Path) -> None:
    german = "Der Arzt findet die Wirkung bei den älteren Patienten gut, hat aber Sorge wegen der Kosten."
    period = read_period(written(tmp_path / "notes.jsonl", NOTE | {"text": german, "insights": []}), "old")
    assert period.notes[0].unread == "language: de"


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_more_bad_rows_than_allowed_are_refused(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"notes.{ending}"
    if ending == "csv":
        rows = [f"N{n},H{n},{'2026-01-01' if n < 98 else '31/31/2026'},Likes it" for n in range(100)]
        path.write_text("\n".join(["note_id,hcp_id,date,text", *rows]), encoding="utf-8")
    else:
        written(path, *(NOTE | {"note_id": f"N{n}", "date": "2026-01-01" if n < 98 else "soon"} for n in range(100)))
    with pytest.raises(TooManyRejectsError, match=r"2 of 100 rows rejected \(2\.0%; 1\.0% are allowed\)") as refused:
        read_period(path, "old")
    assert "Miller" not in str(refused.value)
    allowed = read_period(path, "old", max_rejects=0.02)
    assert len(allowed.notes) == 98
    assert len(allowed.notices) == 2


def test_a_note_of_two_annotators_is_refused_and_they_are_named(tmp_path: Path) -> None:
    labelled = [NOTE | {"annotator": name, "channel_preferences": []} for name in ("mia", "tom")]
    path = written(tmp_path / "two.jsonl", *labelled)
    with pytest.raises(InputError, match=r"two\.jsonl: note 'N1' stands there 2 times \(by 'mia', 'tom'\)"):
        read_period(path, "old")
    with pytest.raises(InputError, match=r"two\.jsonl: note 'N1' is labelled twice"):
        read_truths(path, path)


def test_no_word_is_shown_of_notes_in_which_identifiers_cannot_be_found(
    tmp_path: Path, hashing_encoder: Encoder
) -> None:
    czech = "Patientka Marie Kellerová měla vyrážku po druhé dávce. Lékař si přeje více informací o dávkování."

    def records(side: str, text: str, topic: str) -> list[dict[str, Any]]:
        insight = {"topic": topic, "polarity": "barrier", "probability": 0.8, "evidence": text[:30]}
        return [
            {"note_id": f"{side}{n}", "hcp_id": f"{side}{n % 20}", "text": text, "insights": [insight]}
            for n in range(60)
        ]

    sides = {"old": records("o", NOTE["text"], "cost"), "new": records("n", czech, "safety")}
    old, new = (read_period(written(tmp_path / f"{side}.jsonl", *some), side) for side, some in sides.items())
    drift = measure_drift(old, new, encoder=hashing_encoder)
    assert {"text", "vocabulary", "embeddings", "labels"} <= set(drift.drifted)
    shown = drift_json(drift)
    assert NOT_SHOWN in shown
    assert not any(word in shown.casefold() for word in ("marie", "kellerov", "patientka", "miller"))
    words = {example.words for example in drift.aspect("embeddings").examples}
    assert words == {NOT_SHOWN}


def test_labels_are_topics_by_polarity_of_each_note(tmp_path: Path) -> None:
    gold = NOTE | {"insights": NOTE["insights"], "channel_preferences": []}
    path = written(tmp_path / "gold.jsonl", gold)
    assert read_truths(path, path).old == {"N1": {"cost barrier", "efficacy barrier"}}


def test_calibration_says_where_labels_were_picked_for_doubt(tmp_path: Path) -> None:
    gold = NOTE | {"channel_preferences": []}
    plain = written(tmp_path / "plain.jsonl", gold)
    picked = written(tmp_path / "picked.jsonl", gold | {"sampling": {"picked": "uncertain"}})
    [notice] = read_truths(plain, picked).notices
    assert notice.startswith("calibration, picked.jsonl: figures are of the 1 labelled notes, and not of")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"note_id": []}\n', "row 1, note_id .*: a list where a single value is due"),
        ('{"note_id": " "}\n', "row 1, note_id .*: empty, but required"),
        ('{"note_id": "N1", "date": "31/12/2026"}\n', "row 1, date '31/12/2026': not an ISO date; write YYYY-MM-DD"),
        ('{"note_id": "N1", "insights": [{"topic": "cost"}]}\n', "row 1, insights.0.polarity is missing"),
        ("nothing\n", "row 1: not valid JSON"),
        ("", "holds no notes"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_period(path, "old")


def test_what_is_not_there_or_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_period(tmp_path / "none.jsonl", "old")
    with pytest.raises(InputError, match="is not an hcplens run"):
        read_period(tmp_path, "old")


def test_json_holds_no_patient_and_no_number_that_is_none(tmp_path: Path) -> None:
    def records(word: str) -> list[dict[str, Any]]:
        text = f"Patient John Miller {word} {word} {word} on the new pen."
        insight = {"topic": "cost", "polarity": "barrier", "probability": 0.8, "evidence": text}
        return [
            NOTE | {"note_id": f"{word}{n}", "hcp_id": f"{word}{n % 20}", "text": text, "insights": [insight]}
            for n in range(40)
        ]

    sides = [written(tmp_path / f"{word}.jsonl", *records(word)) for word in ("calm", "flared")]
    old, new = (read_period(path, path.stem) for path in sides)
    new = type(new).of("new", new.notes, statements=(), notices=new.notices)
    shown = drift_json(measure_drift(old, new))
    assert json.loads(shown)["verdict"] == "drifted"
    assert "[PATIENT_NAME]" in shown
    assert "Miller" not in shown
    assert "NaN" not in shown


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.parquet", bytes(range(200)), "is not parquet, or is cut off at its start"),
        ("notes.parquet", b"PAR1" + bytes(range(200)), "damaged or cut off after 0 rows"),
        ("notes.jsonl", b"\xff\xfe\x00abc\n", "damaged or cut off after 0 rows"),
        ("notes.jsonl.gz", b"\x1f\x8b\x00abc", "damaged or cut off after 0 rows"),
    ],
)
def test_a_damaged_file_is_told(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_period(tmp_path / name, "old")


@pytest.mark.parametrize("field", ["note_id", "brand", "rep_id", "channel"])
def test_half_a_surrogate_pair_in_a_name_is_a_bad_row(field: str, tmp_path: Path) -> None:
    with pytest.raises(TooManyRejectsError, match=f"{field}.*half a surrogate pair"):
        read_period(written(tmp_path / "notes.jsonl", NOTE | {field: "A\ud800"}), "old")


def test_half_a_surrogate_pair_in_a_text_hides_no_quotation(tmp_path: Path) -> None:
    insight = {"topic": "cost", "polarity": "barrier", "evidence": "Copay \ud83d scares"}
    record = NOTE | {"text": "So: Copay \ud83d scares her patients.", "insights": [insight]}
    period = read_period(written(tmp_path / "notes.jsonl", record), "old")
    [claim] = period.statements or ()
    assert claim.evidence == "Copay \ufffd scares"


def test_a_compressed_file_keeps_what_was_read_out_of_its_notes(tmp_path: Path) -> None:
    plain = written(tmp_path / "notes.jsonl", NOTE)
    (tmp_path / "notes.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    assert read_period(tmp_path / "notes.jsonl.gz", "old").statements == read_period(plain, "old").statements


def test_notes_that_nobody_read_are_not_notes_without_the_label(tmp_path: Path) -> None:
    notes = [
        {"note_id": f"N{n}", "hcp_id": f"H{n % 20}", "text": "Copay scares her.", "insights": NOTE["insights"][:1]}
        for n in range(120)
    ]
    half = [{k: v for k, v in note.items() if k != "insights" or n % 2} for n, note in enumerate(notes)]
    old, new = written(tmp_path / "old.jsonl", *notes), written(tmp_path / "half.jsonl", *half)
    found = measure_drift(read_period(old, "old"), read_period(new, "new"))
    [change] = found.aspect("labels").changes
    assert (change.old, change.new, found.aspect("labels").verdict) == (1, 1, "stable")
    assert "half.jsonl: 60 of 120 notes have no field 'insights': its rates are of the others" in found.notices


def test_a_few_notes_that_were_read_say_too_little_however_many_others_there_are(tmp_path: Path) -> None:
    notes = [{"note_id": f"N{n}", "hcp_id": f"H{n % 20}", "text": "Copay scares her."} for n in range(120)]
    few = [note | ({"insights": NOTE["insights"][:1]} if n < 20 else {}) for n, note in enumerate(notes)]
    period = read_period(written(tmp_path / "few.jsonl", *few), "old")
    assert measure_drift(period, period).aspect("labels").why.startswith("20 old and 20 new ones")


@pytest.mark.parametrize("probability", ["7.5", "-2", "NaN", "Infinity"])
def test_a_probability_that_is_none_makes_a_bad_row(probability: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    insight = f'{{"topic": "cost", "polarity": "barrier", "probability": {probability}}}'
    path.write_text(f'{{"note_id": "N1", "insights": [{insight}]}}\n')
    with pytest.raises(TooManyRejectsError, match=r"row 1, insights\.0\.probability"):
        read_period(path, "old")


def test_numbers_as_ids_times_and_repeated_lines_are_read_as_everywhere(tmp_path: Path) -> None:
    plain = {"note_id": 7, "hcp_id": 4.0, "date": "2026-01-05T10:30:00", "text": "Copay again"}
    period = read_period(written(tmp_path / "notes.jsonl", plain, plain), "old")
    [note] = period.notes
    assert (note.note_id, note.physician, note.date) == ("7", "4", date(2026, 1, 5))
    assert period.notices == ("notes.jsonl: 1 identical repeated row collapsed",)


@pytest.mark.parametrize("hcp_id", ["", "  ", None])
def test_an_empty_physician_is_none_and_told(hcp_id: str | None, tmp_path: Path) -> None:
    period = read_period(written(tmp_path / "notes.jsonl", NOTE | {"hcp_id": hcp_id}), "old")
    assert period.notes[0].physician == "old note N1"
    assert "1 of 1 notes name no physician" in period.notices[0]
