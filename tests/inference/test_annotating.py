from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hcplens import Annotator, InputError, InsightModel
from hcplens.inference.annotating import AnnotationReport, annotate_file
from hcplens.inference.insights import PicklistReader
from hcplens.inference.progress import QuietReporter
from hcplens.inference.records import TooManyRejectsError
from hcplens.inference.triage.redaction import placeholder

BARRIER = "Prior auth keeps getting denied, so she holds back new starts."
WISH = "Prefers e-mail over visits."
HARM = "One patient was hospitalised with anaphylaxis after the second dose."
TEXTS = {
    "plain": f"{BARRIER} {WISH} {HARM}",
    "emoji": f"👩‍⚕️ busy 🙃🙃 day. {BARRIER} 🚀 {WISH} 💉💉 {HARM} 🏁",
    "flags and skin tones": f"🇩🇪👍🏽👍🏿. {HARM} 🇫🇷 {BARRIER}",
    "CJK": f"東京の医師。{BARRIER} 患者さん、来週。{HARM}",
    "combining marks": f"Cafe\u0301 mit Dr. Jose\u0301 Nu\u0303ez. {BARRIER} Z\u0351\u036b\u0343algo. {HARM}",
    "line ends": f"Visit 1\r\n\r\n{BARRIER}\r\n{WISH}\r{HARM}\u2028{BARRIER}\v\f\x85\r\n",
    "right to left": f"שלום רב. \u202b{BARRIER}\u202c مرحبا. {HARM}",
    "invisible": f"\ufeff{BARRIER}\u200b \u00a0\u2009{WISH}\u00ad {HARM}\0",
    "astral letters": f"\U0001d4d3\U0001d4fb. 𝕊𝕞𝕚𝕥𝕙 ﬁnds 𐍈 it ok. {BARRIER} {HARM}",
    "half a pair": f"\ud83d broken. {BARRIER} {HARM}",
    "bullets": f"- {BARRIER}\n\t* {WISH}\n  1) {HARM}\n>> [bold]{BARRIER}[/bold]",
    "a patient": f"Pt John Doe, DOB 03/04/1961, MRN 8812345: {HARM} {BARRIER}",
}

Annotate = Callable[..., AnnotationReport]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> InsightModel:
    return InsightModel.named(None, cache_folder=tmp_path_factory.getbasetemp() / "vectors")


@pytest.fixture
def annotate(model: InsightModel) -> Annotate:
    def call(source: Path, target: Path, **options: Any) -> AnnotationReport:
        return annotate_file(source, target, Annotator(model), PicklistReader(model), QuietReporter(), **options)

    return call


def write_notes(path: Path, texts: Sequence[str], **changes: Any) -> Path:
    rows = [{"note_id": f"N{i}", "hcp_id": "H1", "date": "2026-03-14", "text": text} for i, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row | changes) + "\n" for row in rows), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def shown(text: str, item: dict[str, Any], redactions: Sequence[dict[str, Any]]) -> str:
    """The text's `[start, end)` with a placeholder for each redaction in it."""
    words, position = "", item["start"]
    for redaction in sorted(redactions, key=lambda redaction: redaction["start"]):
        if redaction["start"] < item["end"] and redaction["end"] > item["start"]:
            words += text[position : redaction["start"]] + placeholder(redaction["kind"])
            position = redaction["end"]
    return words + text[position : item["end"]]


@pytest.mark.parametrize("name", TEXTS)
def test_evidence_is_the_text_between_its_offsets(name: str, annotate: Annotate, tmp_path: Path) -> None:
    text = TEXTS[name]
    annotate(write_notes(tmp_path / "notes.jsonl", [text]), tmp_path / "out.jsonl")
    [record] = read_lines(tmp_path / "out.jsonl")
    text = text.replace("\ud83d", "\ufffd")
    found = record["insights"] + record["channel_preferences"] + record["flags"]
    for item in found:
        if item.get("masked"):
            assert item["evidence"] == shown(text, item, record["redactions"])
        else:
            assert item["evidence"] == text[item["start"] : item["end"]]
    assert "adverse_event" in {flag["kind"] for flag in record["flags"]}
    assert any("anaphylaxis" in flag["evidence"] for flag in record["flags"])
    if "unread" not in record:
        assert "coverage" in {insight["topic"] for insight in record["insights"]}


def test_no_identifier_of_a_patient_is_written(annotate: Annotate, tmp_path: Path) -> None:
    report = annotate(write_notes(tmp_path / "notes.jsonl", [TEXTS["a patient"]]), tmp_path / "out.jsonl")
    content = report.target.read_text(encoding="utf-8")
    assert not [secret for secret in ("John", "Doe", "03/04/1961", "8812345") if secret in content]
    assert read_lines(report.target)[0]["redactions"]


def test_the_same_texts_in_other_company_are_read_the_same(annotate: Annotate, tmp_path: Path) -> None:
    texts = list(TEXTS.values())
    annotate(write_notes(tmp_path / "all.jsonl", texts), tmp_path / "together.jsonl")
    together = read_lines(tmp_path / "together.jsonl")
    annotate(write_notes(tmp_path / "one.jsonl", texts[:1]), tmp_path / "alone.jsonl")
    assert read_lines(tmp_path / "alone.jsonl") == together[:1]


def test_what_was_done_is_counted(annotate: Annotate, tmp_path: Path) -> None:
    report = annotate(write_notes(tmp_path / "notes.jsonl", [TEXTS["plain"], ""]), tmp_path / "out.jsonl")
    one, _ = read_lines(report.target)
    assert dict(report.counts) == {
        "statements": len(one["insights"]),
        "channel preferences": len(one["channel_preferences"]),
        "flags": len(one["flags"]),
        "unread": 0,
        "notes": 2,
        "rejects": 0,
    }
    assert report.rejects_file is None


def test_too_many_rejects_leave_the_last_output_and_their_rows(annotate: Annotate, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    annotate(write_notes(tmp_path / "notes.jsonl", [TEXTS["plain"]]), target)
    before = target.read_bytes()
    bad = write_notes(tmp_path / "bad.jsonl", [HARM], date="soon")
    with pytest.raises(TooManyRejectsError, match="all of them lie in"):
        annotate(bad, target)
    assert target.read_bytes() == before
    [reject] = read_lines(tmp_path / "out.jsonl.rejects.jsonl")
    assert json.loads(reject["record"]) == read_lines(bad)[0]
    annotate(tmp_path / "notes.jsonl", target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jsonl", "notes.jsonl", "out.jsonl"]


def test_bad_rows_are_written_before_the_annotations_appear(annotate: Annotate, tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", ["Likes it.", "Patient died of sepsis \ud83d after the third dose."])
    rows = notes.read_text(encoding="utf-8").replace("2026-03-14", "soon", 2).replace("soon", "2026-03-14", 1)
    notes.write_text(rows, encoding="utf-8")
    report = annotate(notes, tmp_path / "out.jsonl", max_rejects=0.5)
    assert report.rejects_file is not None
    [row] = read_lines(report.rejects_file)
    assert (row["row"], row["flags"]) == (2, ["adverse_event"])
    report.rejects_file.unlink()
    report.rejects_file.mkdir()
    (tmp_path / "out.jsonl").unlink()
    with pytest.raises(InputError):
        annotate(notes, tmp_path / "out.jsonl", max_rejects=0.5)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_folder_is_no_file_to_write(annotate: Annotate, tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", [TEXTS["plain"]])
    (tmp_path / "out.jsonl").mkdir()
    with pytest.raises(InputError, match="is a folder: name a file to write"):
        annotate(notes, tmp_path / "out.jsonl")
