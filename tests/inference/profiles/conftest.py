from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from hcplens.inference.profiles import ProfileTables, build_profiles
from hcplens.inference.records.derived import CHANNEL_STATEMENTS, STATEMENTS, USE_STATEMENTS
from hcplens.inference.records.schemas import CONSENTS, CONTENT_EVENTS, HCPS
from hcplens.prompts.taxonomy import Taxonomy, Topic

AS_OF = date(2026, 9, 30)
TOPICS = ("coverage", "cost", "efficacy", "evidence", "knowledge", "peers", "supply")


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    topics = [
        Topic(id=topic, name=topic, scientific=False, description=topic, half_life_days=100.0) for topic in TOPICS
    ]
    return Taxonomy(name="small", version="1.0.0", topics=tuple(topics))


@pytest.fixture(scope="session")
def said() -> Callable[..., dict[str, Any]]:
    """A STATEMENTS row: by default a certain own word in a note that a coverage barrier holds."""

    def row(day: str, **fields: Any) -> dict[str, Any]:
        source_id = fields.pop("source_id", f"N-{day}")
        return {
            "source": "note",
            "source_id": source_id,
            "hcp_id": "H1",
            "brand": "Dermiqo",
            "date": date.fromisoformat(day),
            "rep_id": "R1",
            "topic": "coverage",
            "polarity": "barrier",
            "status": "current",
            "holder": "hcp",
            "probability": 1.0,
            "start": 0,
            "end": 5,
            "evidence": f"words of {source_id}",
            "masked": False,
            "annotator": "file",
        } | fields

    return row


@pytest.fixture(scope="session")
def wished() -> Callable[..., dict[str, Any]]:
    """A CHANNEL_STATEMENTS row."""

    def row(day: str, channel: str, stance: str, **fields: Any) -> dict[str, Any]:
        return {
            "source": "note",
            "source_id": f"N-{day}",
            "hcp_id": "H1",
            "date": date.fromisoformat(day),
            "channel": channel,
            "stance": stance,
            "probability": 1.0,
            "start": 0,
            "end": 5,
            "evidence": f"{stance} {channel}",
            "masked": False,
            "annotator": "file",
        } | fields

    return row


@pytest.fixture(scope="session")
def logged() -> Callable[..., dict[str, Any]]:
    """A CONTENT_EVENTS row; the moment is ISO without zone, in UTC."""

    def row(moment: str, channel: str, action: str, **fields: Any) -> dict[str, Any]:
        return {
            "event_id": f"E-{channel}-{action}-{moment}",
            "hcp_id": "H1",
            "timestamp": datetime.fromisoformat(moment).replace(tzinfo=UTC),
            "channel": channel,
            "action": action,
            "content_id": "M1",
            "brand": "Dermiqo",
            "seconds": None,
        } | fields

    return row


@pytest.fixture(scope="session")
def consent() -> Callable[..., dict[str, Any]]:
    """A CONSENTS row."""

    def row(moment: str, channel: str, status: str, hcp_id: str = "H1") -> dict[str, Any]:
        captured_at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        return {"hcp_id": hcp_id, "channel": channel, "status": status, "captured_at": captured_at}

    return row


@pytest.fixture(scope="session")
def profiled(taxonomy: Taxonomy) -> Callable[..., ProfileTables]:
    """The whole stage, from rows; tables that are not given are empty."""

    def build(
        statements: Sequence[dict[str, Any]] = (),
        *,
        wishes: Sequence[dict[str, Any]] = (),
        events: Sequence[dict[str, Any]] = (),
        uses: Sequence[dict[str, Any]] = (),
        consents: Sequence[dict[str, Any]] = (),
        hcps: Sequence[dict[str, Any]] = (),
        as_of: date = AS_OF,
    ) -> ProfileTables:
        return build_profiles(
            statements=pa.Table.from_pylist(list(statements), schema=STATEMENTS),
            channel_statements=pa.Table.from_pylist(list(wishes), schema=CHANNEL_STATEMENTS),
            uses=pa.Table.from_pylist(list(uses), schema=USE_STATEMENTS),
            content_events=pa.Table.from_pylist(list(events), schema=CONTENT_EVENTS.schema),
            consents=pa.Table.from_pylist(list(consents), schema=CONSENTS.schema),
            hcps=pa.Table.from_pylist(list(hcps), schema=HCPS.schema),
            taxonomy=taxonomy,
            as_of=as_of,
        )

    return build
