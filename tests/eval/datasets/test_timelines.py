from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from hcplens import InputError
from hcplens.eval.datasets import Timelines, read_timelines, stripped_modules, stripped_tables
from hcplens.inference.demo import sample_folder
from hcplens.inference.records.catalogue import load_catalogue

SHIPPED = Path(__file__).parents[3] / "eval" / "gold" / "timelines"


@pytest.fixture(scope="module")
def shipped() -> Timelines:
    return read_timelines(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped timelines, to be damaged."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "timelines"))


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def test_the_shipped_timelines_are_read_whole(shipped: Timelines) -> None:
    assert len(shipped.tables) == 7
    assert (len(shipped.notes), len(shipped.profiles), len(shipped.channel_probabilities)) == (168, 38, 240)
    assert (len(shipped.survey_statements), len(shipped.addresses)) == (52, 72)
    assert {profile.as_of.isoformat() for profile in shipped.profiles} == {"2026-09-30"}
    assert shipped.addresses["ZEL-M01"] <= {(t, p) for t in ("efficacy", "evidence") for p in ("driver", "barrier")}


def test_every_file_is_named_with_its_digest(shipped: Timelines) -> None:
    assert set(shipped.digests) == {path.name for path in SHIPPED.iterdir()}
    content = (SHIPPED / "modules.jsonl").read_bytes()
    assert shipped.digests["modules.jsonl"] == hashlib.sha256(content).hexdigest()


def test_the_inputs_are_those_of_the_sample(shipped: Timelines, tmp_path: Path) -> None:
    stripped = stripped_tables(shipped, tmp_path)
    modules = stripped_modules(shipped, tmp_path)
    assert modules is not None
    with sample_folder() as sample:
        for name, path in stripped.items():
            other = sample / path.name
            if path.suffix == ".jsonl":
                assert lines_of(path) == lines_of(other), name
            else:
                assert path.read_bytes() == other.read_bytes(), name
        assert load_catalogue(modules).modules == load_catalogue(sample / "modules.jsonl").modules


def test_no_gold_is_in_what_a_system_may_read(shipped: Timelines, tmp_path: Path) -> None:
    stripped = stripped_tables(shipped, tmp_path)
    modules = stripped_modules(shipped, tmp_path)
    assert modules is not None
    labels = {"insights", "channel_preferences", "flags", "phi"}
    assert all(labels.isdisjoint(record) for record in lines_of(stripped["notes"]))
    assert all("addresses" not in record for record in lines_of(modules))
    read = {path.name for path in (*stripped.values(), modules)}
    assert read.isdisjoint({"gold_profiles.jsonl", "gold_channel_probabilities.csv", "survey_topics.csv"})


def test_files_without_gold_are_read_where_they_lie(folder: Path, tmp_path: Path) -> None:
    bare = [{k: v for k, v in m.items() if k != "addresses"} for m in lines_of(folder / "modules.jsonl")]
    write_lines(folder / "modules.jsonl", bare)
    timelines = read_timelines(folder)
    assert timelines.addresses == {}
    assert stripped_modules(timelines, tmp_path) == folder / "modules.jsonl"
    assert stripped_tables(timelines, tmp_path)["surveys"] == folder / "surveys.csv"


def test_gold_that_is_not_there_is_empty(folder: Path) -> None:
    for name in ("gold_profiles.jsonl", "gold_channel_probabilities.csv", "survey_topics.csv", "modules.jsonl"):
        (folder / name).unlink()
    timelines = read_timelines(folder)
    assert timelines.profiles == ()
    assert timelines.survey_statements == ()
    assert (timelines.channel_probabilities, timelines.addresses, timelines.modules) == ({}, {}, None)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds none of the tables notes, surveys"):
        read_timelines(tmp_path)


def test_a_table_in_two_files_is_refused(folder: Path) -> None:
    shutil.copy(folder / "hcps.csv", folder / "hcps.jsonl")
    with pytest.raises(InputError, match=r"hcps\.jsonl and hcps\.csv: keep one"):
        read_timelines(folder)


def test_an_unknown_field_of_a_profile_is_named(folder: Path) -> None:
    profiles = lines_of(folder / "gold_profiles.jsonl")
    write_lines(folder / "gold_profiles.jsonl", [profiles[0], profiles[1] | {"bariers": []}])
    with pytest.raises(InputError, match=r"gold_profiles\.jsonl line 2: bariers: Extra inputs"):
        read_timelines(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "T001 and Zelvanta have a profile already"),
        ({"brand": "Other", "as_of": "2026-08-31"}, "as_of: 2026-08-31 differs"),
        (
            {"brand": "Other", "best_modules": [{"module_id": "M0", "grade": 3}]},
            "best_modules: 'M0' is in no",
        ),
        ({"brand": "Other", "best_modules": [{"module_id": "ZEL-M01", "grade": 0}]}, "best_modules.0.grade: Input"),
        ({"brand": "Other", "adoption_stage": "fan"}, "adoption_stage: Input should be 'unaware'"),
        ({"brand": "Other", "preferred_channels": ["fax"]}, "preferred_channels.0: Value error, 'fax' is none of"),
    ],
)
def test_a_damaged_profile_is_named(folder: Path, change: dict[str, Any], message: str) -> None:
    first = lines_of(folder / "gold_profiles.jsonl")[0]
    write_lines(folder / "gold_profiles.jsonl", [first, first | change])
    with pytest.raises(InputError, match=rf"gold_profiles\.jsonl line 2: {message}"):
        read_timelines(folder)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("T001,email,0.4", "T001 has a probability of email already"),
        ("T001,fax,0.4", "channel: Value error, 'fax' is none of"),
        ("T099,email,1.4", "p_engage: Input should be less than or equal to 1"),
        ("T099,email", "p_engage: Input should be a valid number"),
        ("T099,email,0.4,more", "more columns than the header: Extra inputs"),
    ],
)
def test_a_damaged_probability_is_named(folder: Path, row: str, message: str) -> None:
    path = folder / "gold_channel_probabilities.csv"
    path.write_text(f"hcp_id,channel,p_engage\nT001,email,0.45\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"gold_channel_probabilities\.csv line 3: {message}"):
        read_timelines(folder)


def test_a_survey_topic_without_a_status_is_named(folder: Path) -> None:
    (folder / "survey_topics.csv").write_text("response_id,topic,polarity\nS001,coverage,barrier\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"survey_topics\.csv line 2: status: Field required"):
        read_timelines(folder)


def test_gold_of_a_physician_who_is_in_no_table_is_refused(folder: Path) -> None:
    first = lines_of(folder / "gold_profiles.jsonl")[0]
    write_lines(folder / "gold_profiles.jsonl", [first, first | {"hcp_id": "T999"}])
    with pytest.raises(InputError, match=r"gold_profiles\.jsonl line 2: hcp_id: 'T999' is in no table beside it"):
        read_timelines(folder)


def test_a_hidden_probability_of_a_physician_who_is_in_no_table_is_refused(folder: Path) -> None:
    path = folder / "gold_channel_probabilities.csv"
    path.write_text("hcp_id,channel,p_engage\nT001,email,0.45\nT999,email,0.4\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"gold_channel_probabilities\.csv line 3: hcp_id: 'T999' is in no table"):
        read_timelines(folder)


def test_gold_of_an_answer_that_nobody_gave_is_refused(folder: Path) -> None:
    rows = "response_id,topic,polarity,status\nS001,coverage,barrier,current\nS999,coverage,barrier,current\n"
    (folder / "survey_topics.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(InputError, match=r"survey_topics\.csv line 3: response_id: 'S999' is in no table beside it"):
        read_timelines(folder)


def test_a_physician_of_whom_only_notes_are_known_may_have_gold(folder: Path) -> None:
    for table in ("hcps", "surveys", "content_events", "consents", "labels", "dispositions"):
        (folder / f"{table}.csv").unlink()
    for gold in ("survey_topics", "gold_channel_probabilities"):
        (folder / f"{gold}.csv").unlink()
    assert len(read_timelines(folder).profiles) == 38
