"""Physicians: where they stand, what they are asked to prescribe, who visits them; and what they all share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...inference.records.schemas import HCPS, REP_ASSIGNMENTS
from ...prompts import Taxonomy
from ..metrics import Floats
from .codes import named, numbered
from .draws import Draws, rep_stream, world_stream
from .options import SimulationOptions

Codes = NDArray[np.intp]

BRANDS = ("Dermiqo", "Zelvanta")
SEGMENTS = ("loyalist", "grower", "defender", "new")
SPECIALTIES = ("dermatology", "cardiology", "internal medicine", "general practice")
REGIONS = ("US-Northeast", "US-Midwest", "US-South", "US-West")
TIERS = ("A", "B", "C")
CHANNELS = ("face_to_face", "video", "phone", "email", "messaging", "webinar", "congress", "website")
POLARITIES = ("barrier", "driver")

TERRITORY = 20
"""Physicians who share the same two reps, so that rep and physician can be told apart."""
_BOTH_BRANDS = 0.3
_RATES = {"face_to_face": 0.5, "video": 0.4, "phone": 0.35, "email": 0.35, "messaging": 0.3, "webinar": 0.3}
_OTHER_RATE = 0.3
_SEGMENT_SPREAD = 0.5
_LEAST_COMMON, _MOST_COMMON = 0.06, 0.24


@dataclass(frozen=True)
class Setting:
    """What all physicians share.

    Attributes:
        topics: ids of the taxonomy that ships.
        topic_names: what the notes call them.
        rates: (polarities, topics) how often a topic ever becomes a barrier, a driver.
        segment_logits: (segments, channels) log-odds of engagement.
    """

    topics: tuple[str, ...]
    topic_names: tuple[str, ...]
    rates: Floats
    segment_logits: Floats

    @classmethod
    def draw(cls, options: SimulationOptions) -> Setting:
        """What the seed makes of it."""
        stream, taxonomy = world_stream(options.seed), Taxonomy.default()
        rates = np.array([_RATES.get(channel, _OTHER_RATE) for channel in CHANNELS])
        return cls(
            topics=taxonomy.ids,
            topic_names=tuple(topic.name for topic in taxonomy.topics),
            rates=stream.uniform(_LEAST_COMMON, _MOST_COMMON, (len(POLARITIES), len(taxonomy.ids))),
            segment_logits=np.log(rates / (1 - rates)) + stream.normal(0, _SEGMENT_SPREAD, (len(SEGMENTS), len(rates))),
        )


@dataclass(frozen=True)
class Physicians:
    """A block of physicians: numbers (n,), codes (n,), who is asked to prescribe which brand (n, brands)."""

    numbers: Codes
    segment: Codes
    specialty: Codes
    tier: Codes
    brands: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def reps(self) -> Codes:
        """(n, 2) the reps of each."""
        first = self.numbers // TERRITORY * 2
        return np.column_stack([first, first + 1])

    @cached_property
    def ids(self) -> list[str]:
        """How the records name them."""
        return numbered("H", 6, self.numbers)

    def to_tables(self) -> tuple[pa.Table, pa.Table]:
        """HCPS and REP_ASSIGNMENTS; a simulated physician has no name."""
        n = len(self)
        hcps = pa.table(
            {
                "hcp_id": self.ids,
                "name": pa.nulls(n, pa.string()),
                "specialty": named(SPECIALTIES, self.specialty),
                "country": ["US"] * n,
                "language": ["en"] * n,
                "region": named(REGIONS, self.numbers // TERRITORY % len(REGIONS)),
                "segment": named(SEGMENTS, self.segment),
                "tier": named(TIERS, self.tier),
            },
            schema=HCPS.schema,
        )
        assigned = {"rep_id": numbered("R", 4, self.reps.ravel()), "hcp_id": np.repeat(self.ids, 2).tolist()}
        return hcps, pa.table(assigned, schema=REP_ASSIGNMENTS.schema)


def draw_physicians(draws: Draws, numbers: range) -> Physicians:
    """Everyone has the first brand or the second; some have both."""
    segment, specialty, tier, brand, both = draws.take(5).T
    first = brand < 0.5
    return Physicians(
        numbers=np.arange(numbers.start, numbers.stop),
        segment=_code(segment, len(SEGMENTS)),
        specialty=_code(specialty, len(SPECIALTIES)),
        tier=_code(tier, len(TIERS)),
        brands=np.column_stack([first, ~first]) | (both < _BOTH_BRANDS)[:, None],
    )


def one_brand(physicians: Physicians, physician: Codes, uniform: Floats) -> Codes:
    """(n,) one of the brands of each physician (n,) in the block."""
    second = physicians.brands[physician, 1] & (~physicians.brands[physician, 0] | (uniform < 0.5))
    return np.asarray(second.astype(np.intp))


def draw_habits(options: SimulationOptions, topics: int, reps: Codes) -> Codes:
    """(reps,) the topic that each hears everywhere; -1 for those without such a habit."""
    different, which = np.unique(reps, return_inverse=True)
    return np.array([_habit(options, topics, int(rep)) for rep in different], dtype=np.intp)[which]


def _habit(options: SimulationOptions, topics: int, rep: int) -> int:
    has, which = rep_stream(options.seed, rep).random(2)
    return int(which * topics) if has < options.noise.over_reporting else -1


def _code(uniform: Floats, count: int) -> Codes:
    return (uniform * count).astype(np.intp)
