from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.eval.labelling import (
    LabelledNote,
    LabelScheme,
    labelling_config,
    read_export,
    region_results,
    write_labels,
)
from hcplens.eval.labelling.offsets import span_in_text
from hcplens.inference.insights import GoldNote, read_gold
from hcplens.prompts import Taxonomy

MakeNote = Callable[..., LabelledNote]
Says = Callable[..., dict[str, Any]]

SCHEME = LabelScheme.of(Taxonomy.default())
CAT = "🐱 Warning: This is a test text"
"""A text of Label Studio's own tests: its "test" stands at [21, 25), counted in code points."""


def exported(note: GoldNote, *, user: object = 1, **changes: Any) -> dict[str, Any]:
    """The note as a task of a JSON export, its labels as one person's annotation."""
    labelled = LabelledNote.model_validate(note.model_dump())
    annotation = {"id": 7, "completed_by": user, "was_cancelled": False, "result": region_results(labelled)}
    data = {"note_id": note.note_id, "hcp_id": note.hcp_id, "brand": note.brand, "text": note.text}
    return {"id": 1, "data": data, "annotations": [annotation | changes], "predictions": [], "meta": {}}


def write_export(folder: Path, tasks: Sequence[dict[str, Any]]) -> Path:
    (folder / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    return folder / "export.json"


def read_back(folder: Path, tasks: Sequence[dict[str, Any]]) -> list[GoldNote]:
    write_labels(read_export(write_export(folder, tasks), SCHEME), folder / "gold.jsonl")
    return read_gold([folder / "gold.jsonl"])


def in_any_order(note: GoldNote) -> tuple[object, ...]:
    labels = (note.insights, note.channel_preferences, note.flags, note.phi)
    return (note.note_id, note.hcp_id, note.brand, note.text, *(sorted(map(repr, group)) for group in labels))


def test_gold_notes_come_back_as_they_were(gold_notes: list[GoldNote], tmp_path: Path) -> None:
    back = read_back(tmp_path, [exported(note) for note in gold_notes])
    assert sorted(map(in_any_order, back)) == sorted(map(in_any_order, gold_notes))


@st.composite
def labelled_notes(draw: st.DrawFn) -> GoldNote:
    text = draw(st.text(alphabet="ab 1\n\r\t,é患者😀👩🏽", min_size=1, max_size=40))

    def words() -> str:
        start = draw(st.integers(0, len(text) - 1))
        return text[start : draw(st.integers(start + 1, len(text)))]

    def some(labels: Sequence[str], fields: Callable[[str], dict[str, str]]) -> list[dict[str, str]]:
        chosen = draw(st.lists(st.sampled_from(labels), max_size=3))
        return [fields(label) | {"evidence": words()} for label in chosen]

    def statement(label: str) -> dict[str, str]:
        topic, _, polarity = label.rpartition(".")
        status, holder = (draw(st.sampled_from(SCHEME.choices[tag])) for tag in ("status", "holder"))
        return {"topic": topic, "polarity": polarity, "status": status, "holder": holder}

    return GoldNote.model_validate(
        {
            "note_id": "N1",
            "hcp_id": "H1",
            "text": text,
            "insights": some(SCHEME.labels["statement"], statement),
            "channel_preferences": some(
                SCHEME.labels["channel"], lambda label: dict(zip(("channel", "stance"), label.split("."), strict=True))
            ),
            "flags": some(SCHEME.labels["flag"], lambda kind: {"kind": kind}),
            "phi": sorted({words() for _ in range(draw(st.integers(0, 2)))}),
        }
    )


@settings(max_examples=50)
@given(labelled_notes())
def test_any_labelled_note_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, note: GoldNote) -> None:
    (back,) = read_back(tmp_path_factory.mktemp("round"), [exported(note)])
    assert in_any_order(back) == in_any_order(note)


@settings(max_examples=50)
@given(labelled_notes())
def test_exports_that_count_utf_16_units_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, note: GoldNote
) -> None:
    """Label Studio before 1.5: an emoji counts twice. Where repeated words fit both ways, the words still do."""

    def units(offset: int) -> int:
        return len(note.text[:offset].encode("utf-16-le")) // 2

    task = exported(note)
    for result in task["annotations"][0]["result"]:
        span = result["value"]
        result["value"] = span | {"start": units(span["start"]), "end": units(span["end"])}
    (back,) = read_back(tmp_path_factory.mktemp("round"), [task])
    assert in_any_order(back) == in_any_order(note)


@pytest.mark.parametrize(
    ("start", "end", "quoted", "span"),
    [
        (21, 25, "test", (21, 25)),
        (22, 26, "test", (21, 25)),
        (0, 2, "🐱", (0, 1)),
        (21, 25, None, (21, 25)),
        (21, 26, "test", (21, 26)),
        (20, 24, "test", None),
        (25, 21, "test", None),
        (21, 25, "text", None),
        (21, 99, None, None),
        (1, 2, "🐱", None),
    ],
)
def test_the_words_quoted_tell_how_offsets_were_counted(
    start: int, end: int, quoted: str | None, span: tuple[int, int] | None
) -> None:
    assert span_in_text(CAT, start, end, quoted) == span


def test_a_line_end_is_known_however_it_is_quoted() -> None:
    assert span_in_text("one\ntwo", 0, 7, "one\\ntwo") == (0, 7)
    assert span_in_text("one\r\ntwo", 0, 8, "one two") == (0, 8)


def test_each_annotator_has_a_record_and_skipped_tasks_are_counted(note: MakeNote, says: Says, tmp_path: Path) -> None:
    task = exported(note(says("PA")))
    (mine,) = task["annotations"]
    theirs = mine | {"completed_by": {"id": 5, "email": "mia@example.org"}, "result": []}
    skipped = mine | {"completed_by": 9, "was_cancelled": True, "result": []}
    task["annotations"] += [theirs, skipped]
    unlabelled = {"id": 2, "data": task["data"] | {"note_id": "N2"}, "annotations": []}
    found = read_export(write_export(tmp_path, [task, unlabelled]), SCHEME)
    assert [record["annotator"] for record in found.records] == ["annotator-1", "mia@example.org"]
    assert [len(record["insights"]) for record in found.records] == [1, 0]
    assert found.counts == {"skipped by an annotator": 1, "tasks without labels": 1}


def test_the_latest_labels_of_an_annotator_stand(note: MakeNote, says: Says, tmp_path: Path) -> None:
    late = exported(note(says("PA")), updated_at="2026-03-02T10:00:00Z")
    early = exported(note(), updated_at="2026-03-01T10:00:00Z")
    found = read_export(write_export(tmp_path, [late, early]), SCHEME)
    assert [len(record["insights"]) for record in found.records] == [1]
    assert found.counts == {"labelled again by the same annotator": 1}


def test_what_says_nothing_is_counted(note: MakeNote, says: Says, tmp_path: Path) -> None:
    task = exported(note(says("PA")))
    results = task["annotations"][0]["result"]
    results.append({"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"})
    results.append(results[0] | {"id": "x", "value": {"start": 0, "end": 2, "text": "PA"}})
    results.append(results[1] | {"id": "y"})
    found = read_export(write_export(tmp_path, [task]), SCHEME)
    assert len(found.records[0]["insights"]) == 1
    assert found.counts == {
        "relations between regions": 1,
        "regions without a label": 1,
        "choices for what is no statement": 1,
    }


def test_a_region_with_two_labels_makes_two_statements(note: MakeNote, says: Says, tmp_path: Path) -> None:
    task = exported(note(says("PA", status="resolved")))
    task["annotations"][0]["result"][0]["value"]["labels"].append("cost.driver")
    (record,) = read_export(write_export(tmp_path, [task]), SCHEME).records
    assert [(one["topic"], one["polarity"], one["status"]) for one in record["insights"]] == [
        ("coverage", "barrier", "resolved"),
        ("cost", "driver", "resolved"),
    ]


def test_a_task_keeps_why_it_was_picked_and_whom_it_is_about(note: MakeNote, tmp_path: Path) -> None:
    task = exported(note()) | {"meta": {"picked": "random", "sampling_probability": 0.2}}
    task["data"]["country"] = "GB"
    (record,) = read_export(write_export(tmp_path, [task]), SCHEME).records
    assert record["sampling"] == {"picked": "random", "sampling_probability": 0.2}
    assert record["country"] == "GB"


Break = Callable[[list[dict[str, Any]]], object]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            lambda r: r[0]["value"].update(labels=["covrage.barrier"]),
            "task 1, note 'N1': statement: 'covrage.barrier' is unknown",
        ),
        (
            lambda r: r[1]["value"].update(choices=["maybe"]),
            "task 1, note 'N1': status: 'maybe' is unknown: one of current",
        ),
        (lambda r: r[1]["value"].update(choices=[]), r"task 1, note 'N1': status: one choice a statement, not \[\]"),
        (lambda r: r.pop(2), r"task 1, note 'N1': region 'statement-0' \(coverage.barrier\) has no holder"),
        (
            lambda r: r[0].update(from_name="tag"),
            "task 1, note 'N1': from_name 'tag' is none of the configuration's tags",
        ),
        (
            lambda r: r[0]["value"].update(start=1, end=3),
            r"task 1, note 'N1': region 'statement-0': \[1, 3\) of the text \(\d+ characters\) is not",
        ),
        (
            lambda r: r[0]["value"].update(start="x"),
            r"task 1, note 'N1': result 1: value\.start: .*\(found str, 1 characters\)",
        ),
    ],
)
def test_labels_that_cannot_be_used_name_task_field_and_value(
    note: MakeNote, says: Says, tmp_path: Path, broken: Break, message: str
) -> None:
    task = exported(note(says("PA")))
    broken(task["annotations"][0]["result"])
    with pytest.raises(InputError, match=message):
        read_export(write_export(tmp_path, [task]), SCHEME)


@pytest.mark.parametrize(
    "value",
    [
        {"start": 0, "end": 5, "text": "Maria Keller", "labels": ["adverse_event"]},
        {"start": "Maria Keller, born 1961", "end": 5},
        {"start": 0, "end": 5, "labels": {"Maria Keller": 1}},
    ],
)
def test_no_message_holds_words_of_a_note(note: MakeNote, tmp_path: Path, value: dict[str, Any]) -> None:
    task = exported(note(text="Patient Maria Keller had a rash."))
    result = {"id": "r1", "from_name": "flag", "to_name": "text", "type": "labels", "value": value}
    task["annotations"][0]["result"] = [result]
    with pytest.raises(InputError, match="task 1, note 'N1'") as refused:
        read_export(write_export(tmp_path, [task]), SCHEME)
    assert not any(word in str(refused.value) for word in ("Maria", "Keller", "1961"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[{", "cannot read .*export.json as a JSON export"),
        ("[" * 100_000, "export.json as a JSON export of Label Studio: it is nested too deeply"),
        ("{}", "export.json is no list of tasks"),
        ('[{"id": 1, "text": "PA", "statement": []}]', "task number 1: data: Field required .*not as JSON-MIN"),
        ('[{"id": 1, "data": {"text": "PA"}, "annotations": []}]', r"task number 1: data\.note_id: Field required"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "export.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_export(tmp_path / "export.json", SCHEME)


def test_the_configuration_has_a_tag_for_every_label_and_asks_status_and_holder_of_statements_only() -> None:
    view = ElementTree.fromstring(labelling_config(SCHEME))
    labels = {tag.get("name"): [one.get("value") for one in tag] for tag in view.iter("Labels")}
    assert labels == {name: list(names) for name, names in SCHEME.labels.items()}
    assert len(labels["statement"]) == 38
    text = view.find("Text")
    assert text is not None
    assert (text.get("name"), text.get("value")) == ("text", "$text")
    for choices in view.iter("Choices"):
        assert [one.get("value") for one in choices] == list(SCHEME.choices[str(choices.get("name"))])
        assert (choices.get("perRegion"), choices.get("required")) == ("true", "true")
        assert choices.get("whenLabelValue") == ",".join(SCHEME.labels["statement"])


def test_every_tag_that_results_name_is_in_the_configuration(note: MakeNote, says: Says) -> None:
    labelled = note(
        says("PA"),
        channel_preferences=[{"channel": "email", "stance": "prefers", "evidence": "Prefers e-mail"}],
        flags=[{"kind": "off_label", "evidence": "speed"}],
        phi=["she"],
    )
    view = ElementTree.fromstring(labelling_config(SCHEME))
    tags = {tag.get("name"): tag for tag in view.iter() if tag.get("name")}
    for result in region_results(labelled):
        tag = tags[result["from_name"]]
        assert tag.tag.lower() == result["type"]
        assert tag.get("toName") == result["to_name"]
        assert set(result["value"][result["type"]]) <= {one.get("value") for one in tag}
