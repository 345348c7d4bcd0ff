import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import hcplens.inference.catalogue_check as catalogue_package
from hcplens.inference.catalogue import read_catalogue
from hcplens.inference.catalogue_check import CatalogueCheck, check_catalogue, check_page
from hcplens.inference.matching import EligibilitySettings

AS_OF = date(2026, 9, 30)
MODULE: dict[str, Any] = {
    "module_id": "M1",
    "brand": "Zelvanta",
    "title": "Once daily",
    "text": "Fewer events: 19% (HR 0.81). One tablet a day.",
    "status": "approved",
    "claims": [{"claim_id": "C1", "text": "19% fewer events, HR 0.81", "status": "approved"}],
    "must_use": ["A1"],
    "assets": [{"asset_id": "A1", "status": "approved", "text": "Safety."}],
    "approved_at": "2026-01-01",
    "expires_at": "2026-09-30",
    "countries": ["US", "UK"],
    "language": "pt-BR",
    "channels": ["email", "Face to face"],
    "audiences": ["cardiology"],
}


def checked(folder: Path, *modules: Any, settings: EligibilitySettings | None = None) -> CatalogueCheck:
    path = folder / "modules.jsonl"
    path.write_text("\n".join(json.dumps(module) for module in modules), encoding="utf-8")
    return check_catalogue(read_catalogue(path, need_modules=False), AS_OF, settings)


def found(check: CatalogueCheck) -> list[tuple[str, str]]:
    return [(problem.severity, problem.code) for problem in check.problems]


def test_a_faultless_module_has_no_problem(tmp_path: Path) -> None:
    assert found(checked(tmp_path, MODULE)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "draft"}, [("warning", "status")]),
        ({"expires_at": "2026-09-29"}, [("error", "expired")]),
        ({"expires_at": "2026-09-29", "status": "expired"}, [("warning", "status"), ("warning", "expired")]),
        ({"expires_at": None}, [("error", "no_expiry_date")]),
        ({"approved_at": "2026-10-01", "expires_at": "2027-01-01"}, [("error", "approved_in_future")]),
        (
            {"approved_at": "2026-02-01", "expires_at": "2026-01-01"},
            [("error", "expired"), ("error", "dates_reversed")],
        ),
        ({"claims": []}, [("warning", "no_claims")]),
        ({"claims": [{"claim_id": "C1", "text": "One tablet", "status": "draft"}]}, [("error", "claim")]),
        ({"claims": [{"claim_id": "C1", "text": "24% fewer", "status": "approved"}]}, [("warning", "claim_text")]),
        ({"texts": [{"text_id": "T1", "text": "One  tablet\na day.", "status": "approved"}]}, []),
        (
            {"texts": [{"text_id": "T1", "text": "Two tablets a day.", "status": "approved"}]},
            [("error", "text_differs")],
        ),
        ({"must_use": ["A1", "A7"]}, [("error", "asset_absent")]),
        ({"assets": [{"asset_id": "A1", "status": "expired"}]}, [("error", "asset")]),
        (
            {"assets": [{"asset_id": "A1", "status": "approved", "expires_at": "2026-01-01"}]},
            [("error", "asset")],
        ),
        ({"countries": ["US", "Germany"]}, [("error", "unknown_country")]),
        ({"countries": []}, [("error", "no_country")]),
        ({"language": "english"}, [("error", "unknown_language")]),
        ({"language": None}, [("error", "no_language")]),
        ({"channels": ["e-mail"]}, [("error", "unknown_channel")]),
        ({"channels": []}, [("error", "no_channel")]),
        ({"audiences": []}, [("error", "no_audience")]),
    ],
)
def test_each_problem_is_found(tmp_path: Path, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(checked(tmp_path, {**MODULE, **change})) == expected


def test_every_problem_of_every_module_is_told_and_not_only_the_first(tmp_path: Path) -> None:
    many = {
        **MODULE,
        "module_id": "M2",
        "expires_at": None,
        "channels": ["fax"],
        "countries": ["XX"],
        "must_use": ["A9"],
    }
    check = checked(
        tmp_path, many, {**MODULE, "module_id": "M1", "language": "klingon"}, {"module_id": "M3", "title": 1}
    )
    assert [(problem.module_id, problem.code) for problem in check.problems] == [
        ("M1", "unknown_language"),
        ("M2", "no_expiry_date"),
        ("M2", "asset_absent"),
        ("M2", "unknown_country"),
        ("M2", "unknown_channel"),
        *[("M3", "unreadable")] * 4,
    ]
    assert (check.modules, check.errors) == (2, 9)
    assert {problem.row for problem in check.problems if problem.module_id == "M3"} == {3}


def test_half_a_surrogate_pair_in_an_id_is_told_in_letters(tmp_path: Path) -> None:
    [problem, *_] = checked(tmp_path, {**MODULE, "module_id": "M1\ud83d"}).problems
    assert problem.module_id == "M1\\ud83d"


def test_an_id_with_two_contents_is_told_of_both_lines(tmp_path: Path) -> None:
    check = checked(tmp_path, MODULE, {**MODULE, "text": "Other words."})
    assert [(problem.code, problem.module_id, problem.row) for problem in check.problems] == [
        ("duplicate_id", "M1", 1),
        ("duplicate_id", "M1", 2),
    ]
    assert check.modules == 0


def test_a_claim_or_asset_that_differs_among_modules_is_told_of_each(tmp_path: Path) -> None:
    claims = [{"claim_id": "C1", "text": "19% fewer", "status": "approved"}]
    assets = [{"asset_id": "A1", "status": "approved", "text": "Other safety."}]
    check = checked(tmp_path, MODULE, {**MODULE, "module_id": "M2", "claims": claims, "assets": assets})
    assert [(problem.module_id, problem.code) for problem in check.problems] == [
        ("M1", "claim_text"),
        ("M1", "asset_text"),
        ("M2", "claim_text"),
        ("M2", "asset_text"),
    ]
    assert check.errors == 4


def test_what_is_approved_is_what_the_settings_say(tmp_path: Path) -> None:
    settings = EligibilitySettings(approved_statuses=("released",))
    assert found(checked(tmp_path, MODULE)) == []
    told = found(checked(tmp_path, MODULE, settings=settings))
    assert told == [("warning", "status"), ("warning", "claim"), ("warning", "asset")]


def test_the_page_names_each_module_once_with_all_its_problems(tmp_path: Path) -> None:
    check = checked(tmp_path, {**MODULE, "channels": ["fax"], "countries": ["Atlantis"]})
    file = io.StringIO()
    Console(width=160, file=file, color_system=None).print(check_page(check))
    page = file.getvalue()
    assert page.count("M1") == 1
    assert "fax" in page
    assert "Atlantis" in page
    assert "1 module, 2 errors and 0 warnings as of 2026-09-30" in page


def test_what_is_missing_is_told_in_plain_words(tmp_path: Path) -> None:
    check = checked(tmp_path, {name: value for name, value in MODULE.items() if name != "brand"})
    file = io.StringIO()
    Console(width=160, file=file, color_system=None).print(check_page(check))
    assert "brand is missing (" in file.getvalue()
    assert "0 modules, 1 error and 0 warnings" in file.getvalue()


def test_all_names_exist() -> None:
    assert all(hasattr(catalogue_package, name) for name in catalogue_package.__all__)
