"""Adoption stage: how far a physician uses a brand, from what was said of that, as a hidden Markov model.

The stages are hidden; each note or answer that tells of the brand's use is an observation of known reliability
(`TELLS`), and between two of them the stage may move (`MOVES`). The forward pass (Rabiner, Proc. IEEE 77, 1989) gives
the probability of each stage on a day from what was known by then; the likeliest is the stage, and each day on which
another becomes likeliest is a transition.

Prescriptions are not seen. The three tables below are judgements and not fitted: a rep's note of one patient on the
drug is likely in the stage `trial` and quite possible in `adopter`; who once uses a brand seldom becomes unaware of it.
Where something was said of the brand but nothing of its use, the usual stages stand, which is told with the low
probability that it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..records.derived import STAGES, TRANSITIONS
from .evidence import Evidence, newest_first, of_row
from .statements import Statement

Floats = NDArray[np.float64]

TOPIC = "adoption_stage"
STAGE_NAMES = ("unaware", "aware", "trial", "adopter", "advocate", "lapsed")
USUAL = np.array([0.08, 0.42, 0.27, 0.13, 0.05, 0.05])
"""Of physicians whom a rep visits for a brand, before anything is known of the one."""
TELLS = np.array(
    [
        [0.85, 0.13, 0.010, 0.005, 0.000, 0.005],
        [0.06, 0.86, 0.050, 0.010, 0.005, 0.015],
        [0.01, 0.22, 0.620, 0.100, 0.020, 0.030],
        [0.01, 0.08, 0.300, 0.500, 0.080, 0.030],
        [0.01, 0.05, 0.200, 0.300, 0.420, 0.020],
        [0.01, 0.25, 0.120, 0.020, 0.010, 0.590],
    ]
)
"""What a record tells (columns: unaware, considering, trial, adopter, advocate, lapsed) in each stage (rows)."""
TOLD = np.array([0.08, 0.23, 0.28, 0.18, 0.12, 0.11])
"""How often records that tell of use tell each: what the shares of a reading are compared with."""
MOVES = np.array(
    [
        [0.00, 0.80, 0.20, 0.00, 0.00, 0.00],
        [0.00, 0.00, 0.50, 0.08, 0.02, 0.00],
        [0.00, 0.02, 0.00, 0.42, 0.06, 0.10],
        [0.00, 0.00, 0.05, 0.00, 0.20, 0.10],
        [0.00, 0.00, 0.02, 0.12, 0.00, 0.06],
        [0.00, 0.00, 0.15, 0.05, 0.00, 0.00],
    ]
)
"""Where a stage (row) is left for in ten months, if at all; what is missing to 1 stays."""
TURNOVER_DAYS = 300.0
SILENT = 0.3
"""How much of a reading's doubt whether it tells of use at all counts for every stage alike."""


@dataclass(frozen=True)
class _Told:
    """What one record tells of a brand's use."""

    day: date
    shares: Floats
    evidence: Evidence


@dataclass(frozen=True)
class Adoption:
    """The STAGES, and TRANSITIONS of the topic `adoption_stage`, without polarity."""

    stages: pa.Table
    transitions: pa.Table


@dataclass(frozen=True)
class _Step:
    """Another stage became the likeliest with what one record told."""

    before: int | None
    after: int
    told: _Told


def adoption(statements: Sequence[Statement], uses: pa.Table, as_of: date) -> Adoption:
    """Stages of each physician and brand that anything is said of, from statements and USE_STATEMENTS up to `as_of`."""
    told = _told(uses, as_of)
    pairs = {(s.subject.hcp_id, s.subject.brand) for s in statements} | set(told)
    named = sorted((hcp_id, brand) for hcp_id, brand in pairs if brand is not None)
    stages: list[dict[str, Any]] = []
    transitions: list[dict[str, Any]] = []
    for hcp_id, brand in named:
        of_pair = told.get((hcp_id, brand), [])
        beliefs, steps = _forward(of_pair, as_of)
        stages.append({"hcp_id": hcp_id, "brand": brand} | _stage(beliefs, steps, of_pair))
        transitions += [{"hcp_id": hcp_id, "brand": brand} | _transition(step) for step in steps]
    return Adoption(pa.Table.from_pylist(stages, schema=STAGES), pa.Table.from_pylist(transitions, schema=TRANSITIONS))


def _told(uses: pa.Table, as_of: date) -> dict[tuple[str, str | None], list[_Told]]:
    """What was told of each physician and brand, oldest first; a repeated row counts once."""
    known = uses.filter(pc.less_equal(uses["date"], pa.scalar(as_of, pa.date32())))
    rows = {(row["source"], row["source_id"], row["hcp_id"], row["brand"]): row for row in known.to_pylist()}
    found: dict[tuple[str, str | None], list[_Told]] = defaultdict(list)
    for key in sorted(rows, key=lambda key: (rows[key]["date"], *map(str, key))):
        row = rows[key]
        found[row["hcp_id"], row["brand"]].append(_Told(row["date"], np.asarray(row["shares"]), of_row(row)))
    return found


def _stage(beliefs: Floats, steps: Sequence[_Step], told: Sequence[_Told]) -> dict[str, Any]:
    stage = int(beliefs.argmax())
    name = STAGE_NAMES[stage]
    return {
        "stage": name,
        "probability": float(beliefs[stage]),
        "since": steps[-1].told.day if steps and steps[-1].after == stage else None,
        "why": _why(name, told),
        "evidence": newest_first(one.evidence for one in told),
    }


def _transition(step: _Step) -> dict[str, Any]:
    return {
        "topic": TOPIC,
        "polarity": None,
        "date": step.told.day,
        "from_state": None if step.before is None else STAGE_NAMES[step.before],
        "to_state": STAGE_NAMES[step.after],
        "cause": f"most likely after what a {step.told.evidence['source']} of {step.told.day.isoformat()} tells",
        "evidence": step.told.evidence,
    }


def _why(stage: str, told: Sequence[_Told]) -> str:
    if not told:
        return "nothing is said of the brand's use: the usual stage of physicians whom a rep visits for it"
    records = "one record tells" if len(told) == 1 else f"{len(told)} records tell"
    return f"{records} of the brand's use, the last on {told[-1].day.isoformat()}: most likely {stage}"


def _forward(told: Sequence[_Told], as_of: date) -> tuple[Floats, list[_Step]]:
    """Probabilities of the stages on the last day, and each change of the likeliest on the way there."""
    beliefs, steps = USUAL, list[_Step]()
    for number, one in enumerate(told):
        if number:
            beliefs = _moved(beliefs, (one.day - told[number - 1].day).days)
        beliefs = beliefs * (SILENT * (1.0 - one.shares.sum()) + TELLS @ (one.shares / TOLD))
        beliefs = beliefs / beliefs.sum()
        stage, before = int(beliefs.argmax()), steps[-1].after if steps else None
        if stage != before:
            steps.append(_Step(before, stage, one))
    return (_moved(beliefs, (as_of - told[-1].day).days) if told else beliefs), steps


def _moved(beliefs: Floats, days: int) -> Floats:
    """Beliefs some days later."""
    leaving = (1.0 - np.exp(-days / TURNOVER_DAYS)) * MOVES
    return np.asarray(beliefs @ leaving + beliefs * (1.0 - leaving.sum(axis=1)))
