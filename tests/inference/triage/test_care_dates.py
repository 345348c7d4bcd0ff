"""Days of care count only in a note that identifies a patient."""

from __future__ import annotations

import pytest

from hcplens.inference.triage import find_identifiers
from hcplens.inference.triage.care_dates import care_dates


def days(text: str) -> list[str]:
    return [text[start:end] for start, end in care_dates(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("admitted 14th Jan, home 3 February 2026.", ["14th Jan", "3 February 2026"]),
        ("saw him March 9. She still wants to", ["March 9"]),
        ("in detox Jan. 5 to Jan. 9, and then", ["Jan. 5 to Jan. 9"]),
        ("since the 19th of January", ["19th of January"]),
        ("unvaccinated, 3 december", ["3 december"]),
        ("Home Tuesday 11th.", ["Tuesday 11th"]),
        ("Stopped 10/2. He knows", ["10/2"]),
        ("fell on 12/3/26", []),  # a full date is another finder's
        ("died on May 17", ["May 17"]),
    ],
)
def test_days_are_found_in_many_shapes(text: str, found: list[str]) -> None:
    assert days(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Next visit April 8",
        "lunch session on 9 May",
        "Formulary committee decides 4 July",
        "titrate in March 10 mg at a time",
        "HbA1c from 8.4 to 6.9",
        "scored 4/10 and may 20 patients start",
    ],
)
def test_days_of_meetings_and_other_numbers_are_left(text: str) -> None:
    assert days(text) == []


def test_a_day_counts_beside_a_patient_and_not_by_itself() -> None:
    told = "Pt Eve Okafor was admitted 3 June. Rebooked the talk for 9 June."
    covered = " ".join(told[found.start : found.end] for found in find_identifiers(told))
    assert "3 June" in covered
    assert "9 June" in covered
    assert not find_identifiers("The ward opened 3 June. Rebooked the talk for 9 June.")


def test_an_office_address_makes_no_day_one_of_care() -> None:
    told = "The ward opened 3 June; slides to office@example.org."
    assert "date_of_care" not in {found.kind for found in find_identifiers(told)}
