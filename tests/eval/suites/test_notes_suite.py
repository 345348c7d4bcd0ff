from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, f1_score

from hcplens.embeddings import CachedEncoder, Encoder, SentenceTransformerEncoder, VectorCache
from hcplens.embeddings.trained_on import text_digests
from hcplens.eval.datasets import first_place
from hcplens.eval.gold_data import TIMELINES
from hcplens.eval.gold_data import gold_notes as shipped_notes
from hcplens.eval.results import Figure
from hcplens.eval.suites.notes import ScoredNote, note_findings, notes_suite
from hcplens.eval.suites.notes.note_scoring import CROSS_FITTED, NEVER_TRAINED_ON, ScoredNotes, annotated, score_notes
from hcplens.eval.suites.notes.statement_figures import statement_measures
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.inference.insights import (
    Annotation,
    ChannelStatement,
    Evidence,
    GoldNote,
    InsightModel,
    Statement,
    train_insights,
)
from hcplens.inference.insights.gold import GoldStatement
from hcplens.inference.progress import QuietReporter
from hcplens.prompts import Taxonomy

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"
NOTES = shipped_notes("notes_a.jsonl", "notes_b.jsonl", TIMELINES)
NEW = NOTES[300:310]
BRANDS = ("Zelvanta", "Dermiqo")


def evidence(note: GoldNote, words: str) -> Evidence:
    return Evidence(*first_place(note.text, words), words)


def statement(note: GoldNote, label: GoldStatement, probability: float = 1.0) -> Statement:
    words = evidence(note, label.evidence)
    return Statement(label.topic, label.polarity, label.status, label.holder, probability, words, "gold")


def gold_annotation(note: GoldNote) -> Annotation:
    """What a perfect reader would say."""
    return Annotation(
        tuple(statement(note, label) for label in note.insights),
        tuple(
            ChannelStatement(label.channel, label.stance, 1.0, evidence(note, label.evidence), "gold")
            for label in note.channel_preferences
        ),
    )


def perfect(notes: Sequence[GoldNote]) -> list[ScoredNote]:
    topics = sorted({(s.topic, s.polarity) for note in notes for s in note.insights})
    found = [ScoredNote(note, gold_annotation(note), NEVER_TRAINED_ON) for note in notes]
    return [replace(scored, probabilities={topic: float(topic in scored.true) for topic in topics}) for scored in found]


def imperfect(notes: Sequence[GoldNote], seed: int = 0) -> list[ScoredNote]:
    """Notes whose annotations lose some statements and take some from the note before."""
    random = np.random.default_rng(seed)
    found = []
    for before, note in zip([notes[-1], *notes], notes, strict=False):
        kept = [s for s in gold_annotation(note).statements if random.random() < 0.7]
        taken = [replace(s, evidence=Evidence(0, 4, note.text[:4])) for s in gold_annotation(before).statements]
        claims = [replace(s, probability=round(float(random.uniform(0.2, 0.9)), 3)) for s in (*kept, *taken)]
        annotation = Annotation(tuple(claims), gold_annotation(note).channel_statements)
        found.append(ScoredNote(note, annotation, NEVER_TRAINED_ON))
    return found


def of(findings: Findings, metric: str, part: str = "all") -> Figure:
    (figure,) = [figure for figure in findings.figures if (figure.metric, figure.part) == (metric, part)]
    return figure


def context(encoder: Encoder, model: Path | None = None) -> SuiteContext:
    return SuiteContext(encoder, QuietReporter(), model)


def write(path: Path, notes: Sequence[GoldNote]) -> Path:
    path.write_text("".join(note.model_dump_json() + "\n" for note in notes))
    return path


@pytest.fixture(scope="module")
def two_brands(gold_notes: list[GoldNote]) -> list[GoldNote]:
    """Notes of two brands; one physician has notes of both."""
    notes = [note.model_copy(update={"brand": BRANDS[int(note.hcp_id[1:]) % 2]}) for note in gold_notes]
    other = next(row for row, note in enumerate(notes) if note.brand != notes[0].brand)
    notes[other] = notes[other].model_copy(update={"hcp_id": notes[0].hcp_id})
    return notes


@pytest.fixture(scope="module")
def crossed(two_brands: list[GoldNote], small_model: InsightModel, hashing_encoder: Encoder) -> ScoredNotes:
    """Notes that the heads learned from, among notes that they did not."""
    given = [*NEW[:5], *two_brands, *NEW[5:]]
    return score_notes(given, small_model, two_brands, context(hashing_encoder))


def test_a_perfect_run_scores_1_on_everything() -> None:
    findings = note_findings("notes", perfect(NOTES))
    right = [f for f in findings.figures if f.better == "higher" and "if always" not in f.metric and f.basis]
    assert len(right) > 60
    assert {figure.estimate.value for figure in right} == {1.0}
    assert {
        of(findings, f"{name} of {what}").estimate.value
        for name in ("calibration error", "Brier score")
        for what in ("statements claimed", "every topic and polarity")
    } == {0.0}
    assert findings.examples == ()
    for confusion in findings.confusions:
        assert sum(map(sum, confusion.counts)) == sum(confusion.counts[n][n] for n in range(len(confusion.labels))) > 0


def test_figures_of_two_notes_by_hand() -> None:
    texts = ("PA is a pain. loves the data, she says", "nothing new")
    labels = [
        [
            ("coverage", "barrier", "current", "hcp", "PA is a pain"),
            ("evidence", "driver", "current", "hcp", "loves the data"),
        ],
        [],
    ]
    notes = [
        GoldNote(
            note_id=f"N{number}",
            hcp_id=f"H{number}",
            text=text,
            insights=tuple(
                GoldStatement(topic=t, polarity=p, status=s, holder=h, evidence=e) for t, p, s, h, e in of_note
            ),
        )
        for number, (text, of_note) in enumerate(zip(texts, labels, strict=True))
    ]
    right = statement(notes[0], notes[0].insights[0], 0.8)
    resolved = replace(right, status="resolved", evidence=Evidence(0, 6, "PA is "))
    wrong_side = replace(right, topic="evidence", evidence=Evidence(14, 28, "loves the data"), probability=0.6)
    false = replace(right, topic="supply", evidence=Evidence(0, 7, "nothing"), probability=0.4)
    scored = [
        ScoredNote(notes[0], Annotation((resolved, wrong_side)), NEVER_TRAINED_ON),
        ScoredNote(notes[1], Annotation((false,)), NEVER_TRAINED_ON),
    ]
    findings = note_findings("notes", scored)
    expected = {
        "topic+polarity F1": 2 * 1 / (3 + 2),
        "topic+polarity precision": 1 / 3,
        "topic+polarity recall": 1 / 2,
        "topic+polarity macro F1": 1 / 2,  # of what is true: coverage barrier is right, evidence driver is not
        "topic F1": 2 * 2 / (3 + 2),
        "full statement F1": 0.0,
        "assertion accuracy": 0.0,
        "status accuracy": 0.0,
        "holder accuracy": 1.0,
        "status accuracy if always current": 1.0,
        "evidence exact F1": 0.0,
        "evidence partial F1 of what is found": 0.5,
        "evidence character F1 of what is found": 2 * 6 / (6 + 12),
        "Brier score of statements claimed": (0.2**2 + 0.6**2 + 0.4**2) / 3,
        "calibration error of statements claimed": (-0.2 + 0.6 + 0.4) / 3,  # so few have one bin
    }
    assert {metric: of(findings, metric).estimate.value for metric in expected} == pytest.approx(expected)
    by_name = {confusion.name.split(",")[0]: confusion.counts for confusion in findings.confusions}
    assert by_name["status"] == ((0, 1, 0), (0, 0, 0), (0, 0, 0))
    assert by_name["holder"] == ((1, 0, 0), (0, 0, 0), (0, 0, 0))
    assert by_name["polarity"] == ((0, 1), (0, 1))
    first, second = findings.examples
    assert [(m.label, m.outcome, m.start) for m in first.marks] == [
        ("coverage barrier", "hit", 0),
        ("evidence barrier", "false", 14),
        ("evidence driver", "missed", 14),
    ]
    assert ("assertion", "coverage barrier: status claimed resolved, labelled current") in first.facts
    assert [(m.label, m.outcome, m.probability) for m in second.marks] == [("supply barrier", "false", 0.4)]


@pytest.mark.parametrize("seed", range(3))
def test_f1_and_brier_are_those_of_scikit_learn(seed: int) -> None:
    scored = imperfect(NOTES[:120], seed)
    findings = note_findings("notes", scored)
    topics = sorted({topic for note in scored for topic in note.claimed | note.true})
    claimed = [[topic in note.claimed for topic in topics] for note in scored]
    true = [[topic in note.true for topic in topics] for note in scored]
    labelled = [n for n, topic in enumerate(topics) if any(topic in note.true for note in scored)]
    micro, macro = f1_score(true, claimed, average="micro"), f1_score(true, claimed, average="macro", labels=labelled)
    assert of(findings, "topic+polarity F1").estimate.value == pytest.approx(micro)
    assert of(findings, "topic+polarity macro F1").estimate.value == pytest.approx(macro)
    by_topic = f1_score(true, claimed, average=None)
    for topic, value in zip(topics, by_topic, strict=True):
        assert of(findings, "topic+polarity F1", f"topic={' '.join(topic)}").estimate.value == pytest.approx(value)
    pairs = [(s.probability, (s.topic, s.polarity) in n.true) for n in scored for s in n.annotation.statements]
    score = brier_score_loss([hit for _, hit in pairs], [probability for probability, _ in pairs])
    assert of(findings, "Brier score of statements claimed").estimate.value == pytest.approx(score)
    parts = {
        name: of(findings, f"Brier {name} of statements claimed").estimate.value
        for name in ("reliability", "resolution", "uncertainty")
    }
    assert parts["reliability"] - parts["resolution"] + parts["uncertainty"] == pytest.approx(score)


def test_macro_f1_is_over_what_is_true_in_the_data_whatever_a_model_claims() -> None:
    few = NOTES[::20]
    for part in ("all", "brand=Dermiqo"):
        figures = [
            of(note_findings("notes", scored), "topic+polarity macro F1", part)
            for scored in (perfect(few), imperfect(few))
        ]
        widths = {figure.basis.statistics.shape[1] for figure in figures if figure.basis}
        true = {(s.topic, s.polarity) for n in few if part in ("all", f"brand={n.brand}") for s in n.insights}
        assert widths == {3 * len(true)}
        assert figures[0].note == figures[1].note


def test_macro_f1_says_how_many_labels_are_rare() -> None:
    scored = perfect(NOTES)
    counts = Counter(topic for note in scored for topic in note.true)
    rare = sum(count < 10 for count in counts.values())
    assert 0 < rare < len(counts)
    note = of(note_findings("notes", scored), "topic+polarity macro F1").note
    assert f"{rare} of {len(counts)} labels have fewer than 10 true notes" in note


@given(st.permutations(range(40)))
def test_the_order_of_notes_changes_no_figure(order: list[int]) -> None:
    scored = imperfect(NOTES[:40])
    measures = statement_measures(scored)
    mixed = statement_measures([scored[row] for row in order])
    for measure, other in zip(measures, mixed, strict=True):
        assert measure.formula.value(measure.statistics) == pytest.approx(other.formula.value(other.statistics))


def test_every_figure_counts_notes_and_physicians() -> None:
    findings = note_findings("notes", imperfect(NOTES[:60]))
    physicians = {note.note_id: note.hcp_id for note in NOTES}
    (items,) = findings.item_sets
    assert [physicians[name] for name in items.ids] == list(items.clusters)
    assert of(findings, "topic+polarity F1").estimate.items == 60
    assert of(findings, "topic+polarity F1").estimate.clusters == len({note.hcp_id for note in NOTES[:60]})
    brand = of(findings, "topic+polarity F1", "brand=Dermiqo")
    assert brand.estimate.items == sum(note.brand == "Dermiqo" for note in NOTES[:60])


def test_examples_show_no_identifier_and_keep_their_offsets() -> None:
    scored = imperfect([note for note in NOTES if note.phi])
    findings = note_findings("notes", scored)
    assert findings.examples
    by_id = {note.note_id: note for note in NOTES}
    for example in findings.examples:
        note = by_id[example.item_id]
        assert len(example.text) == len(note.text)
        assert not any(words in example.text for words in note.phi)
        assert all(shown in (typed, "█") for shown, typed in zip(example.text, note.text, strict=True))


def test_notes_the_heads_learned_from_are_cross_fitted_and_others_are_not(
    two_brands: list[GoldNote], crossed: ScoredNotes
) -> None:
    assert [scored.note for scored in crossed.notes] == [*NEW[:5], *two_brands, *NEW[5:]]
    learned = {note.note_id for note in two_brands}
    for scored in crossed.notes:
        assert scored.scored == (CROSS_FITTED if scored.note.note_id in learned else NEVER_TRAINED_ON)
    assert "45 notes by cross-fitting by brand" in crossed.scored_by
    assert "10 notes by the shipped heads, which were never trained on them" in crossed.scored_by


@pytest.mark.parametrize("brand", BRANDS)
def test_cross_fitted_heads_saw_neither_the_brand_nor_its_physicians(
    brand: str, two_brands: list[GoldNote], crossed: ScoredNotes, hashing_encoder: Encoder
) -> None:
    held_out = [note for note in two_brands if note.brand == brand]
    physicians = {note.hcp_id for note in held_out}
    others = [note for note in two_brands if note.brand != brand and note.hcp_id not in physicians]
    assert len(others) < len(two_brands) - len(held_out)  # one physician has both brands
    given = context(hashing_encoder)
    heads = train_insights(others, Taxonomy.default(), hashing_encoder, seed=given.seed)
    assert heads.trained_on.isdisjoint(text_digests(note.text for note in held_out))
    expected = list(annotated(held_out, heads, CROSS_FITTED, given))
    found = [scored for scored in crossed.notes if scored.scored == CROSS_FITTED and scored.note.brand == brand]
    assert [scored.annotation for scored in found] == [scored.annotation for scored in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities)


def test_a_note_of_a_physician_that_was_learned_from_is_not_new(
    gold_notes: list[GoldNote], hashing_encoder: Encoder, small_model: InsightModel
) -> None:
    again = gold_notes[0].model_copy(update={"note_id": "again", "text": "other words"})
    new = again.model_copy(update={"note_id": "new", "hcp_id": "somebody else"})
    found = score_notes([gold_notes[0], again, new], small_model, [], context(hashing_encoder))
    assert [scored.note.note_id for scored in found.notes] == ["new"]
    assert found.notices == ("2 notes are left out: the model was trained on them, or on others of their physicians",)


def test_a_model_that_does_not_say_what_it_learned_from_is_measured_with_a_warning(
    gold_notes: list[GoldNote], hashing_encoder: Encoder, small_model: InsightModel
) -> None:
    silent = replace(small_model, trained_on=frozenset())
    found = score_notes(gold_notes, silent, [], context(hashing_encoder))
    assert len(found.notes) == len(gold_notes)
    assert "does not say what it was trained on" in found.notices[0]


def test_the_users_own_model_is_measured_on_what_it_has_not_seen(
    gold_notes: list[GoldNote], hashing_encoder: Encoder, small_model: InsightModel, tmp_path: Path
) -> None:
    small_model.save(tmp_path / "model")
    given = context(hashing_encoder, tmp_path / "model")
    data = write(tmp_path / "notes.jsonl", [*gold_notes, *NOTES[300:320]])
    findings = notes_suite(data, given)
    assert of(findings, "topic+polarity F1").estimate.items == 20
    assert findings.scored_by["notes"].startswith("20 notes by the model as given, which was not trained on them")
    assert any("45 notes are left out" in notice for notice in findings.notices)
    assert any("our own synthetic ones" in notice for notice in findings.notices)
    assert of(findings, "notes read a second").estimate.value > 0
    assert findings.data.keys() == {f"{tmp_path.name}/notes.jsonl"}
    with pytest.raises(MissingDataError, match="trained on all 45 notes"):
        notes_suite(write(tmp_path / "seen.jsonl", gold_notes), given)


def test_the_shipped_heads_on_the_timelines_that_they_never_saw(
    default_encoder: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    """Synthetic notes: the figure guards the harness as much as the heads."""
    encoder = CachedEncoder(default_encoder, VectorCache.for_encoder(default_encoder, tmp_path))
    findings = notes_suite(SHIPPED / "timelines", context(encoder))
    assert findings.scored_by == {"notes": "168 notes by the shipped heads, which were never trained on them"}
    f1 = of(findings, "topic+polarity F1").estimate
    assert (f1.items, f1.clusters) == (168, 30)
    assert f1.value == pytest.approx(0.42, abs=0.02)
    assert sum(bin_.count for bin_ in findings.reliability[1].bins) == 168 * 38


def test_data_that_the_model_does_not_read_are_told_apart(
    hashing_encoder: Encoder, small_model: InsightModel, tmp_path: Path
) -> None:
    small_model.save(tmp_path / "model")
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"]}) + "\n")
    with pytest.raises(MissingDataError, match="reads notes: give a model trained on such labels"):
        notes_suite(texts, context(hashing_encoder, tmp_path / "model"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingDataError, match="holds no labelled notes"):
        notes_suite(tmp_path / "empty", context(hashing_encoder))


def test_files_that_are_not_measured_on_are_named(
    hashing_encoder: Encoder, small_model: InsightModel, tmp_path: Path
) -> None:
    small_model.save(tmp_path / "model")
    data = tmp_path / "data"
    data.mkdir()
    write(data / "labelled.jsonl", NEW)
    (data / "texts.jsonl").write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"]}) + "\n")
    (data / "raw.jsonl").write_text(json.dumps({"note_id": "N1", "hcp_id": "H1", "text": "a"}) + "\n")
    notices = notes_suite(data, context(hashing_encoder, tmp_path / "model")).notices
    assert "notes: passed over, without labels that are measured here: data/raw.jsonl, data/texts.jsonl" in notices
