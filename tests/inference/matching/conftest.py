"""A small deterministic encoder and factories for modules, tables and matchers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from hcplens.embeddings.encoder import Vectors
from hcplens.inference.matching import ContentMatcher, MatchSettings, MatchTables
from hcplens.inference.records.catalogue import Catalogue, Module
from hcplens.inference.records.derived import CHANNEL_PREFERENCES, FLAGS, PROFILES
from hcplens.inference.records.schemas import CONSENTS, CONTENT_EVENTS, HCPS
from hcplens.prompts.taxonomy import Taxonomy

AS_OF = date(2026, 9, 30)

TAXONOMY = """
name: three
version: 1.0.0
topics:
  - {id: coverage, name: Coverage, scientific: false, description: payer prior authorisation formulary tier,
     examples: {barrier: [payer denied the prior authorisation], driver: [payer moved it to a better formulary tier]}}
  - {id: dosing, name: Dosing, scientific: true, description: tablet once daily titration,
     examples: {barrier: [titration is a nuisance], driver: [one tablet once daily]}}
  - {id: supply, name: Supply, scientific: false, description: stock backorder delivery pharmacy,
     examples: {barrier: [pharmacy has it on backorder], driver: [delivery from stock]}}
"""


class HashedNgrams:
    """Unit vectors of hashed character trigrams: texts that share words are similar."""

    dimension = 256
    digest = "hashed-trigrams"
    precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            padded = f"  {text.lower()} "
            for start in range(len(padded) - 2):
                hashed = hashlib.blake2b(padded[start : start + 3].encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(hashed) % self.dimension] += 1
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors


def module(module_id: str = "M1", **changes: Any) -> Module:
    """An approved US module that any channel but phone and event may carry."""
    fields: dict[str, Any] = {
        "module_id": module_id,
        "brand": "Zelvanta",
        "title": "Prior authorisation",
        "text": "What the payer wants for the prior authorisation.",
        "status": "approved",
        "claims": [{"claim_id": f"{module_id}-C1", "text": "Most payer requests are granted", "status": "approved"}],
        "must_use": ["A1"],
        "assets": [
            {"asset_id": "A1", "kind": "isi", "status": "approved", "text": "Important safety information."},
            {"asset_id": "A2", "kind": "reference", "status": "draft", "text": "Not needed."},
        ],
        "approved_at": "2026-01-01",
        "expires_at": "2027-12-31",
        "countries": ["US"],
        "language": "en",
        "channels": ["email", "video", "face_to_face"],
        "audiences": ["cardiology"],
    }
    return Module.model_validate({**fields, **changes})


def profile_row(topic: str, polarity: str = "barrier", **changes: Any) -> dict[str, Any]:
    quote = {"source": "note", "id": "N1", "date": AS_OF, "start": 0, "end": 5, "text": "payer said no again"}
    row = {
        "hcp_id": "H1",
        "brand": "Zelvanta",
        "topic": topic,
        "polarity": polarity,
        "state": "open",
        "probability": 0.9,
        "last_seen": AS_OF,
        "evidence": [quote],
    }
    return {**row, **changes}


def consent(channel: str, status: str, day: str = "2026-01-01", hcp_id: str = "H1") -> dict[str, Any]:
    captured_at = datetime.fromisoformat(day)
    return {
        "hcp_id": hcp_id,
        "channel": channel,
        "status": status,
        "captured_at": captured_at if captured_at.tzinfo else captured_at.replace(tzinfo=UTC),
    }


def event(action: str, day: str = "2026-09-20", **changes: Any) -> dict[str, Any]:
    row = {
        "event_id": "E1",
        "hcp_id": "H1",
        "timestamp": datetime.fromisoformat(day).replace(tzinfo=UTC),
        "channel": "email",
        "action": action,
        "content_id": "M1",
    }
    return {**row, **changes}


def flag(note_id: str = "N7", **changes: Any) -> dict[str, Any]:
    row = {"note_id": note_id, "hcp_id": "H1", "brand": "Zelvanta", "kind": "adverse_event", "disposition": "open"}
    return {**row, **changes}


CARDIOLOGIST = {"hcp_id": "H1", "specialty": "Cardiology", "country": "US", "language": "en"}


def tables(**rows: list[dict[str, Any]]) -> MatchTables:
    """Tables from rows; H1 is a US cardiologist with a coverage barrier and an opt-in to e-mail unless told."""
    rows = {
        "hcps": [CARDIOLOGIST],
        "profiles": [profile_row("coverage")],
        "consents": [consent("email", "opt_in")],
        **rows,
    }
    return MatchTables(
        profiles=pa.Table.from_pylist(rows["profiles"], PROFILES),
        hcps=pa.Table.from_pylist(rows["hcps"], HCPS.schema),
        consents=pa.Table.from_pylist(rows["consents"], CONSENTS.schema),
        content_events=pa.Table.from_pylist(rows.get("content_events", []), CONTENT_EVENTS.schema),
        flags=pa.Table.from_pylist(rows.get("flags", []), FLAGS),
        channels=pa.Table.from_pylist(rows.get("channels", []), CHANNEL_PREFERENCES),
    )


def matcher(
    modules: Sequence[Module], settings: MatchSettings | None = None, **rows: list[dict[str, Any]]
) -> ContentMatcher:
    taxonomy = Taxonomy.from_yaml(TAXONOMY, where="the test's taxonomy")
    catalogue = Catalogue(tuple(modules))
    return ContentMatcher(tables(**rows), catalogue, HashedNgrams(), taxonomy, as_of=AS_OF, settings=settings)


@pytest.fixture(scope="session")
def make_module() -> Callable[..., Module]:
    return module


@pytest.fixture(scope="session")
def make_matcher() -> Callable[..., ContentMatcher]:
    return matcher


@pytest.fixture(scope="session")
def make_profile_row() -> Callable[..., dict[str, Any]]:
    return profile_row


@pytest.fixture(scope="session")
def make_consent() -> Callable[..., dict[str, Any]]:
    return consent


@pytest.fixture(scope="session")
def make_event() -> Callable[..., dict[str, Any]]:
    return event


@pytest.fixture(scope="session")
def make_flag() -> Callable[..., dict[str, Any]]:
    return flag


@pytest.fixture(scope="session")
def make_tables() -> Callable[..., MatchTables]:
    return tables


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy.from_yaml(TAXONOMY, where="the test's taxonomy")


@pytest.fixture(scope="session")
def encoder() -> HashedNgrams:
    return HashedNgrams()
