from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.eval.report import named_result, read_results, result_folders
from hcplens.eval.results import Result, write_result

MakeResult = Callable[..., Result]


def test_results_are_read_newest_first_whatever_their_time_zone(make_result: MakeResult, tmp_path: Path) -> None:
    times = {"a": "2026-03-02T10:00:00+00:00", "b": "2026-03-02T11:30:00+02:00", "c": "2026-03-02T10:01:00"}
    for name, created_at in times.items():
        write_result(make_result(created_at), tmp_path / name)
    found = read_results(result_folders([tmp_path]))
    assert [named.name for named in found] == ["c", "a", "b"]
    assert f"{found[2].measured_at:%H:%M}" == "09:30"


def test_a_folder_of_results_and_a_result_in_it_are_each_result_once(make_result: MakeResult, tmp_path: Path) -> None:
    write_result(make_result(), tmp_path / "a")
    write_result(make_result(), tmp_path / "b")
    (tmp_path / "notes.txt").write_text("not a result")
    assert [path.name for path in result_folders([tmp_path / "b", tmp_path])] == ["b", "a"]


def test_what_a_killed_run_left_is_no_result(make_result: MakeResult, tmp_path: Path) -> None:
    write_result(make_result(), tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / ".a.partial")
    with pytest.raises(InputError, match=r"hold no result\.json"):
        result_folders([tmp_path])


def test_a_missing_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing is no folder"):
        result_folders([tmp_path / "missing"])
    with pytest.raises(InputError, match=r"hold no result\.json"):
        result_folders([tmp_path])


@pytest.mark.parametrize("created_at", ["yesterday", "0001-01-01T00:00+05:00"])
def test_a_time_that_is_none_is_refused_with_the_results_name(created_at: str, make_result: MakeResult) -> None:
    with pytest.raises(InputError, match=f"'mine': created_at '{re.escape(created_at)}' is no ISO time"):
        named_result("mine", make_result(created_at))
