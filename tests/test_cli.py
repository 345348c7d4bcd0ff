"""The main job through the command line, on the bundled sample and on a user's own data."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from hcplens import Run, __version__
from hcplens.inference.demo import sample_folder
from hcplens.prompts import Taxonomy

EVIDENCE = {"source", "id", "date", "start", "end", "text"}
ENTRY = {"topic", "state", "probability", "low", "high", "trend", "first_seen", "last_seen", "evidence"}
CHANNEL = {"channel", "p_engage", "low", "high", "rank", "exposures", "stated", "consented", "why"}
MODULE = {
    *("module_id", "decision_id", "channel", "score", "propensity", "title", "text", "claims", "assets", "approval"),
    *("addresses", "why"),
}


Hcplens = Callable[..., Any]


@pytest.fixture(scope="module")
def sample(hcplens: Hcplens, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of the sample by option, and `run`: the run of all of them."""
    with sample_folder() as folder:
        files = {name: folder / f"{name}.csv" for name in ("surveys", "hcps", "consents", "labels", "dispositions")} | {
            "notes": folder / "notes.jsonl",
            "events": folder / "content_events.csv",
            "modules": folder / "modules.jsonl",
        }
        run = tmp_path_factory.mktemp("sample") / "run"
        named = [part for name, path in files.items() for part in (f"--{name}", path)]
        outcome = hcplens("run", *named, "-o", run, "--as-of", "2026-09-30", "--quiet")
        assert outcome == (0, "", "")
        return files | {"run": run}


def notes_of(path: Path) -> dict[str, dict[str, Any]]:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row["note_id"]: row for row in rows}


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


# The program itself


def test_the_version_is_told(hcplens: Hcplens) -> None:
    assert hcplens("--version").out == f"hcplens {__version__}\n"


def test_help_names_every_command(hcplens: Hcplens) -> None:
    shown = hcplens("--help").out
    assert all(f" {command} " in shown for command in ("demo", "annotate", "run", "inspect", "match", "train"))


@pytest.mark.parametrize("arguments", [["dance"], ["run"], ["run", "--notes"], ["inspect", "RUN", "--format", "xml"]])
def test_bad_usage_exits_with_2(hcplens: Hcplens, arguments: list[str]) -> None:
    assert hcplens(*arguments).code == 2


def test_a_bug_is_a_plain_traceback() -> None:
    """In a process of its own, because the hook of exceptions belongs to the process."""
    code = (
        "import sys; from hcplens import cli; from hcplens.inference import runs; "
        "runs.Run.open = lambda folder: 1 / 0; sys.argv = ['hcplens', 'inspect', 'RUN']; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
    assert "─" not in done.stderr


# annotate


def test_annotate_writes_one_object_a_note_in_the_documented_shape(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    assert hcplens("annotate", sample["notes"], "-o", out, "--hcps", sample["hcps"]).code == 0
    notes, annotated = notes_of(sample["notes"]), notes_of(out)
    assert list(annotated) == list(notes)
    span = {"probability", "start", "end", "evidence"}
    shapes = {
        "insights": {"topic", "polarity", "status", "holder", "source"} | span,
        "channel_preferences": {"channel", "stance"} | span,
        "flags": {"kind"} | span,
        "redactions": {"kind", "start", "end"},
    }
    seen, uses = dict.fromkeys(shapes, 0), 0
    for record in annotated.values():
        assert set(record) - {"unread", "use"} == {"note_id", *shapes}
        if "use" in record:
            uses += 1
            assert set(record["use"]) - {"masked"} == {"use"} | span
        for name, keys in shapes.items():
            for item in record[name]:
                seen[name] += 1
                assert set(item) - {"masked"} == keys
    assert all(seen.values())
    assert uses


def test_the_large_model_asks_for_the_encoder_that_it_reads_with(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    outcome = hcplens("annotate", sample["notes"], "-o", tmp_path / "out.jsonl", "--model", "large")
    assert outcome.code == 2
    assert "name the folder of the one it was trained over with --encoder" in " ".join(outcome.err.split())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--unlabelled", "notes"], "--unlabelled needs a --teacher or a --start"),
        (["--teacher-encoder", "notes"], "--teacher-encoder needs a --teacher"),
        (["--start", "default", "--taxonomy", "notes"], "--start goes on with the model's own topics"),
        (["--start", "default", "--redaction"], "--redaction learns from labelled notes alone"),
    ],
)
def test_options_of_training_that_do_not_go_together_are_refused(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path, options: list[str], message: str
) -> None:
    named = [sample.get(option, option) for option in options]
    outcome = hcplens("train", sample["notes"], *named, "-o", tmp_path / "model")
    assert outcome.code == 2
    assert message in " ".join(outcome.err.split())


def test_the_model_that_ships_goes_on_with_notes_of_ones_own(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    text = "Dr. Orn: the yak caravan with our boxes is stuck again, no yak no drug"
    statement = {"topic": "supply", "polarity": "barrier", "status": "current", "holder": "hcp"}
    record = {"note_id": "N1", "hcp_id": "H1", "text": text, "insights": [statement | {"evidence": "no yak no drug"}]}
    (tmp_path / "own.jsonl").write_text(json.dumps(record), encoding="utf-8")
    model, notes = tmp_path / "model", tmp_path / "notes.jsonl"
    outcome = hcplens("train", tmp_path / "own.jsonl", "--start", "default", "-o", model)
    assert outcome.code == 0, outcome.err
    asked = {"note_id": "N2", "hcp_id": "H2", "brand": "Orvexa", "date": "2026-09-01", "text": text}
    notes.write_text(json.dumps(asked), encoding="utf-8")
    believed = {}
    for name in ("default", model):
        assert hcplens("annotate", notes, "--model", name, "-o", tmp_path / "out.jsonl").code == 0
        (read,) = notes_of(tmp_path / "out.jsonl").values()
        believed[name] = {s["topic"]: s["probability"] for s in read["insights"]}.get("supply", 0.0)
    assert believed[model] > believed["default"]


def test_annotate_writes_the_same_records_as_parquet(hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path) -> None:
    for name in ("out.jsonl", "out.parquet"):
        assert hcplens("annotate", sample["notes"], "-o", tmp_path / name).code == 0
    lines = list(notes_of(tmp_path / "out.jsonl").values())
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [without_nulls(row) for row in rows] == [without_nulls(line) for line in lines]


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def test_notes_with_picklists_alone_are_read(hcplens: Hcplens, tmp_path: Path) -> None:
    base = {"hcp_id": "H1", "date": "2026-03-14", "text": "", "brand": "Dermiqo"}
    notes = write_lines(
        tmp_path / "notes.jsonl",
        [{**base, "note_id": "N1", "objection": "Coverage"}, {**base, "note_id": "N2", "objection": "None"}],
    )
    assert hcplens("annotate", notes, "-o", tmp_path / "out.jsonl").code == 0
    one, two = notes_of(tmp_path / "out.jsonl").values()
    [insight] = one["insights"]
    assert (insight["topic"], insight["polarity"], insight["start"]) == ("coverage", "barrier", None)
    assert (insight["evidence"], insight["source"]) == ("objection: Coverage", "picklist:objection")
    assert two["insights"] == []
    assert hcplens("run", "--notes", notes, "-o", tmp_path / "run").code == 0
    [item] = hcplens("inspect", tmp_path / "run", "--format", "json").json
    [barrier] = item["barriers"]
    assert (barrier["topic"], barrier["evidence"][0]["text"]) == ("coverage", "objection: Coverage")


# run, inspect


def test_inspect_answers_in_the_documented_shape(hcplens: Hcplens, sample: dict[str, Path]) -> None:
    found = hcplens("inspect", sample["run"], "--format", "json").json
    assert len(found) >= 30
    for item in found:
        assert list(item) == [
            *("hcp_id", "brand", "as_of", "barriers", "drivers", "channels"),
            *("adoption_stage", "conflicts", "open_flags"),
        ]
        for entry in item["barriers"] + item["drivers"]:
            assert set(entry) == ENTRY
            assert entry["state"] in {"open", "contradicted", "resolved", "reopened"}
            assert entry["trend"] in {"rising", "steady", "falling"}
            assert 0 <= entry["low"] <= entry["probability"] <= entry["high"] <= 1
        for part in (*item["barriers"], *item["drivers"], *item["conflicts"]):
            assert all(set(evidence) == EVIDENCE for evidence in part["evidence"])
        assert all(set(channel) == CHANNEL for channel in item["channels"])
        assert [channel["rank"] for channel in item["channels"]] == list(range(1, len(item["channels"]) + 1))
        assert item["adoption_stage"] is None or set(item["adoption_stage"]) == {"stage", "probability"}
        assert all(set(conflict) == {"topic", "between", "what", "evidence"} for conflict in item["conflicts"])
        assert all(set(flag) == {"kind", "note_id"} for flag in item["open_flags"])
    assert any(item["conflicts"] for item in found)
    assert any(item["open_flags"] for item in found)


def test_every_quotation_is_what_the_note_or_answer_says_there(hcplens: Hcplens, sample: dict[str, Path]) -> None:
    texts = {name: note["text"] for name, note in notes_of(sample["notes"]).items()}
    with sample["surveys"].open(encoding="utf-8", newline="") as file:
        texts |= {row["response_id"]: row["answer"] for row in csv.DictReader(file)}
    masked = {
        (row["source_id"], row["start"])
        for row in Run.open(sample["run"]).table("insights").to_pylist()
        if row["masked"]
    }
    quoted = 0
    for item in hcplens("inspect", sample["run"], "--format", "json").json:
        for evidence in (e for entry in item["barriers"] + item["drivers"] for e in entry["evidence"]):
            if evidence["start"] is not None and (evidence["id"], evidence["start"]) not in masked:
                quoted += 1
                assert texts[evidence["id"]][evidence["start"] : evidence["end"]] == evidence["text"]
    assert quoted > 100


def test_inspect_picks_by_physician_brand_and_topic(hcplens: Hcplens, sample: dict[str, Path]) -> None:
    whole = hcplens("inspect", sample["run"], "--format", "json").json
    one = next(item for item in whole if item["barriers"])
    hcp, brand, topic = one["hcp_id"], one["brand"], one["barriers"][0]["topic"]
    [same] = hcplens("inspect", sample["run"], "--hcp", hcp, "--brand", brand, "--format", "json").json
    assert same == one
    for item in hcplens("inspect", sample["run"], "--topic", topic, "--format", "json").json:
        assert {entry["topic"] for entry in item["barriers"] + item["drivers"]} <= {topic}


def test_segments_count_the_open_barriers_of_the_run(hcplens: Hcplens, sample: dict[str, Path]) -> None:
    rows = hcplens("segments", sample["run"], "--by", "country", "--format", "json").json
    opened: Counter[tuple[str, str, str]] = Counter()
    for item in hcplens("inspect", sample["run"], "--format", "json").json:
        for polarity in ("barrier", "driver"):
            for entry in item[f"{polarity}s"]:
                if entry["state"] != "resolved" and entry["probability"] >= 0.5 and item["brand"]:
                    opened[item["brand"], polarity, entry["topic"]] += 1
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        counted[row["brand"], row["polarity"], row["topic"]] += row["open"]
    assert counted == opened
    assert {row["group"] for row in rows} == {"US", "GB", "DE"}


def test_segments_are_shown_as_a_page_and_name_what_there_is(hcplens: Hcplens, sample: dict[str, Path]) -> None:
    page = hcplens("segments", sample["run"], "--by", "stage", "--brand", "Zelvanta").out
    assert "Zelvanta · stage trial" in page
    wrong = hcplens("segments", sample["run"], "--by", "mood")
    assert wrong.code == 2
    assert "segment, specialty, country" in wrong.err


def test_a_survey_map_says_what_answers_mean(hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path) -> None:
    mine = tmp_path / "map.yaml"
    mine.write_text(
        "name: mine\nquestions: [{asks: payer paperwork, topic: workload, agree: barrier current}]\n", encoding="utf-8"
    )
    arguments = ("--notes", sample["notes"], "--surveys", sample["surveys"], "-o", tmp_path / "run", "--quiet")
    assert hcplens("run", *arguments, "--survey-map", mine).code == 0
    rows = Run.open(tmp_path / "run").table("insights").to_pylist()
    asked = [row for row in rows if "payer paperwork" in (row["evidence"] or "")]
    assert asked
    assert {(row["topic"], row["status"]) for row in asked} == {("workload", "current")}
    mine.write_text("name: mine\nquestions: [{asks: paperwork, topic: forms, agree: barrier current}]\n")
    wrong = hcplens("run", *arguments, "--survey-map", mine)
    assert wrong.code == 2
    assert "topic 'forms' is not in the taxonomy" in wrong.err


def test_channel_rules_say_what_counts_and_stand_in_the_manifest(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    mine = tmp_path / "rules.yaml"
    mine.write_text("name: mine\nchannels: {email: {kind: silent}}\n", encoding="utf-8")
    arguments = ("--notes", sample["notes"], "--events", sample["events"], "-o", tmp_path / "run", "--quiet")
    assert hcplens("run", *arguments, "--channel-rules", mine).code == 0
    run = Run.open(tmp_path / "run")
    counted = {row["channel"] for row in run.table("channels").to_pylist() if row["exposures"]}
    assert "email" not in counted
    assert counted
    assert run.manifest.configuration["channel_rules"] == "mine"
    assert len(str(run.manifest.configuration["channel_rules_sha256"])) == 64
    mine.write_text("name: mine\nchannels: {email: {kind: message, exposure: [sendt]}}\n", encoding="utf-8")
    wrong = hcplens("run", *arguments, "--channel-rules", mine)
    assert wrong.code == 2
    assert "rules.yaml is not a table of channel rules: channels.email.exposure.0" in wrong.err.replace("\n", "")


def test_inspect_shows_a_page_and_csv_and_writes_files(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    page = hcplens("inspect", sample["run"], "--hcp", "T001").out
    assert "T001" in page
    assert "Channels" in page
    table = hcplens("inspect", sample["run"], "--hcp", "T001", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["hcp_id"] for row in rows} == {"T001"}
    assert {"barrier", "channel"} <= {row["section"] for row in rows}
    for shape, shown in (("json", None), ("csv", table), ("table", None)):
        target = tmp_path / "deep" / f"out.{shape}"
        written = hcplens("inspect", sample["run"], "--hcp", "T001", "--format", shape, "-o", target)
        assert written == (0, "", "")
        content = target.read_bytes().decode()
        assert content == shown if shown else "T001" in content
    assert [path.name for path in (tmp_path / "deep").glob(".*")] == []


def test_nothing_after_the_day_of_looking_is_used(hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path) -> None:
    files = ("--notes", sample["notes"], "--surveys", sample["surveys"], "--events", sample["events"])
    outcome = hcplens("run", *files, "--as-of", "2026-04-30", "-o", tmp_path / "april")
    assert outcome.code == 0
    assert "dated after 2026-04-30 not used" in outcome.err
    found = hcplens("inspect", tmp_path / "april", "--format", "json").json
    assert {item["as_of"] for item in found} == {"2026-04-30"}
    days = [entry["last_seen"] for item in found for entry in item["barriers"] + item["drivers"]]
    assert days
    assert max(days) <= "2026-04-30"


def test_a_users_own_columns_and_values_are_read_by_a_map(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    rows = list(notes_of(sample["notes"]).values())[:12]
    names = {"note_id": "Call Id", "hcp_id": "Account", "date": "Call Date", "text": "Comments", "channel": "Type"}
    mine = [{names.get(name, name): value for name, value in row.items()} for row in rows]
    for row in mine:
        row["Type"] = {"face_to_face": "In person"}.get(row["Type"], row["Type"])
    with (tmp_path / "calls.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(mine[0]))
        writer.writeheader()
        writer.writerows(mine)
    columns = "".join(f"      {name}: {source}\n" for name, source in names.items())
    values = "    values: {channel: {In person: face_to_face}}\n"
    (tmp_path / "crm.yaml").write_text(f"name: my-crm\ntables:\n  notes:\n    columns:\n{columns}{values}")
    write_lines(tmp_path / "calls.jsonl", rows)
    mapped = ("run", "--notes", tmp_path / "calls.csv", "--source", tmp_path / "crm.yaml", "-o", tmp_path / "mapped")
    assert hcplens(*mapped).code == 0
    assert hcplens("run", "--notes", tmp_path / "calls.jsonl", "-o", tmp_path / "plain").code == 0
    one, other = Run.open(tmp_path / "mapped"), Run.open(tmp_path / "plain")
    for table in ("raw_notes", "insights", "profiles", "flags"):
        assert one.table(table).equals(other.table(table)), table


# match


def test_match_answers_in_the_documented_shape_with_the_words_of_the_catalogue(
    hcplens: Hcplens, sample: dict[str, Path]
) -> None:
    lines = sample["modules"].read_text(encoding="utf-8").splitlines()
    catalogue = {module["module_id"]: module for module in map(json.loads, lines)}
    answers = hcplens("match", sample["run"], "--modules", sample["modules"], "-k", "3", "--format", "json").json
    assert any(answer["modules"] for answer in answers)
    assert any(answer["suppressed"] for answer in answers)
    assert any(answer["refused"] for answer in answers)
    for answer in answers:
        assert list(answer) == ["hcp_id", "brand", "as_of", "channel", "suppressed", "modules", "refused", "blocked"]
        assert len(answer["modules"]) <= 3
        assert not (answer["suppressed"] and answer["modules"])
        assert all(set(refusal) == {"topic", "matched", "reasons"} for refusal in answer["refused"])
        for module in answer["modules"]:
            known = catalogue[module["module_id"]]
            assert set(module) == MODULE
            assert (module["title"], module["text"]) == (known["title"], known["text"])
            assert set(module["approval"]) == {"id", "status", "approved_at", "expires_at"}
            assert module["approval"]["status"] == "approved"
            assert module["approval"]["approved_at"] <= answer["as_of"] <= module["approval"]["expires_at"]
            assert {asset["asset_id"] for asset in module["assets"]} >= set(known["must_use"])
            for need in module["addresses"]:
                assert set(need) == {"topic", "polarity", "weight", "evidence"}
                assert all(set(evidence) == EVIDENCE for evidence in need["evidence"])


def test_match_uses_the_catalogue_kept_with_the_run(hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path) -> None:
    kept = hcplens("match", sample["run"], "--format", "json")
    named = hcplens("match", sample["run"], "--modules", sample["modules"], "--format", "json")
    assert kept.code == 0
    assert kept.out == named.out
    assert hcplens("run", "--notes", sample["notes"], "-o", tmp_path / "bare").code == 0
    without = hcplens("match", tmp_path / "bare")
    assert without.code == 2
    assert "name the catalogue with --modules" in without.err


def test_match_answers_for_a_channel_and_a_day_in_every_format(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    question = ("match", sample["run"], "--channel", "email", "--as-of", "2026-09-30", "-q")
    answers = hcplens(*question, "--format", "json").json
    assert {answer["as_of"] for answer in answers} == {"2026-09-30"}
    assert {module["channel"] for answer in answers for module in answer["modules"]} == {"email"}
    shown = [(a["hcp_id"], module["module_id"]) for a in answers for module in a["modules"]]
    rows = list(csv.DictReader(io.StringIO(hcplens(*question, "--format", "csv").out)))
    assert [(row["hcp_id"], row["module_id"]) for row in rows if row["module_id"]] == shown
    page = hcplens(*question).out
    assert all(module in page for _, module in shown)
    assert hcplens(*question, "--format", "json", "-o", tmp_path / "out.json") == (0, "", "")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == answers


def test_nothing_is_promoted_while_an_adverse_event_is_open(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    harm = "One patient was hospitalised with anaphylaxis after the second dose."
    row = {"note_id": "N1", "hcp_id": "T018", "date": "2026-09-01", "brand": "Lunorexa", "text": harm}
    notes = write_lines(tmp_path / "notes.jsonl", [row])
    closed = tmp_path / "closed.csv"
    closed.write_text("note_id,kind,disposition,decided_at\nN1,adverse_event,closed,2026-09-02\n")
    common = ("run", "--notes", notes, "--hcps", sample["hcps"], "--modules", sample["modules"], "-o", tmp_path / "run")
    assert hcplens(*common).code == 0
    question = ("match", tmp_path / "run", "--as-of", "2026-09-30", "--format", "json")
    [held] = hcplens(*question).json
    assert "adverse event in N1 is still open" in held["suppressed"]
    assert held["modules"] == []
    assert hcplens(*common, "--dispositions", closed).code == 0
    [free] = hcplens(*question).json
    assert free["suppressed"] is None
    [item] = hcplens("inspect", tmp_path / "run", "--format", "json").json
    assert item["open_flags"] == []


@pytest.mark.parametrize(
    "selection", [["--hcp", "Nobody"], ["--hcp", "Nobody", "--brand", "Zelvanta"], ["--channel", "fax"]]
)
def test_matching_what_the_run_does_not_know_is_bad_input(
    hcplens: Hcplens, sample: dict[str, Path], selection: list[str]
) -> None:
    outcome = hcplens("match", sample["run"], *selection)
    assert outcome.code == 2
    assert selection[1] in outcome.err


# train


TAXONOMY = """
name: access
version: 1.0.0
topics:
  - id: parking
    name: Parking
    scientific: false
    description: Where patients park.
    examples:
      driver: [The new garage makes visits easy, Parking is free now]
      barrier: [Patients find nowhere to park, The car park is always full]
  - id: opening_hours
    name: Opening hours
    scientific: false
    description: When the clinic is open.
    examples:
      driver: [Evening hours suit everyone, Open on Saturdays now]
      barrier: [Closed when people are free, The clinic shuts at three]
"""


def test_a_users_taxonomy_is_trained_and_used(hcplens: Hcplens, tiny_encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "taxonomy.yaml").write_text(TAXONOMY, encoding="utf-8")
    said = [
        ("parking", "barrier", "Patients find nowhere to park"),
        ("parking", "barrier", "The car park is always full"),
        ("parking", "driver", "Parking is free now"),
        ("opening_hours", "barrier", "The clinic shuts at three"),
        ("opening_hours", "barrier", "Closed when people are free"),
        ("opening_hours", "driver", "Open on Saturdays now"),
    ]
    gold = [
        {
            "note_id": f"N{i}",
            "hcp_id": f"H{i % 5}",
            "text": f"Short visit. {words}. Left a leaflet.",
            "insights": [
                {"topic": topic, "polarity": polarity, "status": "current", "holder": "hcp", "evidence": words}
            ],
        }
        for i, (topic, polarity, words) in enumerate(said * 6)
    ]
    write_lines(tmp_path / "gold.jsonl", gold)
    learn = ("train", tmp_path / "gold.jsonl", "--taxonomy", tmp_path / "taxonomy.yaml")
    outcome = hcplens(*learn, "-o", tmp_path / "model")
    assert outcome.code == 0, outcome.err
    assert "2 topics from 36 notes of 5 physicians" in outcome.err
    for name in ("one", "again"):
        assert hcplens(*learn, "--encoder", tiny_encoder, "-o", tmp_path / name).code == 0
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("one", "again")]
    assert weights[0] == weights[1]
    base = {"hcp_id": "H9", "date": "2026-03-14", "brand": "Dermiqo"}
    notes = write_lines(
        tmp_path / "notes.jsonl", [{**base, "note_id": "A", "text": "Long chat. Patients find nowhere to park."}]
    )
    use = ("--model", tmp_path / "model")
    assert hcplens("annotate", notes, *use, "-o", tmp_path / "out.jsonl").code == 0
    [insight] = notes_of(tmp_path / "out.jsonl")["A"]["insights"]
    assert (insight["topic"], insight["polarity"]) == ("parking", "barrier")
    assert insight["evidence"] in "Patients find nowhere to park"
    assert hcplens("run", "--notes", notes, *use, "-o", tmp_path / "run").code == 0
    [item] = hcplens("inspect", tmp_path / "run", "--topic", "parking", "--format", "json").json
    assert [barrier["topic"] for barrier in item["barriers"]] == ["parking"]


def test_a_users_own_labels_are_trained_and_answered_with_the_words_that_show_them(
    hcplens: Hcplens, tmp_path: Path
) -> None:
    said = {"praise": "The nurses were kind and helpful", "delay": "We waited for hours in the corridor"}
    lines = [
        {"id": i, "text": f"Ward {i % 5}. {words}.", "labels": [label], "group": f"G{i % 6}"}
        for i, (label, words) in enumerate(list(said.items()) * 9)
    ]
    write_lines(tmp_path / "texts.jsonl", lines)
    outcome = hcplens("train", tmp_path / "texts.jsonl", "-o", tmp_path / "model")
    assert outcome.code == 0, outcome.err
    assert "2 labels from 18 texts" in outcome.err
    asked = [{"id": "A", "text": f"Room nine. {said['delay']}."}, {"id": "B", "text": ""}]
    write_lines(tmp_path / "asked.jsonl", asked)
    arguments = ("annotate", tmp_path / "asked.jsonl", "--model", tmp_path / "model")
    assert hcplens(*arguments, "-o", tmp_path / "out.jsonl").code == 0
    one, empty = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    [label] = one["labels"]
    assert set(label) == {"label", "probability", "start", "end", "evidence"}
    assert (one["id"], label["label"], label["evidence"]) == ("A", "delay", said["delay"])
    assert asked[0]["text"][label["start"] : label["end"]] == label["evidence"]
    assert empty == {"id": "B", "labels": []}
    refused = hcplens(*arguments, "--source", tmp_path / "map.yaml", "-o", tmp_path / "out.jsonl")
    assert refused.code == 2
    assert "--hcps, --source, --taxonomy and --llm are for call notes" in refused.err


def test_training_does_not_replace_a_folder_that_is_no_model(hcplens: Hcplens, tmp_path: Path) -> None:
    write_lines(tmp_path / "texts.jsonl", [{"id": "A", "text": "kind nurses", "labels": ["praise"]}])
    outcome = hcplens("train", tmp_path / "texts.jsonl", "-o", tmp_path)
    assert outcome.code == 2
    assert "hcplens did not make it" in outcome.err


def test_training_on_neither_shape_names_the_line(hcplens: Hcplens, tmp_path: Path) -> None:
    write_lines(tmp_path / "texts.jsonl", [{"text": "kind nurses"}])
    outcome = hcplens("train", tmp_path / "texts.jsonl", "-o", tmp_path / "model")
    assert outcome.code == 2
    assert "texts.jsonl line 1 is neither a labelled note" in outcome.err


# themes


def test_themes_are_a_page_json_or_csv_and_a_taxonomy_to_run_with(
    hcplens: Hcplens, sample: dict[str, Path], tmp_path: Path
) -> None:
    small = ("--min-clauses", "2", "--min-physicians", "2", "--quiet")
    found = hcplens("themes", sample["run"], *small, "--format", "json", "--propose", tmp_path / "topics.yaml").json
    assert found
    rows = list(csv.DictReader(io.StringIO(hcplens("themes", sample["run"], *small, "--format", "csv").out)))
    assert [row["id"] for row in rows] == [theme["id"] for theme in found]
    assert found[0]["name"] in hcplens("themes", sample["run"], *small).out
    proposed = Taxonomy.load(tmp_path / "topics.yaml").ids
    assert proposed == (*Taxonomy.default().ids, *(theme["id"] for theme in found))
    annotations = tmp_path / "out.jsonl"
    assert hcplens("annotate", sample["notes"], "--taxonomy", tmp_path / "topics.yaml", "-o", annotations).code == 0


def test_themes_of_an_unknown_brand_are_bad_input(hcplens: Hcplens, sample: dict[str, Path]) -> None:
    outcome = hcplens("themes", sample["run"], "--brand", "Nope")
    assert outcome.code == 2
    assert "knows no brand 'Nope'" in outcome.err
