from __future__ import annotations

import stat
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from hcplens.errors import InputError
from hcplens.inference.runs import RAW_TABLES, Manifest, Run, write_run
from hcplens.prompts import Taxonomy

NOTES = pa.table({"note_id": ["N1"], "text": ["Herr Krause \U0001f600\r\nmöchte keine E-Mails"]})
PROFILES = pa.table({"hcp_id": ["H1", "H2"], "probability": [0.25, 0.75]})


def manifest(**fields: object) -> Manifest:
    empty: dict[str, object] = {
        "hcplens": "0",
        "as_of": date(2026, 9, 30),
        "started_at": datetime(2026, 10, 1, tzinfo=UTC),
        "finished_at": datetime(2026, 10, 1, tzinfo=UTC),
        "inputs": (),
        "configuration": {},
        "model": {},
        "taxonomy_digest": Taxonomy.default().digest,
        "counts": {},
        "unread": {},
        "notices": (),
        "files": {},
    }
    return Manifest.model_validate(empty | fields)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    write_run(tmp_path / "run", {"raw_notes": NOTES, "profiles": PROFILES}, Taxonomy.default(), manifest())
    return tmp_path / "run"


def test_a_run_is_read_back_as_it_was_written(run_folder: Path) -> None:
    run = Run.open(run_folder)
    assert run.as_of == date(2026, 9, 30)
    assert run.table("raw_notes").equals(NOTES)
    assert run.table("profiles").equals(PROFILES)
    assert run.taxonomy == Taxonomy.default()
    assert set(run.manifest.files) == {"raw_notes.parquet", "profiles.parquet", "taxonomy.json"}
    assert run.manifest.files["profiles.parquet"].bytes == (run_folder / "profiles.parquet").stat().st_size


def test_a_table_that_was_changed_is_refused(run_folder: Path) -> None:
    path = run_folder / "profiles.parquet"
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"profiles\.parquet is not the file that was published"):
        Run.open(run_folder).table("profiles")
    assert Run.open(run_folder).table("raw_notes").equals(NOTES)


def test_a_table_that_is_missing_is_named(run_folder: Path) -> None:
    (run_folder / "profiles.parquet").unlink()
    with pytest.raises(InputError, match=r"cannot read .*profiles\.parquet"):
        Run.open(run_folder).table("profiles")
    with pytest.raises(InputError, match=r"has no segments\.parquet: it was made by another version"):
        Run.open(run_folder).table("segments")


def test_a_changed_taxonomy_is_refused(run_folder: Path) -> None:
    (run_folder / "taxonomy.json").write_text("{}")
    with pytest.raises(InputError, match=r"taxonomy\.json is not the file"):
        _ = Run.open(run_folder).taxonomy


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe\x00", b"[1]"])
def test_a_damaged_manifest_is_named(run_folder: Path, content: bytes) -> None:
    (run_folder / "manifest.json").write_bytes(content)
    with pytest.raises(InputError, match=r"manifest\.json is damaged"):
        Run.open(run_folder)


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=f"{folder} is not an hcplens run"):
            Run.open(folder)


def test_tables_of_raw_text_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    tables = dict.fromkeys((*RAW_TABLES, "profiles"), PROFILES)
    write_run(tmp_path / "run", tables, Taxonomy.default(), manifest())
    modes = {name: stat.S_IMODE((tmp_path / "run" / f"{name}.parquet").stat().st_mode) for name in tables}
    assert {modes[name] for name in RAW_TABLES} == {0o600}


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np, pyarrow as pa
from hcplens.errors import HcplensError, InputError
from hcplens.inference.runs import Run, write_run
old = Run.open(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
noise = pa.table({"vector": np.random.default_rng(1).random(200_000)})
try:
    write_run(Path(sys.argv[1]), {"profiles": noise}, old.taxonomy, old.manifest)
except InputError as e:
    sys.exit(f"an input error: {e}")
except HcplensError as e:
    print(e)
"""


def test_a_full_disk_is_said_so_and_leaves_the_last_run(run_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(run_folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no room left while writing" in done.stdout
    assert "nothing published was changed" in done.stdout
    assert Run.open(run_folder).table("profiles").equals(PROFILES)
    assert [path.name for path in run_folder.parent.iterdir()] == ["run"]
