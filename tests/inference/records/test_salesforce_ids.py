from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.records.salesforce_ids import is_salesforce_id, whole_id, whole_id_if_any

SHORT = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "checksum"),
    [
        # bits of upper case, the first letter lowest: 001A0 = 8 → I, 00000 = 0 → A, KWPCi = 1+2+4+8 → P
        ("001A000000KWPCi", "IAP"),
        ("000000000000000", "AAA"),
        ("AAAAAaaaaaAaaaa", "5AB"),  # 31 → 5, 0 → A, 1 → B
    ],
)
def test_the_checksum_is_made_of_the_places_of_upper_case_letters(short: str, checksum: str) -> None:
    assert whole_id(short) == short + checksum


@given(SHORT)
def test_both_forms_of_an_id_are_one(short: str) -> None:
    assert whole_id(whole_id(short)) == whole_id(short)
    assert whole_id(short)[:15] == short


@given(SHORT, SHORT)
def test_different_ids_stay_different_even_if_case_is_lost(one: str, other: str) -> None:
    assert (whole_id(one).lower() == whole_id(other).lower()) == (one == other)


@given(SHORT.filter(lambda short: short != short.swapcase()))
def test_an_id_whose_case_was_changed_is_refused(short: str) -> None:
    with pytest.raises(ValueError, match="checksum does not fit"):
        whole_id(short.swapcase() + whole_id(short)[15:])


@pytest.mark.parametrize("text", ["", "H1", "001A000000KWPC", "001A000000KWPCiI", "001A000000KWPC-", "001A000000KWPCé"])
def test_what_is_no_id_stays_as_it_is(text: str) -> None:
    assert whole_id_if_any(text) == text
    assert not is_salesforce_id(text)
    with pytest.raises(ValueError, match="not a Salesforce id"):
        whole_id(text)
