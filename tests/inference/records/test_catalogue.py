import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from hcplens.errors import InputError
from hcplens.inference.records.catalogue import load_catalogue

MODULE: dict[str, Any] = {
    "module_id": "M1",
    "brand": "Zelvanta",
    "title": "Once daily",
    "text": "One tablet,\n  no titration.",
    "status": "approved",
}


def write(path: Path, *modules: dict[str, Any] | str) -> Path:
    lines = [module if isinstance(module, str) else json.dumps(module) for module in modules]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_wording_is_kept_and_what_is_left_out_or_empty_is_unknown(tmp_path: Path) -> None:
    module = {**MODULE, "approved_at": "", "expires_at": "2027-01-31T23:59:59Z", "countries": None, "approval_id": " "}
    (loaded,) = load_catalogue(write(tmp_path / "modules.jsonl", module)).modules
    assert loaded.text == "One tablet,\n  no titration."
    assert (loaded.approved_at, loaded.expires_at) == (None, date(2027, 1, 31))
    assert (loaded.countries, loaded.channels, loaded.claims, loaded.language) == ((), (), (), None)
    assert loaded.approval_id is None


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"title": 5}, "title", "5"),
        ({"title": " "}, "title", " "),
        ({"countries": "US"}, "countries", "US"),
        ({"expires_at": "soon"}, "expires_at", "soon"),
        ({"expires_at": 1_800_000_000}, "expires_at", "1800000000"),
        ({"claims": [{"claim_id": "C1", "text": "Once daily"}]}, "claims.0.status", None),
    ],
)
def test_a_wrong_value_rejects_the_module_and_says_where(
    tmp_path: Path, change: dict[str, Any], field: str, value: str | None
) -> None:
    path = write(tmp_path / "modules.jsonl", {**MODULE, "module_id": "M0"}, "", {**MODULE, **change})
    catalogue = load_catalogue(path)
    (reject,) = catalogue.rejects
    assert [module.module_id for module in catalogue.modules] == ["M0"]
    assert (reject.file, reject.row, reject.field, reject.value) == (str(path), 3, field, value)
    assert reject.reason


@pytest.mark.parametrize("field", ["module_id", "brand", "title", "text", "status"])
def test_a_missing_required_field_rejects_the_module(tmp_path: Path, field: str) -> None:
    partial = {key: value for key, value in MODULE.items() if key != field}
    catalogue = load_catalogue(write(tmp_path / "modules.jsonl", {**MODULE, "module_id": "M0"}, partial))
    assert [(reject.row, reject.field, reject.value) for reject in catalogue.rejects] == [(2, field, None)]


@pytest.mark.parametrize(("line", "record"), [("{broken", '"{broken"'), ("[]", "[]"), ("7", "7")])
def test_a_line_that_is_no_object_is_rejected_whole(tmp_path: Path, line: str, record: str) -> None:
    (reject,) = load_catalogue(write(tmp_path / "modules.jsonl", MODULE, line)).rejects
    assert (reject.row, reject.field, reject.value, reject.record) == (2, None, line, record)


def test_fields_that_nobody_reads_give_one_notice_and_no_reject(tmp_path: Path) -> None:
    modules = [{**MODULE, "module_id": f"M{n}", "colour": "red"} for n in range(3)]
    catalogue = load_catalogue(write(tmp_path / "modules.jsonl", *modules))
    assert catalogue.rejects == ()
    (notice,) = catalogue.notices
    assert "colour (3)" in notice


def test_identical_repeats_collapse_with_a_notice(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path / "modules.jsonl", MODULE, MODULE, MODULE))
    assert len(catalogue.modules) == 1
    assert catalogue.rejects == ()
    assert "2 identical repeats" in catalogue.notices[0]


def test_one_id_with_two_contents_is_trusted_in_neither(tmp_path: Path) -> None:
    path = write(tmp_path / "modules.jsonl", MODULE, {**MODULE, "module_id": "M0"}, {**MODULE, "status": "withdrawn"})
    catalogue = load_catalogue(path)
    assert [module.module_id for module in catalogue.modules] == ["M0"]
    assert [(reject.row, reject.value) for reject in catalogue.rejects] == [(1, "M1"), (3, "M1")]
    assert f"{path}:3" in catalogue.rejects[0].reason


@pytest.mark.parametrize("change", [{"text": None}, {"text": None, "module_id": " M1 "}, {"expires_at": "soon"}])
def test_a_module_that_another_line_contradicts_is_not_trusted_though_that_line_has_a_fault(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    other = {**MODULE, "status": "withdrawn", **change}
    path = write(tmp_path / "modules.jsonl", MODULE, {**MODULE, "module_id": "M0"}, other)
    catalogue = load_catalogue(path)
    assert [module.module_id for module in catalogue.modules] == ["M0"]
    first, second = catalogue.rejects
    assert (first.row, first.field, f"another content among {path}:3" in first.reason) == (1, "module_id", True)
    assert (second.row, second.field) == (3, next(iter(change)))


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ('{"status": "withdrawn", ' + json.dumps(MODULE)[1:], "status", '["withdrawn", "approved"]'),
        (
            json.dumps({**MODULE, "claims": [{"claim_id": "C1", "text": "Daily", "status": "approved"}]}).replace(
                '"claim_id"', '"status": "draft", "claim_id"'
            ),
            "status",
            '["draft", "approved"]',
        ),
    ],
)
def test_a_line_that_names_a_field_twice_is_refused_and_so_is_its_id(
    tmp_path: Path, line: str, field: str, value: str
) -> None:
    path = write(tmp_path / "modules.jsonl", {**MODULE, "module_id": "M0"}, line, MODULE)
    catalogue = load_catalogue(path)
    assert [module.module_id for module in catalogue.modules] == ["M0"]
    twice, contested = catalogue.rejects
    assert (twice.row, twice.field, twice.value) == (2, field, value)
    assert "more than once" in twice.reason
    assert (contested.row, contested.field) == (3, "module_id")


def test_compressed_files_and_folders_read_alike_and_have_one_digest(tmp_path: Path) -> None:
    first, second = MODULE, {**MODULE, "module_id": "M2"}
    plain = load_catalogue(write(tmp_path / "modules.jsonl", second, first))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(first).encode()))
    with pa.output_stream(str(folder / "b.jsonl.zst"), compression="zstd") as stream:
        stream.write(b"\xef\xbb\xbf" + json.dumps(second).encode())
    (folder / "README.md").write_text("not modules", encoding="utf-8")
    spread = load_catalogue(folder)
    assert [module.module_id for module in spread.modules] == ["M1", "M2"]
    assert spread.digest == plain.digest
    assert load_catalogue(write(tmp_path / "one.jsonl", first)).digest != plain.digest


def test_a_missing_file_an_empty_one_and_a_folder_without_catalogues_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl"):
        load_catalogue(tmp_path / "nowhere.jsonl")
    with pytest.raises(InputError, match="it is empty"):
        load_catalogue(write(tmp_path / "modules.jsonl"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match=r"no \.jsonl"):
        load_catalogue(empty)


def test_a_catalogue_of_rejects_only_is_an_input_error_that_names_the_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 1 \(M1\), title"):
        load_catalogue(write(tmp_path / "modules.jsonl", {**MODULE, "title": 5}))


def test_a_damaged_compressed_file_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "modules.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(MODULE).encode())[:-12])
    with pytest.raises(InputError, match=r"modules\.jsonl\.gz"):
        load_catalogue(path)
