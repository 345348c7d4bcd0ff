from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hcplens.errors import HcplensError, InputError
from hcplens.inference.runs import published_file, published_folder

MARKER = "model.json"


def publish(target: Path, content: str) -> None:
    with published_folder(target, marker=MARKER) as folder:
        mark(folder, content)


def mark(folder: Path, text: str) -> None:
    (folder / MARKER).write_text(json.dumps({"hcplens": text}))


def content(target: Path) -> str:
    return str(json.loads((target / MARKER).read_text())["hcplens"])


def fail_in_the_middle(path: Path) -> None:
    with path.open("w") as file:
        file.write("half")
        file.write(None)  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_when_the_block_ends_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "run"
    with published_folder(target, marker=MARKER) as folder:
        mark(folder, "one")
        assert not target.exists()
    assert content(target) == "one"
    assert names(target.parent) == ["run"]


def test_a_published_folder_is_exchanged_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with published_folder(target, marker=MARKER) as folder:
        mark(folder, "one")
        (folder / "only-in-the-first").touch()
    reader = os.open(target, os.O_RDONLY)
    with published_folder(target, marker=MARKER) as folder:
        mark(folder, "two")
        assert content(target) == "one"
    assert names(target) == [MARKER]
    assert content(target) == "two"
    assert os.fstat(reader).st_ino != target.stat().st_ino
    os.close(reader)


def test_an_error_in_the_block_leaves_what_was_there(tmp_path: Path) -> None:
    publish(tmp_path / "run", "one")
    with pytest.raises(TypeError), published_folder(tmp_path / "run", marker=MARKER) as folder:
        fail_in_the_middle(folder / MARKER)
    assert content(tmp_path / "run") == "one"
    assert names(tmp_path) == ["run"]


def test_a_foreign_folder_or_file_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("words")
    (tmp_path / "file").write_text("words")
    for name in ("thesis", "file"):
        with pytest.raises(InputError, match=f"{name} exists and hcplens did not make it"):
            publish(tmp_path / name, "one")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "words"
    assert (tmp_path / "file").read_text() == "words"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    publish(tmp_path / "run", "one")
    assert content(tmp_path / "run") == "one"


def test_the_current_folder_can_be_published_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    publish(Path("."), "one")
    assert content(tmp_path / "here") == "one"


def test_a_link_leads_to_the_new_folder(tmp_path: Path) -> None:
    publish(tmp_path / "real", "one")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    publish(tmp_path / "link", "two")
    publish(tmp_path / "link", "three")
    assert content(tmp_path / "real") == "three"
    assert names(tmp_path) == ["link", "real"]


def test_a_parent_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot write .*run"):
        publish(tmp_path / "file" / "run", "one")


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    with published_folder(tmp_path / "run", marker=MARKER) as folder:
        mark(folder, "one")
        with pytest.raises(HcplensError, match="another process is writing"):
            publish(tmp_path / "run", "two")
    assert content(tmp_path / "run") == "one"


HANGING = """
import sys, time
from pathlib import Path
from hcplens.inference.runs import published_file, published_folder
target = Path(sys.argv[1])
if sys.argv[2] == "folder":
    with published_folder(target, marker="model.json") as folder:
        (folder / "model.json").write_text("half")
        (folder / "leftover").write_text("half")
        print("writing", flush=True)
        sys.stdin.read()
else:
    with published_file(target) as partial:
        partial.write_text("half of something longer")
        print("writing", flush=True)
        sys.stdin.read()
"""


def hanging(target: Path, kind: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING, str(target), kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_killed_writer_harms_neither_the_last_run_nor_the_next(tmp_path: Path) -> None:
    target = tmp_path / "run"
    publish(target, "one")
    process = hanging(target, "folder")
    try:
        with pytest.raises(HcplensError, match="another process is writing"):
            publish(target, "two")
    finally:
        kill(process)
    assert content(target) == "one"
    assert len(names(tmp_path)) == 2
    publish(target, "three")
    assert content(target) == "three"
    assert names(target) == [MARKER]
    assert names(tmp_path) == ["run"]


def test_a_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out.jsonl"
    with published_file(target) as partial:
        partial.write_text("one")
        assert not target.exists()
    assert target.read_text() == "one"
    with pytest.raises(TypeError), published_file(target) as partial:
        fail_in_the_middle(partial)
    assert target.read_text() == "one"
    assert names(target.parent) == ["out.jsonl"]


def test_a_killed_writer_of_a_file_leaves_the_last_one_and_the_next_clears_up(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("one")
    process = hanging(target, "file")
    try:
        with pytest.raises(HcplensError, match="another process is writing"), published_file(target):
            pass
    finally:
        kill(process)
    assert target.read_text() == "one"
    with published_file(target) as partial, partial.open("a") as file:
        file.write("two")
    assert target.read_text() == "two"
    assert names(tmp_path) == ["out.jsonl"]
