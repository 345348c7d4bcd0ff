from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, f1_score

from hcplens import InputError
from hcplens.embeddings import Encoder
from hcplens.eval.datasets import first_place
from hcplens.eval.gold_data import NOTES as OTHERS
from hcplens.eval.gold_data import TIMELINES
from hcplens.eval.gold_data import gold_notes as shipped_notes
from hcplens.eval.results import Figure
from hcplens.eval.suites.notes import ScoredNote, note_findings, notes_suite
from hcplens.eval.suites.notes.note_scoring import NEVER_TRAINED_ON, score_notes
from hcplens.eval.suites.notes.reading_speed import reading_speed
from hcplens.eval.suites.notes.statement_figures import statement_measures
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.inference.insights import Annotation, ChannelStatement, Evidence, GoldNote, InsightModel, Statement
from hcplens.inference.insights.gold import GoldStatement
from hcplens.inference.progress import QuietReporter
from hcplens.prompts import POLARITIES, Taxonomy

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"
NOTES = shipped_notes(*OTHERS, TIMELINES)
NEW = NOTES[300:310]
TOPICS = Taxonomy.default().ids


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


def write(path: Path, notes: Sequence[GoldNote]) -> Path:
    path.write_text("".join(note.model_dump_json() + "\n" for note in notes))
    return path


@pytest.fixture
def context(
    small_model: InsightModel, with_model: Callable[[Path | None], SuiteContext], tmp_path: Path
) -> SuiteContext:
    """What a user gives who measures the small model."""
    small_model.save(tmp_path / "model")
    return with_model(tmp_path / "model")


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


def test_notes_that_the_model_learned_from_are_left_out_and_the_others_keep_their_order(
    gold_notes: list[GoldNote], small_model: InsightModel, context: SuiteContext
) -> None:
    found = score_notes([*NEW[:5], *gold_notes, *NEW[5:]], small_model, context)
    assert [scored.note for scored in found.notes] == NEW
    assert {scored.scored for scored in found.notes} == {NEVER_TRAINED_ON}
    left_out = "45 notes are left out: the model was trained on them, or on others of their physicians"
    assert found.notices == (left_out,)
    assert found.scored_by == f"10 notes by the model as given, which was not trained on them; {left_out}"


def test_every_topic_and_polarity_of_a_note_has_a_probability_and_a_claim_has_that_one(
    small_model: InsightModel, context: SuiteContext
) -> None:
    claims = 0
    for scored in score_notes(NEW, small_model, context).notes:
        assert set(scored.probabilities) == {(topic, polarity) for topic in TOPICS for polarity in POLARITIES}
        for claim in scored.annotation.statements:
            claims += 1
            assert claim.probability == pytest.approx(scored.probabilities[claim.topic, claim.polarity])
    assert claims


def test_a_note_in_another_language_is_scored_without_claims_and_probabilities(
    small_model: InsightModel, context: SuiteContext
) -> None:
    german = "Die Kassen lehnen den Antrag immer noch ab und sie wartet deshalb mit neuen Patienten."
    note = GoldNote(note_id="G1", hcp_id="new", text=german)
    [scored] = score_notes([note], small_model, context).notes
    assert scored.annotation.unread == "language: de"
    assert (scored.annotation.statements, scored.probabilities) == ((), {})


def test_a_note_of_a_physician_that_was_learned_from_is_not_new(
    gold_notes: list[GoldNote], small_model: InsightModel, context: SuiteContext
) -> None:
    again = gold_notes[0].model_copy(update={"note_id": "again", "text": "other words"})
    new = again.model_copy(update={"note_id": "new", "hcp_id": "somebody else"})
    found = score_notes([gold_notes[0], again, new], small_model, context)
    assert [scored.note.note_id for scored in found.notes] == ["new"]
    assert found.notices == ("2 notes are left out: the model was trained on them, or on others of their physicians",)


def test_a_model_that_does_not_say_what_it_learned_from_is_measured_with_a_warning(
    gold_notes: list[GoldNote], small_model: InsightModel, context: SuiteContext
) -> None:
    silent = replace(small_model, trained=replace(small_model.trained, trained_on=frozenset()))
    found = score_notes(gold_notes, silent, context)
    assert len(found.notes) == len(gold_notes)
    assert "does not say what it was trained on" in found.notices[0]


def test_the_users_own_model_is_measured_on_what_it_has_not_seen(
    gold_notes: list[GoldNote], context: SuiteContext, tmp_path: Path
) -> None:
    data = write(tmp_path / "notes.jsonl", [*gold_notes, *NOTES[300:320]])
    findings = notes_suite(data, context)
    assert of(findings, "topic+polarity F1").estimate.items == 20
    assert findings.scored_by["notes"].startswith("20 notes by the model as given, which was not trained on them")
    assert any("45 notes are left out" in notice for notice in findings.notices)
    assert any("our own synthetic ones" in notice for notice in findings.notices)
    assert of(findings, "notes read a second").estimate.value > 0
    assert findings.data.keys() == {f"{tmp_path.name}/notes.jsonl"}
    with pytest.raises(MissingDataError, match="trained on all 45 notes"):
        notes_suite(write(tmp_path / "seen.jsonl", gold_notes), context)


def test_the_reading_speed_says_whether_notes_come_from_a_cache(
    small_model: InsightModel, context: SuiteContext
) -> None:
    assert reading_speed("notes", NEW, small_model).note == "every note is read anew: there is no cache"
    loaded = InsightModel.named(context.model, context.encoder_folder)
    assert reading_speed("notes", NEW, loaded).note == "what was read before comes from a warm cache"


def test_the_shipped_model_on_the_timelines_that_it_never_saw(default_encoder: Encoder) -> None:
    """Synthetic notes: the figure guards the harness as much as the model."""
    findings = notes_suite(SHIPPED / "timelines", SuiteContext(default_encoder, QuietReporter()))
    assert findings.scored_by == {"notes": "168 notes by the model as given, which was not trained on them"}
    f1 = of(findings, "topic+polarity F1").estimate
    assert (f1.items, f1.clusters) == (168, 30)
    assert f1.value > 0.5
    assert sum(bin_.count for bin_ in findings.reliability[1].bins) == 168 * 38


def test_data_that_the_model_does_not_read_are_told_apart(context: SuiteContext, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"]}) + "\n")
    with pytest.raises(MissingDataError, match="reads notes: give a model trained on such labels"):
        notes_suite(texts, context)
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingDataError, match="holds no labelled notes"):
        notes_suite(tmp_path / "empty", replace(context, model=None))


def test_files_that_are_not_measured_on_are_named(context: SuiteContext, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write(data / "labelled.jsonl", NEW)
    (data / "texts.jsonl").write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"]}) + "\n")
    (data / "raw.jsonl").write_text(json.dumps({"note_id": "N1", "hcp_id": "H1", "text": "a"}) + "\n")
    notices = notes_suite(data, context).notices
    assert "notes: passed over, without labels that are measured here: data/raw.jsonl, data/texts.jsonl" in notices


def test_a_model_of_another_encoder_is_refused(context: SuiteContext) -> None:
    with pytest.raises(InputError, match=r"the default encoder has .*name the folder of the one it was trained over"):
        notes_suite(SHIPPED / "timelines", replace(context, encoder_folder=None))


def test_a_figure_of_drawn_notes_is_that_of_the_notes_drawn_from() -> None:
    """The notes of one stratum all, of the other every hundredth: as if each of these stood there a hundred times."""
    scored = imperfect(NOTES[:40])
    weights = {one.note.note_id: 100.0 if place % 2 else 1.0 for place, one in enumerate(scored)}
    copied = [one for one in scored for _ in range(int(weights[one.note.note_id]))]
    weighted, expected = note_findings("notes", scored, weights), note_findings("notes", copied)
    for figure in expected.figures:
        if figure.basis is not None:
            found = of(weighted, figure.metric, figure.part).estimate
            assert found.value == pytest.approx(figure.estimate.value), figure.key
            assert (found.low, found.high) == pytest.approx((figure.estimate.low, figure.estimate.high)), figure.key
    assert of(weighted, "topic+polarity F1").estimate.items == 40


def test_weights_of_notes_leave_a_perfect_reader_at_1() -> None:
    scored = perfect(NOTES[:40])
    weights = {one.note.note_id: 1 / (0.01 + 0.02 * place) for place, one in enumerate(scored)}
    estimate = of(note_findings("notes", scored, weights), "topic+polarity recall").estimate
    assert (estimate.value, estimate.high) == (1.0, 1.0)


def test_labels_of_a_sample_are_measured_on_the_random_ones_and_weighted(context: SuiteContext, tmp_path: Path) -> None:
    sampling = [
        {"picked": "random", "sampling_probability": 0.01},
        {"picked": "random", "sampling_probability": 1.0},
        {"picked": "uncertain"},
    ]
    records = [note.model_dump() | {"sampling": sampling[place % 3]} for place, note in enumerate(NEW)]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    findings = notes_suite(tmp_path / "labels.jsonl", context)
    assert findings.item_sets[0].weights == (100.0, 1.0) * 3 + (100.0,)
    assert findings.notices[0].startswith("3 of 10 labelled notes are left out")
    assert "weighted by the probabilities" in findings.notices[1]
