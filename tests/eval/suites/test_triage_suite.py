from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.embeddings import Encoder
from hcplens.eval.datasets import PersonalDataText, first_place, places
from hcplens.eval.gold_data import NOTES as OTHERS
from hcplens.eval.gold_data import SAFETY, TIMELINES
from hcplens.eval.gold_data import gold_notes as shipped_notes
from hcplens.eval.results import Figure
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.eval.suites.triage import TriagedNote, triage_findings, triage_suite
from hcplens.eval.suites.triage.covering import covered_counts
from hcplens.eval.suites.triage.harmless_figures import flagged_clauses
from hcplens.eval.suites.triage.personal_data_figures import personal_data_figures, sentence_items
from hcplens.eval.suites.triage.triaged_note import triaged_notes
from hcplens.inference.insights import Annotator, GoldNote, InsightModel
from hcplens.inference.progress import QuietReporter
from hcplens.inference.triage import FlagHit, Identifier

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"
NOTES = shipped_notes(*OTHERS, TIMELINES)
TRIAGED = triaged_notes([gold for gold in NOTES if gold.flags or gold.phi][:30], Annotator(InsightModel.default()))


def note(name: str, text: str, *flags: tuple[str, str], phi: Sequence[str] = ()) -> GoldNote:
    labels = [{"kind": kind, "evidence": words} for kind, words in flags]
    record = {"note_id": name, "hcp_id": f"H{name}", "text": text, "flags": labels, "phi": list(phi)}
    return GoldNote.model_validate(record)


def flag(text: str, kind: str, words: str) -> FlagHit:
    return FlagHit(*first_place(text, words), kind, 1.0, "rule:test")


def identifier(text: str, words: str) -> Identifier:
    return Identifier(*first_place(text, words), "patient_name")


def perfect(notes: Sequence[GoldNote]) -> list[TriagedNote]:
    return [
        TriagedNote(
            gold,
            tuple(flag(gold.text, label.kind, label.evidence) for label in gold.flags),
            tuple(Identifier(*place, "patient_name") for words in gold.phi for place in places(gold.text, words)),
        )
        for gold in notes
    ]


def of(findings: Findings, metric: str, part: str = "all") -> Figure:
    (figure,) = [figure for figure in findings.figures if (figure.metric, figure.part) == (metric, part)]
    return figure


@pytest.fixture
def context(hashing_encoder: Encoder) -> SuiteContext:
    return SuiteContext(hashing_encoder, QuietReporter())


def test_a_perfect_run_scores_1_on_everything_and_loses_nothing() -> None:
    findings = triage_findings(perfect(NOTES))
    higher = {figure.estimate.value for figure in findings.figures if figure.better == "higher"}
    lower = {figure.estimate.value for figure in findings.figures if figure.better == "lower"}
    assert (higher, lower) == ({1.0}, {0.0})
    assert findings.examples == ()


def test_figures_of_four_notes_by_hand() -> None:
    texts = ("pt had a fall, then a rash", "pen jammed", "asked for data on kids", "fine lunch with Eve Okafor, Eve O.")
    notes = [
        note("1", texts[0], ("adverse_event", "had a fall"), ("adverse_event", "a rash")),
        note("2", texts[1], ("product_complaint", "pen jammed")),
        note("3", texts[2], ("off_label", "on kids")),
        note("4", texts[3], phi=["Eve Okafor", "Eve O."]),
    ]
    triaged = [
        TriagedNote(notes[0], (flag(texts[0], "adverse_event", "a fall"),), ()),
        TriagedNote(notes[1], (), (identifier(texts[1], "pen"),)),
        TriagedNote(
            notes[2], (flag(texts[2], "off_label", "on kids"), flag(texts[2], "medical_inquiry", "asked for data")), ()
        ),
        TriagedNote(notes[3], (), (identifier(texts[3], "Eve Okafor"), identifier(texts[3], "Eve O."))),
    ]
    findings = triage_findings(triaged)
    expected = {
        "flag recall": 2 / 3,
        "flag precision": 2 / 3,
        "flag F1": 2 / 3,
        "flag evidence exact F1 of what is found": 2 * 1 / (2 + 3),
        "flag evidence partial F1 of what is found": 2 * 1.5 / (2 + 3),
        "flag evidence character F1 of what is found": 2 * (6 + 7) / (6 + 7 + 10 + 6 + 7),
        "identifiers covered whole": 1.0,
        "identifier character precision": 14 / (14 + 3),
        "false redactions per 100 notes": 25.0,
        "notes with a false redaction": 0.25,
    }
    assert {metric: of(findings, metric).estimate.value for metric in expected} == pytest.approx(expected)
    by_kind = {"adverse_event": 1.0, "product_complaint": 0.0, "off_label": 1.0}
    assert {k: of(findings, "flag recall", f"kind={k}").estimate.value for k in by_kind} == by_kind
    assert of(findings, "flag precision", "kind=medical_inquiry").estimate.value == 0
    metrics = [figure.metric for figure in findings.figures]
    assert metrics[0] == "flag recall"
    assert of(findings, "flag recall").estimate.items == 3


def test_a_harmless_clause_is_flagged_if_more_than_half_of_its_characters_are() -> None:
    text = "Nice short lunch today. Pt had a bad rash, she likes the pen now. Next visit in June."
    gold = note("1", text, ("adverse_event", "had a bad rash"))
    assert flagged_clauses(TriagedNote(gold, (), ())) == (0, 3)
    labelled = flag(text, "adverse_event", "Pt had a bad rash")
    assert flagged_clauses(TriagedNote(gold, (labelled,), ())) == (0, 3)
    too_long = flag(text, "adverse_event", "Pt had a bad rash, she likes the pen now")
    assert flagged_clauses(TriagedNote(gold, (too_long,), ())) == (1, 3)
    half, more = flag(text, "off_label", "Nice short"), flag(text, "off_label", "Nice short lunch")
    assert flagged_clauses(TriagedNote(gold, (half,), ())) == (0, 3)
    assert flagged_clauses(TriagedNote(gold, (more,), ())) == (1, 3)
    two_halves = (half, flag(text, "medical_inquiry", "lunch today"))
    assert flagged_clauses(TriagedNote(gold, two_halves, ())) == (1, 3)


def test_harmless_notes_and_clauses_by_hand() -> None:
    harmed, fine = "pt had a rash", "Nice lunch with the whole team. They like our nurse very much."
    triaged = [
        TriagedNote(note("1", harmed, ("adverse_event", "a rash")), (flag(harmed, "adverse_event", "a rash"),), ()),
        TriagedNote(note("2", fine), (flag(fine, "off_label", "Nice lunch with the whole team"),), ()),
        TriagedNote(note("3", fine), (), ()),
    ]
    findings = triage_findings(triaged)
    notes, clauses = of(findings, "harmless notes flagged"), of(findings, "harmless clauses flagged")
    assert (notes.estimate.value, notes.estimate.items, notes.better) == (0.5, 2, "lower")
    assert (clauses.estimate.value, clauses.better) == (0.25, "lower")


def test_lost_flags_come_first_then_identifiers_left_in_clear() -> None:
    texts = ("Eve Okafor was here", "asked for data", "had a rash, 3 May")
    triaged = [
        TriagedNote(note("1", texts[1]), (flag(texts[1], "medical_inquiry", "data"),), ()),
        TriagedNote(note("2", texts[0], phi=["Eve Okafor"]), (), ()),
        TriagedNote(note("3", texts[2], ("adverse_event", "a rash"), phi=["3 May"]), (), (identifier(texts[2], "3"),)),
    ]
    lost, clear, false = triage_findings(triaged).examples
    assert lost.facts == (("lost", "adverse_event"),)
    assert [(mark.label, mark.outcome) for mark in lost.marks] == [
        ("adverse_event", "missed"),
        ("identifies a patient", "hit"),
    ]
    assert lost.text == "had a rash, █████"
    assert (clear.text, clear.facts) == ("██████████ was here", (("lost", "identifies a patient"),))
    assert [(mark.label, mark.outcome) for mark in false.marks] == [("medical_inquiry", "false")]


def test_a_place_is_covered_whole_or_touched_or_neither() -> None:
    text = "Eve Okafor, Eve, Ada"
    assert covered_counts(text, [(0, 3), (4, 10)], [(0, 10), (12, 15), (17, 20)]) == (1, 1, 3)
    assert covered_counts(text, [(0, 5)], [(0, 10)]) == (0, 1, 1)
    assert covered_counts(text, [], []) == (0, 0, 0)


def test_notes_that_nobody_labelled_for_identifiers_are_not_measured_on_them() -> None:
    text = "Eve Okafor had a rash"
    gold = GoldNote.model_validate({"note_id": "1", "hcp_id": "H", "text": text, "flags": []})
    findings = triage_findings(
        [TriagedNote(gold, (flag(text, "adverse_event", "a rash"),), (identifier(text, "Eve"),))]
    )
    assert {figure.metric for figure in findings.figures} == {
        "flag precision",
        "flag F1",
        "harmless clauses flagged",
        "harmless notes flagged",
    }
    assert [mark.label for example in findings.examples for mark in example.marks] == ["adverse_event"]


@settings(max_examples=20)
@given(st.permutations(range(30)))
def test_the_order_of_notes_changes_no_figure(order: list[int]) -> None:
    mixed = triage_findings([TRIAGED[row] for row in order])
    values = {figure.key: figure.estimate.value for figure in triage_findings(TRIAGED).figures}
    assert {figure.key: figure.estimate.value for figure in mixed.figures} == pytest.approx(values)


def test_the_rules_on_the_shipped_notes(context: SuiteContext) -> None:
    """Synthetic notes: the bounds guard the harness as much as the rules."""
    findings = triage_suite(SHIPPED, context)
    assert of(findings, "flag recall").estimate.value > 0.9
    assert of(findings, "flag precision").estimate.value > 0.6
    assert of(findings, "false redactions per 100 notes").estimate.value < 50
    assert of(findings, "false redactions per 100 notes").estimate.items == 2126
    assert findings.scored_by["triaged notes"].startswith("rules, whose vocabulary was written")
    seen = of(findings, "flag recall", "rules=written with these notes in view").estimate
    unseen = of(findings, "flag recall", "rules=written without these notes in view").estimate
    assert seen.items + unseen.items == of(findings, "flag recall").estimate.items
    known, ours = findings.notices
    count, _, rest = known.partition(" ")
    assert rest.startswith("of 2,126 notes are known to the model that raises flags")
    assert 300 <= int(count) < 320  # those that calibrate it, and few that say the same in as few words
    assert ours == "2,126 of 2,126 notes are our own synthetic ones"
    new = of(findings, "flag recall", "model=new to the model").estimate
    assert new.items < of(findings, "flag recall").estimate.items
    by_id = {gold.note_id: gold for gold in (*NOTES, *shipped_notes(SAFETY))}
    assert not any(words in example.text for example in findings.examples for words in by_id[example.item_id].phi)


def test_personal_data_by_hand() -> None:
    def sentence(text: str, template: int | None, *spans: tuple[str, str]) -> PersonalDataText:
        found = [
            {"entity_type": kind, "entity_value": words, "start_position": start, "end_position": start + len(words)}
            for kind, words in spans
            for start in [text.index(words)]
        ]
        return PersonalDataText.model_validate({"full_text": text, "spans": found, "template_id": template})

    sentences = [
        sentence("write to eve@example.org", 1, ("EMAIL_ADDRESS", "eve@example.org")),
        sentence("write to ada@example.org about taxes", 1, ("EMAIL_ADDRESS", "ada@example.org"), ("GPE", "taxes")),
        sentence("pay it monthly", None, ("IBAN_CODE", "monthly")),
    ]
    items = sentence_items(sentences)
    assert items.clusters == ("template 1", "template 1", "sentence 3")
    figures = {
        (figure.metric, figure.part): figure.estimate for figure in personal_data_figures("triage", items, sentences)
    }
    assert figures["personal data covered whole", "all"].value == pytest.approx(2 / 3)
    assert figures["personal data covered whole", "entity=EMAIL_ADDRESS"].value == 1
    assert figures["personal data touched", "entity=IBAN_CODE"].value == 0
    assert figures["personal data character precision", "all"].value == 1
    assert ("personal data touched", "entity=PERSON") not in figures


def test_data_without_flags_or_identifiers_are_told(context: SuiteContext, tmp_path: Path) -> None:
    (tmp_path / "notes.jsonl").write_text(json.dumps({"note_id": "1", "hcp_id": "H", "text": "a", "insights": []}))
    with pytest.raises(MissingDataError, match="no notes with labelled flags or identifiers"):
        triage_suite(tmp_path, context)


@pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="needs the public data")
def test_public_sentences_are_measured(context: SuiteContext) -> None:
    findings = triage_suite(Path(os.environ["HCPLENS_PUBLIC_DATA"]), context)
    assert of(findings, "personal data covered whole", "entity=EMAIL_ADDRESS").estimate.value > 0.95
    assert of(findings, "personal data covered whole", "entity=US_SSN").estimate.value > 0.9
    assert list(findings.scored_by) == ["personal data sentences"]


def test_types_of_personal_data_without_a_figure_are_named(context: SuiteContext, tmp_path: Path) -> None:
    def span(kind: str) -> dict[str, object]:
        return {"entity_type": kind, "entity_value": "Eve", "start_position": 0, "end_position": 3}

    spans = [span(kind) for kind in ("PERSON", "TITLE", "TITLE", "AGE")]
    (tmp_path / "sentences.json").write_text(json.dumps([{"full_text": "Eve", "spans": spans}]))
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "raw.jsonl").write_text(json.dumps({"note_id": "N1", "hcp_id": "H1", "text": "a"}) + "\n")
    typed, passed_over = triage_suite(tmp_path, context).notices
    assert typed.endswith("is not measured, with their number: AGE 1, TITLE 2")
    assert passed_over.endswith(f": {tmp_path.name}/other.json, {tmp_path.name}/raw.jsonl")


def test_flags_of_drawn_notes_are_weighted_and_those_picked_for_doubt_left_out(
    context: SuiteContext, tmp_path: Path
) -> None:
    texts = ["Patient had a severe rash after the first dose.", "Pleasant chat about the weather.", "Nothing of note."]
    sampling = [{"picked": "random", "sampling_probability": p} for p in (0.1, 1.0)] + [{"picked": "disagreeing"}]
    labels = [[{"kind": "adverse_event", "evidence": text[:5]}] for text in texts]
    records = [
        {"note_id": f"N{n}", "hcp_id": f"H{n}", "text": texts[n], "flags": labels[n], "sampling": sampling[n]}
        for n in range(3)
    ]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    findings = triage_suite(tmp_path / "labels.jsonl", context)
    assert of(findings, "flag recall").estimate.value == pytest.approx(10 / 11)
    assert of(findings, "flag recall").estimate.items == 2
    assert any("1 of 3 labelled notes are left out" in notice for notice in findings.notices)
