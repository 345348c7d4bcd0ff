"""A market for timing: physicians with three needs each, modules of one brand, and chance which of them fit."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from ...embeddings import Vectors
from ...inference.matching import MatchTables
from ...inference.records.catalogue import Catalogue, Module
from ...inference.records.derived import CHANNEL_PREFERENCES, FLAGS, PROFILES
from ...inference.records.schemas import CHANNELS, CONSENTS, CONTENT_EVENTS, HCPS
from ...prompts import Taxonomy

AS_OF = date(2026, 9, 30)
BRAND = "Zelvanta"
NEEDS = 3

_LANGUAGES = {"US": "en", "GB": "en", "CA": "en", "DE": "de", "AT": "de", "FR": "fr", "IT": "it", "ES": "es"}
_SPECIALTIES = ("cardiology", "neurology", "oncology", "dermatology", "internal medicine")
_VOCABULARY = tuple(f"word{number}" for number in range(6000))


class ChanceEncoder:
    """Unit vectors by chance, the same for the same text: search takes as long as with real ones."""

    dimension = 384
    digest = "chance".ljust(64, "0")
    precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, 384)."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
            vectors[row] = np.random.default_rng(seed).standard_normal(self.dimension)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def modules(count: int, seed: int = 0) -> Catalogue:
    """Modules of one brand for some countries, channels and specialties each, one language; some are not approved."""
    draw = random.Random(seed)
    return Catalogue(tuple(_module(number, draw) for number in range(count)))


def _module(number: int, draw: random.Random) -> Module:
    return Module.model_validate(
        {
            "module_id": f"M{number:05}",
            "brand": BRAND,
            "title": _words(draw, 5),
            "text": _words(draw, 40),
            "status": draw.choice(["approved"] * 9 + ["draft"]),
            "approved_at": (AS_OF - timedelta(days=draw.randrange(900))).isoformat(),
            "expires_at": (AS_OF + timedelta(days=draw.randrange(-60, 600))).isoformat(),
            "countries": draw.sample(list(_LANGUAGES), 5),
            "language": draw.choice(list(_LANGUAGES.values())),
            "channels": draw.sample(CHANNELS, draw.randrange(1, 6)),
            "audiences": draw.sample(_SPECIALTIES, 3),
        }
    )


def physicians(count: int, modules: int, taxonomy: Taxonomy, seed: int = 0) -> MatchTables:
    """Physicians with three needs, a quote each, consents, channel preferences and what they were shown."""
    draw = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("hcps", "profiles", "consents", "channels", "content_events")
    }
    for number in range(count):
        for name, of_one in _physician(f"H{number:06}", modules, taxonomy, draw).items():
            rows[name] += of_one
    return MatchTables(
        hcps=pa.Table.from_pylist(rows["hcps"], HCPS.schema),
        profiles=pa.Table.from_pylist(rows["profiles"], PROFILES),
        consents=pa.Table.from_pylist(rows["consents"], CONSENTS.schema),
        channels=pa.Table.from_pylist(rows["channels"], CHANNEL_PREFERENCES),
        content_events=pa.Table.from_pylist(rows["content_events"], CONTENT_EVENTS.schema),
        flags=FLAGS.empty_table(),
    )


def _physician(hcp_id: str, modules: int, taxonomy: Taxonomy, draw: random.Random) -> dict[str, list[dict[str, Any]]]:
    country = draw.choice(list(_LANGUAGES))
    consented, seen = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    who = {"specialty": draw.choice(_SPECIALTIES), "country": country, "language": _LANGUAGES[country]}
    opinions = ["opt_in", "opt_in", "opt_out"]
    return {
        "hcps": [{"hcp_id": hcp_id, **who}],
        "profiles": [_need(hcp_id, topic, draw) for topic in draw.sample(taxonomy.ids, NEEDS)],
        "consents": [
            {"hcp_id": hcp_id, "channel": name, "status": draw.choice(opinions), "captured_at": consented}
            for name in draw.sample(CHANNELS, 4)
        ],
        "channels": [
            {"hcp_id": hcp_id, "channel": name, "p_engage": draw.random()} for name in draw.sample(CHANNELS, 4)
        ],
        "content_events": [
            {
                "event_id": f"{hcp_id}-{number}",
                "hcp_id": hcp_id,
                "timestamp": seen + timedelta(days=draw.randrange(29)),
                "channel": draw.choice(["email", "website"]),
                "action": draw.choice(["sent", "viewed"]),
                "content_id": f"M{draw.randrange(modules):05}",
            }
            for number in range(5)
        ],
    }


def _need(hcp_id: str, topic: str, draw: random.Random) -> dict[str, Any]:
    quote = {"source": "note", "id": hcp_id, "date": AS_OF, "start": 0, "end": 9, "text": _words(draw, 8)}
    return {
        "hcp_id": hcp_id,
        "brand": BRAND,
        "topic": topic,
        "polarity": draw.choice(["barrier", "driver"]),
        "state": "open",
        "probability": draw.uniform(0.5, 1),
        "last_seen": AS_OF - timedelta(days=draw.randrange(300)),
        "evidence": [quote],
    }


def _words(draw: random.Random, count: int) -> str:
    return " ".join(draw.choices(_VOCABULARY, k=count))
