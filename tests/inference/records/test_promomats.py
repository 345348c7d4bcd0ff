import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.records.catalogue import Module, load_catalogue

HEADER = (
    "Document Number,Type,Status__v,Name,Content,Product,Subtype,Claims,Texts,Must use,Country,Language,Channel,"
    "Audience,Indication,Approved Date,Expiration Date,Color"
)
ROWS = """
M1,Content Module,approved__v,Once daily,,Zel,,C1; C2,T1,A1;A2,US;CA,en,email|video,onco,hfref,2026-01-01,2027-12-31,red
C1,claim,Approved,,One tablet a day,,,,,,,,,,,2026-01-01,2026-12-31,
C2,claim,draft,,No titration,,,,,,,,,,,,,
T1,Text Element,approved,,"One tablet a day,
no titration.",,,,,,,,,,,,,
A1,asset,approved,,Important safety information.,,isi,,,,,,,,,,,
C9,claim,approved,,Nobody's,,,,,,,,,,,,,
""".strip()

DOCUMENTS: list[dict[str, Any]] = [
    {
        "document_id": "M1",
        "type": "module",
        "status": "approved",
        "title": "Once daily",
        "text": "One tablet a day.",
        "brand": "Zelvanta",
        "claims": ["C1"],
        "countries": ["US"],
    },
    {"document_id": "C1", "type": "claim", "status": "approved", "text": "One tablet a day"},
    {"document_id": "A1", "type": "asset", "status": "withdrawn", "text": "Safety.", "kind": "isi"},
]


def csv_file(folder: Path, rows: str = ROWS) -> Path:
    path = folder / "export.csv"
    path.write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")
    return path


def json_file(folder: Path, content: Any) -> Path:
    path = folder / "export.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def only(path: Path) -> Module:
    catalogue = load_catalogue(path)
    assert catalogue.rejects == ()
    (module,) = catalogue.modules
    return module


def test_a_module_is_put_together_from_its_documents_each_with_its_own_status_and_days(tmp_path: Path) -> None:
    module = only(csv_file(tmp_path))
    assert (module.module_id, module.brand, module.title) == ("M1", "Zel", "Once daily")
    assert module.status == "approved"
    assert module.text == "One tablet a day,\nno titration."
    assert [(claim.claim_id, claim.status) for claim in module.claims] == [("C1", "Approved"), ("C2", "draft")]
    assert [str(claim.expires_at) for claim in module.claims] == ["2026-12-31", "None"]
    assert [(text.text_id, text.text) for text in module.texts] == [("T1", module.text)]
    assert [(asset.asset_id, asset.kind, asset.status) for asset in module.assets] == [("A1", "isi", "approved")]
    assert module.must_use == ("A1", "A2")  # the second is not in the export: eligibility finds it absent
    assert (module.countries, module.channels, module.language) == (("US", "CA"), ("email", "video"), "en")
    assert (module.audiences, module.indication, str(module.expires_at)) == (("onco",), "hfref", "2027-12-31")


def test_what_is_not_read_and_whom_no_module_names_is_told(tmp_path: Path) -> None:
    notices = " ".join(load_catalogue(csv_file(tmp_path)).notices)
    assert "columns that are not read: color" in notices
    assert "documents that no module names: C9" in notices


def test_json_may_name_must_use_assets_by_relationship(tmp_path: Path) -> None:
    related = [{"source": "M1", "type": "must_use", "target": "A1"}]
    module = only(json_file(tmp_path, {"documents": DOCUMENTS, "relationships": related}))
    assert module.must_use == ("A1",)
    assert [asset.status for asset in module.assets] == ["withdrawn"]
    assert [claim.text for claim in module.claims] == ["One tablet a day"]


def test_an_export_of_the_same_modules_equals_their_jsonl(tmp_path: Path) -> None:
    module = only(json_file(tmp_path, DOCUMENTS))
    lines = tmp_path / "modules.jsonl"
    lines.write_text(module.model_dump_json() + "\n", encoding="utf-8")
    assert load_catalogue(lines).digest == load_catalogue(tmp_path / "export.json").digest


def test_a_compressed_export_in_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "export.json.gz").write_bytes(gzip.compress(json.dumps(DOCUMENTS).encode()))
    assert only(tmp_path).module_id == "M1"


@pytest.mark.parametrize(
    ("document", "change", "field", "reason"),
    [
        (1, {"type": "clam"}, "type", "did you mean 'claim'"),
        (1, {"status": None}, "status", "is missing"),
        (1, {"document_id": ""}, "document_id", "is missing"),
        (0, {"claims": ["C1", "A1"]}, "claims", "is a asset"),
        (0, {"claims": ["C7"]}, "claims", "the claim is not in the export"),
        (0, {"brand": None}, "brand", "is missing"),
        (0, {"claims": "C1"}, None, None),
    ],
)
def test_what_is_wrong_with_a_document_is_told_with_file_row_field(
    tmp_path: Path, document: int, change: dict[str, Any], field: str | None, reason: str | None
) -> None:
    spare = {**DOCUMENTS[0], "document_id": "M0", "claims": []}
    documents = [dict(entry) for entry in DOCUMENTS]
    documents[document] |= change
    path = json_file(tmp_path, [*documents, spare])
    faults = [(fault.file, fault.row, fault.field) for fault in load_catalogue(path).faults]
    if field is None or reason is None:
        assert faults == []
        return
    assert (str(path), document + 1, field) in faults
    assert any(reason in fault.reason for fault in load_catalogue(path).faults)


def test_a_document_with_two_contents_is_trusted_in_neither(tmp_path: Path) -> None:
    spare = {**DOCUMENTS[0], "document_id": "M0", "claims": []}
    catalogue = load_catalogue(json_file(tmp_path, [*DOCUMENTS, {**DOCUMENTS[1], "status": "draft"}, spare]))
    assert [module.module_id for module in catalogue.modules] == ["M0"]
    assert {(fault.row, fault.field) for fault in catalogue.faults} == {
        (1, "claims"),
        (2, "document_id"),
        (4, "document_id"),
    }


@pytest.mark.parametrize("document", [0, 1])
def test_a_document_that_an_unusable_one_contradicts_is_not_trusted(tmp_path: Path, document: int) -> None:
    spare = {**DOCUMENTS[0], "document_id": "M0", "claims": []}
    unusable = {**DOCUMENTS[document], "status": None}
    catalogue = load_catalogue(json_file(tmp_path, [*DOCUMENTS, spare, unusable]))
    assert [module.module_id for module in catalogue.modules] == ["M0"]
    faults = {(fault.row, fault.field): fault.reason for fault in catalogue.faults}
    assert faults[5, "status"] == "is missing"
    assert faults[document + 1, "document_id"] == "the same document_id has another content in row 5: keep one version"


def test_a_module_that_a_document_of_another_file_contradicts_is_not_trusted(tmp_path: Path) -> None:
    json_file(tmp_path, DOCUMENTS)
    (tmp_path / "later.csv").write_text("document_id,type,status\nM1,module,\n", encoding="utf-8")
    spare = {**DOCUMENTS[0], "document_id": "M0", "claims": []}
    (tmp_path / "spare.json").write_text(json.dumps([spare]), encoding="utf-8")
    assert [module.module_id for module in load_catalogue(tmp_path).modules] == ["M0"]


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"lifecycle_state": "withdrawn"}, "status", '["approved", "withdrawn"]'),
        ({"expires_at": "2027-11-09", "Expiration Date": "2026-01-01"}, "expires_at", '["2027-11-09", "2026-01-01"]'),
        ({"country": "CA"}, "countries", '[["US"], ["CA"]]'),
        ({"content": "Two tablets."}, "text", '["One tablet a day.", "Two tablets."]'),
    ],
)
def test_columns_that_mean_the_same_and_differ_refuse_the_document(
    tmp_path: Path, change: dict[str, str], field: str, value: str
) -> None:
    spare = {**DOCUMENTS[0], "document_id": "M0", "claims": []}
    catalogue = load_catalogue(json_file(tmp_path, [{**DOCUMENTS[0], **change}, *DOCUMENTS[1:], spare]))
    assert [module.module_id for module in catalogue.modules] == ["M0"]
    assert [(fault.row, fault.field, fault.value) for fault in catalogue.faults] == [(1, field, value)]
    assert catalogue.faults[0].reason == "columns that mean the same differ: keep one"


@pytest.mark.parametrize(
    "change",
    [
        {"status__v": "Approved__v"},
        {"document_type": "Content Module"},
        {"expires_at": "2027-11-09", "expiry_date": "2027-11-09T23:59:59Z"},
        {"lifecycle_state": " "},
        {"document_number": "VV-00123", "name": "Internal name"},
        {"colour": "red", "colour__c": "blue"},
    ],
)
def test_columns_that_agree_and_second_ids_names_and_unread_columns_refuse_nothing(
    tmp_path: Path, change: dict[str, str]
) -> None:
    module = only(json_file(tmp_path, [{**DOCUMENTS[0], **change}, *DOCUMENTS[1:]]))
    assert (module.module_id, module.title, module.status) == ("M1", "Once daily", "approved")


def test_a_header_that_names_a_column_twice_is_an_input_error_unless_nobody_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("document_id,type,status,,,status\nM1,module,withdrawn,,,approved\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"export\.csv: the header names column 'status' twice"):
        load_catalogue(path)
    path.write_text("document_id,type,status,brand,title,text,,\nM1,module,draft,B,T,Words.,,\n", encoding="utf-8")
    assert only(path).module_id == "M1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        (
            '[{"status": "withdrawn", "status": "approved"}]',
            r"'status' more than once, as \[\"withdrawn\", \"approved\"\]",
        ),
        ("{}", "holds no list of documents"),
        ('{"documents": [], "relationships": [{"source": "M1", "type": "cites", "target": "A1"}]}', "relationship 1"),
    ],
)
def test_a_file_that_is_no_export_is_an_input_error(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "export.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_catalogue(tmp_path / "export.json")


def test_every_fault_of_a_line_is_kept_and_the_first_is_its_reject(tmp_path: Path) -> None:
    path = tmp_path / "modules.jsonl"
    good = {"module_id": "M0", "brand": "B", "title": "T", "text": "Words.", "status": "approved"}
    path.write_text("\n".join(json.dumps(line) for line in (good, {"module_id": "M1", "title": 5})), encoding="utf-8")
    catalogue = load_catalogue(path)
    assert [fault.field for fault in catalogue.faults] == ["brand", "title", "text", "status"]
    assert [reject.field for reject in catalogue.rejects] == ["brand"]
