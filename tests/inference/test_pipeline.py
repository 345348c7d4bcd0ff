from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens import Annotator, InputError, InsightModel, Run, Taxonomy
from hcplens.embeddings.model_files import body_digest
from hcplens.inference.annotating import annotate_file
from hcplens.inference.insights import PicklistReader
from hcplens.inference.inspecting import inspect_run
from hcplens.inference.pipeline import run_files
from hcplens.inference.progress import LineReporter, QuietReporter
from hcplens.inference.run_plan import RunPlan
from hcplens.prompts.taxonomy import Topic

BARRIER = "Prior auth keeps getting denied, so she holds back new starts."
HARM = "One patient was hospitalised with anaphylaxis after the second dose."
NOTE = {"note_id": "N1", "hcp_id": "H1", "date": "2026-03-14", "brand": "Dermiqo", "text": f"{BARRIER} {HARM}"}
PARKING = Topic(id="parking", name="Parking", scientific=False, description="Where patients park.")

WriteLines = Callable[..., Path]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> RunPlan:
    model = InsightModel.named(None, cache_folder=tmp_path_factory.getbasetemp() / "vectors")
    return RunPlan(model, model.taxonomy)


@pytest.fixture
def lines(tmp_path: Path) -> WriteLines:
    def write(name: str, *rows: dict[str, Any]) -> Path:
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


def quietly(files: dict[str, Path], plan: RunPlan, target: Path) -> Run:
    return run_files(files, plan, target, QuietReporter())


def test_the_manifest_names_what_the_run_was_made_of(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    notes = lines("notes", NOTE)
    run = quietly({"notes": notes}, plan, tmp_path / "run")
    manifest = run.manifest
    [source] = manifest.inputs
    assert (source.table, source.name, source.bytes) == ("notes", "notes.jsonl", notes.stat().st_size)
    assert source.sha256 == hashlib.sha256(notes.read_bytes()).hexdigest()
    assert manifest.as_of == run.as_of == date(2026, 3, 14)
    assert manifest.model["sha256"] == plan.model.digest
    assert manifest.model["encoder_sha256"] == body_digest(None)
    assert manifest.taxonomy_digest == run.taxonomy.digest == plan.taxonomy.digest
    assert manifest.started_at <= manifest.finished_at
    for name, count in manifest.counts.items():
        assert len(run.table(name)) == count, name
    for name, file in manifest.files.items():
        content = (run.folder / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)


def test_tables_of_raw_text_are_for_their_owner_alone(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    run = quietly({"notes": lines("notes", NOTE)}, plan, tmp_path / "run")
    readable = {path.name for path in run.folder.iterdir() if path.stat().st_mode & 0o077}
    assert {"raw_notes.parquet", "surveys.parquet", "rejects.parquet"}.isdisjoint(readable)


def test_what_annotate_wrote_gives_the_run_that_inferring_gives(
    plan: RunPlan, lines: WriteLines, tmp_path: Path
) -> None:
    notes = lines("notes", NOTE, {**NOTE, "note_id": "N2", "text": "", "objection": "Cost"})
    annotator = Annotator(plan.model)
    picklists = PicklistReader(plan.model)
    annotated = annotate_file(notes, tmp_path / "annotated.jsonl", annotator, picklists, QuietReporter())
    inferred = quietly({"notes": notes}, plan, tmp_path / "inferred")
    given = quietly({"notes": notes}, replace(plan, statements_file=annotated.target), tmp_path / "given")
    signed: dict[str, set[str]] = {"insights": set(), "channel_statements": {"annotator"}, "flags": {"detector"}}
    for name, signature in signed.items():
        one, other = inferred.table(name).to_pylist(), given.table(name).to_pylist()
        assert [row["probability"] for row in one] == pytest.approx([row["probability"] for row in other], abs=1e-4)
        assert without(one, signature | {"probability"}) == without(other, signature | {"probability"})
    assert len(given.table("insights")) > 1


def without(rows: list[dict[str, Any]], names: set[str]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


def test_labelled_notes_need_neither_offsets_nor_probabilities(
    plan: RunPlan, lines: WriteLines, tmp_path: Path
) -> None:
    text = f"🙂 e\u0301 東京\r\n{BARRIER}"
    labelled = {
        "note_id": "N1",
        "insights": [
            {"topic": "coverage", "polarity": "barrier", "status": "current", "holder": "hcp", "evidence": BARRIER}
        ],
        "channel_preferences": [],
        "flags": [],
    }
    files = {"notes": lines("notes", {**NOTE, "text": text})}
    run = quietly(files, replace(plan, statements_file=lines("gold", labelled)), tmp_path / "run")
    [row] = run.table("insights").to_pylist()
    assert (row["probability"], row["evidence"]) == (1.0, BARRIER)
    assert text[row["start"] : row["end"]] == BARRIER


def test_a_note_that_the_given_statements_do_not_name_still_raises_its_flag(
    plan: RunPlan, lines: WriteLines, tmp_path: Path
) -> None:
    files = {"notes": lines("notes", {**NOTE, "text": BARRIER}, {**NOTE, "note_id": "N2"})}
    named = {"note_id": "N1", "insights": [{"topic": "coverage", "polarity": "barrier", "evidence": BARRIER}]}
    run = quietly(files, replace(plan, statements_file=lines("given", named)), tmp_path / "run")
    assert [row["source_id"] for row in run.table("insights").to_pylist()] == ["N1"]
    assert ("N2", "adverse_event") in {(row["note_id"], row["kind"]) for row in run.table("flags").to_pylist()}


def test_statements_of_none_of_the_notes_are_bad_input(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    given = replace(plan, statements_file=lines("given", {"note_id": "elsewhere"}))
    with pytest.raises(InputError, match="statements of none of the notes given: do the note ids match"):
        quietly({"notes": lines("notes", NOTE)}, given, tmp_path / "run")


def test_given_statements_may_have_a_taxonomy_of_their_own_and_answers_outside_it_are_told(
    plan: RunPlan, lines: WriteLines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = {"topic": "parking", "polarity": "barrier", "evidence": "she holds back new starts"}
    survey = {"response_id": "S1", "hcp_id": "H1", "date": "2026-03-01", "question": "Why?", "answer": BARRIER}
    files = {"notes": lines("notes", NOTE), "surveys": lines("surveys", survey)}
    own = replace(
        plan,
        taxonomy=Taxonomy(name="mine", version="1.0.0", topics=(PARKING,)),
        statements_file=lines("given", {"note_id": "N1", "insights": [statement]}),
    )
    run = run_files(files, own, tmp_path / "run", LineReporter(sys.stderr))
    assert run.taxonomy.ids == ("parking",)
    assert run.table("profiles")["topic"].to_pylist() == ["parking"]
    [notice] = run.manifest.notices
    assert "not used, on topics that the taxonomy mine does not have" in notice
    assert notice in capsys.readouterr().err


def test_a_taxonomy_that_is_not_the_models_needs_statements(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    own = replace(plan, taxonomy=Taxonomy(name="mine", version="1.0.0", topics=(PARKING,)))
    with pytest.raises(InputError, match="the taxonomy mine is not that of the model"):
        quietly({"notes": lines("notes", NOTE)}, own, tmp_path / "run")


def test_survey_answers_are_read_and_quoted(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    free = {"response_id": "S1", "hcp_id": "H1", "date": "2026-03-01", "question": "What holds you back?"}
    files = {
        "notes": lines("notes", {**NOTE, "text": "Left a leaflet."}),
        "surveys": lines("surveys", {**free, "answer": BARRIER, "kind": "free_text", "brand": "Dermiqo"}),
    }
    run = quietly(files, plan, tmp_path / "run")
    rows = [row for row in run.table("insights").to_pylist() if row["source"] == "survey"]
    assert "coverage" in {row["topic"] for row in rows}
    assert all(BARRIER[row["start"] : row["end"]] == row["evidence"] for row in rows)


def test_a_run_that_was_asked_for_no_notes_is_empty_and_whole(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    run = quietly({"surveys": lines("surveys")}, plan, tmp_path / "run")
    assert run.manifest.counts["raw_notes"] == run.manifest.counts["profiles"] == 0
    assert any("no rows" in notice for notice in run.manifest.notices)


def test_a_decision_closes_its_flag(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    decision = {"note_id": "N1", "kind": "adverse_event", "disposition": "closed", "decided_at": "2026-03-20"}
    files = {"notes": lines("notes", NOTE), "dispositions": lines("dispositions", decision)}
    flags = quietly(files, plan, tmp_path / "run").table("flags").to_pylist()
    assert {row["disposition"] for row in flags if row["kind"] == "adverse_event"} == {"closed"}
    assert {row["decided_at"] for row in flags if row["kind"] == "adverse_event"} == {date(2026, 3, 20)}


def test_an_answer_with_the_id_of_a_note_has_flags_of_its_own(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    answer = {"response_id": "N1", "hcp_id": "H2", "date": "2026-03-14", "question": "Why?", "answer": HARM}
    closed = {"note_id": "N1", "kind": "adverse_event", "disposition": "closed", "decided_at": "2026-03-20"}
    files = {"notes": lines("notes", NOTE), "surveys": lines("surveys", answer), "dispositions": lines("d", closed)}
    flags = quietly(files, plan, tmp_path / "run").table("flags").to_pylist()
    harm = {(row["hcp_id"], row["note_id"], row["disposition"]) for row in flags if row["kind"] == "adverse_event"}
    assert harm == {("H1", "N1", "closed"), ("H2", "survey N1", "open")}


def test_a_decision_that_cannot_be_read_opens_its_flag_again(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    closed = {"note_id": "N1", "kind": "adverse_event", "disposition": "closed", "decided_at": "2026-03-20"}
    again = {**closed, "disposition": "re-opened", "decided_at": "2026-03-21"}
    files = {"notes": lines("notes", NOTE), "dispositions": lines("d", closed, again)}
    run = quietly(files, replace(plan, max_rejects=0.5), tmp_path / "run")
    assert {row["disposition"] for row in run.table("flags").to_pylist() if row["kind"] == "adverse_event"} == {"open"}


def test_harm_in_a_bad_row_of_a_later_day_than_any_good_one_is_flagged(
    plan: RunPlan, lines: WriteLines, tmp_path: Path
) -> None:
    later = {**NOTE, "note_id": "N2", "date": "2026-03-20", "hcp_id": None}
    notes = lines("notes", {**NOTE, "text": BARRIER}, later)
    loose = replace(plan, max_rejects=0.5)
    for day, found in ((None, {"N2"}), (date(2026, 3, 14), set())):
        run = quietly({"notes": notes}, replace(loose, as_of=day), tmp_path / "run")
        assert {row["note_id"] for row in run.table("flags").to_pylist()} == found


def test_rows_of_an_export_that_is_all_bad_lie_beside_the_target(
    plan: RunPlan, lines: WriteLines, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"the rejected rows lie in .*run\.rejects\.jsonl"):
        quietly({"notes": lines("n", {**NOTE, "date": "soon"})}, replace(plan, max_rejects=1.0), tmp_path / "run")
    [row] = map(json.loads, (tmp_path / "run.rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["row"], row["field"], row["flags"]) == (1, "date", ["adverse_event"])


def test_spellings_of_a_brand_share_one_ledger_and_its_flags(plan: RunPlan, lines: WriteLines, tmp_path: Path) -> None:
    notes = lines(
        "notes",
        NOTE | {"note_id": "N1", "brand": "Dermiqo", "text": BARRIER},
        NOTE | {"note_id": "N2", "brand": "Dermiqo", "text": "Visited the practice."},
        NOTE | {"note_id": "N3", "brand": "DERMIQO®", "text": f"{BARRIER} {HARM}"},
        NOTE | {"note_id": "N4", "brand": "dermiqo", "text": HARM, "date": "soon"},
    )
    run = quietly({"notes": notes}, replace(plan, max_rejects=1.0), tmp_path / "run")
    [found] = inspect_run(run)
    assert found["brand"] == "Dermiqo"
    assert {flag["note_id"] for flag in found["open_flags"]} == {"N3", "N4"}
    [entry] = [entry for entry in found["barriers"] if entry["topic"] == "coverage"]
    assert {evidence["id"] for evidence in entry["evidence"]} == {"N1", "N3"}


@pytest.mark.parametrize(
    ("rows", "changes", "why"),
    [
        ([], {}, "holds no note to use: nothing was published"),
        ([{**NOTE, "date": "soon"}], {"max_rejects": 1.0}, "(1 rejected): nothing was published"),
        ([NOTE], {"as_of": date(2026, 1, 1)}, "(1 after 2026-01-01): nothing was published"),
    ],
)
def test_a_run_of_no_notes_leaves_the_run_that_was_there(
    plan: RunPlan,
    lines: WriteLines,
    tmp_path: Path,
    rows: list[dict[str, Any]],
    changes: dict[str, Any],
    why: str,
) -> None:
    target = tmp_path / "run"
    quietly({"notes": lines("notes", NOTE)}, plan, target)
    before = {path: path.read_bytes() for path in target.iterdir()}
    with pytest.raises(InputError, match=re.escape(why)):
        quietly({"notes": lines("empty", *rows)}, replace(plan, **changes), target)
    assert {path: path.read_bytes() for path in target.iterdir()} == before


@pytest.mark.parametrize("name", ["empty.csv", "empty.jsonl"])
def test_a_file_of_a_header_or_of_nothing_is_no_run(plan: RunPlan, tmp_path: Path, name: str) -> None:
    notes = tmp_path / name
    notes.write_text("note_id,hcp_id,date,text\n" if name.endswith("csv") else "", encoding="utf-8")
    with pytest.raises(InputError):
        quietly({"notes": notes}, plan, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_says_from_which_day_it_looks_and_where_that_came_from(
    plan: RunPlan, lines: WriteLines, tmp_path: Path
) -> None:
    told = io.StringIO()
    decided = {"note_id": "N1", "kind": "adverse_event", "disposition": "closed", "decided_at": "2026-04-02"}
    files = {"notes": lines("notes", NOTE), "dispositions": lines("dispositions", decided)}
    run_files(files, plan, tmp_path / "run", LineReporter(told))
    said = "note: looking from 2026-04-02, the last day in dispositions; --as-of names another"
    assert told.getvalue().splitlines()[0] == said
    told = io.StringIO()
    run_files(files, replace(plan, as_of=date(2026, 4, 2)), tmp_path / "run", LineReporter(told))
    assert "looking from" not in told.getvalue()
