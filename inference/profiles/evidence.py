"""Evidence: the one place that turns a statement, an event or a consent into the EVIDENCE struct of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypedDict

import pyarrow as pa

from ..records.derived import EVIDENCE
from .consents import Consent
from .engagement_log import Exposure
from .statements import Statement


class Evidence(TypedDict):
    """One EVIDENCE struct; `start` and `end` are None where the evidence is not a piece of text."""

    source: str
    id: str | None
    date: date
    start: int | None
    end: int | None
    text: str | None


def of_statement(statement: Statement) -> Evidence:
    """The words that a statement was read from."""
    return {
        "source": statement.source,
        "id": statement.source_id,
        "date": statement.date,
        "start": statement.start,
        "end": statement.end,
        "text": statement.evidence,
    }


def of_statements(statements: Sequence[Statement]) -> pa.StructArray:
    """(n,) the words that each statement was read from."""
    columns = {
        "source": [statement.source for statement in statements],
        "id": [statement.source_id for statement in statements],
        "date": [statement.date for statement in statements],
        "start": [statement.start for statement in statements],
        "end": [statement.end for statement in statements],
        "text": [statement.evidence for statement in statements],
    }
    return pa.StructArray.from_arrays(
        [pa.array(columns[field.name], field.type) for field in EVIDENCE], fields=list(EVIDENCE)
    )


def of_row(row: dict[str, Any]) -> Evidence:
    """The words that a row of CHANNEL_STATEMENTS or USE_STATEMENTS was read from."""
    return {
        "source": row["source"],
        "id": row["source_id"],
        "date": row["date"],
        "start": row["start"],
        "end": row["end"],
        "text": row["evidence"],
    }


def of_exposure(exposure: Exposure) -> Evidence:
    """What came of one exposure: the response if there was one, else the exposure itself."""
    what = exposure.action if exposure.response else f"{exposure.action}, no response"
    text = what if exposure.content_id is None else f"{what}: {exposure.content_id}"
    return {
        "source": "event",
        "id": exposure.event_id,
        "date": exposure.at.date(),
        "start": None,
        "end": None,
        "text": text,
    }


def of_consent(consent: Consent) -> Evidence:
    """The latest consent on record; it has no id of its own, so channel and physician name it."""
    return {
        "source": "consent",
        "id": f"{consent.hcp_id}/{consent.channel}",
        "date": consent.captured_at.date(),
        "start": None,
        "end": None,
        "text": consent.status,
    }


def newest_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence by date, latest first; ties by source, id and place."""
    placed = sorted(
        evidence, key=lambda e: (e["source"], e["id"] or "", e["start"] or 0, e["end"] or 0, e["text"] or "")
    )
    return sorted(placed, key=lambda e: e["date"], reverse=True)
