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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
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
