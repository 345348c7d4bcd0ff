from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest

from hcplens.inference.records.brands import BrandSpellings, brand_key

ACCENTED = unicodedata.normalize("NFC", "Zélvanta")


def table(*brands: str | None) -> pa.Table:
    return pa.table({"id": list(range(len(brands))), "brand": pa.array(brands, pa.string())})


@pytest.mark.parametrize(
    "spelling",
    ["ZELVANTA", " Zelvanta\t", "Zelvanta®", "Zelvanta ™", "Zel\u00advanta", "\ufeffZelvanta\u200b", "Ｚelvanta"],  # noqa: RUF001
)
def test_spellings_of_a_brand_share_a_key(spelling: str) -> None:
    assert brand_key(spelling) == brand_key("Zelvanta") == "zelvanta"


def test_a_letter_in_two_code_points_is_the_letter_in_one() -> None:
    assert brand_key(unicodedata.normalize("NFD", ACCENTED)) == brand_key(ACCENTED) != brand_key("Zelvanta")


@pytest.mark.parametrize("other", ["Zelvanta XR", "Zelvant", "Zelvanta 2"])
def test_another_brand_has_another_key(other: str) -> None:
    assert brand_key(other) != brand_key("Zelvanta")


def test_the_commonest_spelling_of_all_tables_stands_in_each() -> None:
    notes, events = (
        table("ZELVANTA", "ZELVANTA", "Zelvanta®", None, "Dermiqo"),
        table("Zelvanta", "Zelvanta", "Zelvanta"),
    )
    spellings = BrandSpellings.of([notes, events])
    assert spellings.unified(notes)["brand"].to_pylist() == ["Zelvanta", "Zelvanta", "Zelvanta", None, "Dermiqo"]
    assert spellings.unified(notes).schema == notes.schema
    assert spellings.unified(events).equals(events)
    assert spellings.notices() == ["brand 'Zelvanta' is spelled 'ZELVANTA', 'Zelvanta®' too: read as one brand"]


def test_of_equally_common_spellings_the_shortest_stands() -> None:
    decomposed = unicodedata.normalize("NFD", ACCENTED)
    assert BrandSpellings.of([table(decomposed, ACCENTED)]).by_key[brand_key(ACCENTED)] == (ACCENTED, decomposed)
    assert BrandSpellings.of([table("zelvanta", "ZELVANTA")]).by_key["zelvanta"] == ("ZELVANTA", "zelvanta")


def test_a_brand_that_no_table_had_and_a_table_without_brands_stay_as_they_are() -> None:
    spellings = BrandSpellings.of([table("Zelvanta"), pa.table({"id": [1]})])
    assert spellings.unified(table("ZELVANTA", "Lunorexa"))["brand"].to_pylist() == ["Zelvanta", "Lunorexa"]
    assert spellings.unified(table())["brand"].to_pylist() == []
    assert spellings.unified(pa.table({"id": [1]})).column_names == ["id"]
