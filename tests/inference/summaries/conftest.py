from __future__ import annotations

from datetime import date

import pytest

from hcplens.inference.summaries import STAGE_SUBJECT, Fact, Vocabulary
from hcplens.prompts import Taxonomy


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary(Taxonomy.default(), "Dermiqo")


@pytest.fixture(scope="session")
def facts() -> tuple[Fact, ...]:
    """1 coverage, open; 2 efficacy, a driver; 3 cost, resolved; 4 supply, raised again; 5 trial; 6 email; 7 phone."""
    return (
        Fact(
            "coverage",
            "Payer coverage",
            ("note N1 14-52", "survey S1"),
            polarity="barrier",
            state="open",
            trend="rising",
            since=date(2026, 9, 10),
            holder="physician",
            quotes=("the PA took six weeks, not two",),
        ),
        Fact("efficacy", "Efficacy", ("note N2 0-9",), "driver", "open", since=date(2026, 3, 3), holder="physician"),
        Fact("cost", "Cost", ("note N3 0-4",), "barrier", "resolved", since=date(2026, 5, 1), holder="physician"),
        Fact("supply", "Supply", ("note N4 5-9",), "barrier", "reopened", since=date(2026, 8, 2), holder="rep"),
        Fact(STAGE_SUBJECT, "adoption stage", ("note N2 20-31",), stage="trial"),
        Fact("email", "email", ("survey S2",), stance="prefers"),
        Fact("phone", "phone", ("note N5 1-7",), stance="avoids"),
    )
