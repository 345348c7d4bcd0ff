"""Which notes to label: at random, or where the model learns most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..sampling_strategy import Strategy
from .distinct_texts import SeenTexts
from .doubts import Doubt
from .stratified import Stratum, draw, draw_order

PER_PHYSICIAN = 3
"""More notes of one physician are picked for doubt only once everybody else's have been."""


@dataclass(frozen=True)
class Candidate:
    """A note that may be picked.

    Attributes:
        note_id: its id.
        hcp_id: whom it is about.
        text: its text.
        stratum: the values it is stratified by.
        copies: how many notes it stands for, itself included.
        uncertain: how near the model is to a threshold; None where it cannot read the note.
        disagreeing: how far two opinions of it differ; None where they do not.
    """

    note_id: str
    hcp_id: str
    text: str
    stratum: Stratum
    copies: int
    uncertain: Doubt | None
    disagreeing: Doubt | None


@dataclass(frozen=True)
class Pick:
    """A picked note and why; `probability` of being drawn is known for random ones only."""

    candidate: Candidate
    strategy: Strategy
    why: str
    probability: float | None = None

    def meta(self, stratified_by: Sequence[str], seed: int) -> dict[str, Any]:
        """What a task says of its being picked."""
        record: dict[str, Any] = {"picked": str(self.strategy), "why": self.why}
        if self.probability is None:
            return record
        return record | {
            "sampling_probability": self.probability,
            "stands_for_notes": self.candidate.copies,
            "stratum": dict(zip(stratified_by, self.candidate.stratum, strict=True)),
            "seed": seed,
        }


def pick_notes(candidates: Sequence[Candidate], count: int, strategy: Strategy, seed: int) -> list[Pick]:
    """Pick notes, in an order that looks random; the order of the candidates plays no part.

    Random notes are drawn first and from all candidates, so that their probabilities hold whatever else is picked.
    Notes picked for doubt are unlike every other picked one.

    Raises:
        InputError: more strata than notes drawn at random.
    """
    shares = _shares(count, strategy)
    picks = _random(candidates, shares[Strategy.RANDOM], seed)
    for kind in (Strategy.DISAGREEING, Strategy.UNCERTAIN):
        wanted = shares[kind]
        if strategy is Strategy.MIXED and kind is Strategy.UNCERTAIN:
            wanted = count - len(picks)  # of those that disagree there may have been too few
        picks += _doubtful(candidates, wanted, kind, picks)
    place = {note_id: place for place, note_id in enumerate(draw_order([p.candidate.note_id for p in picks], seed))}
    return sorted(picks, key=lambda pick: place[pick.candidate.note_id])


def _shares(count: int, strategy: Strategy) -> Mapping[Strategy, int]:
    if strategy is not Strategy.MIXED:
        return Counter({strategy: count})
    third = count // 3
    return Counter({Strategy.RANDOM: count - 2 * third, Strategy.DISAGREEING: third, Strategy.UNCERTAIN: third})


def _random(candidates: Sequence[Candidate], count: int, seed: int) -> list[Pick]:
    if not count:
        return []
    by_id = {candidate.note_id: candidate for candidate in candidates}
    drawn = draw({candidate.note_id: candidate.stratum for candidate in candidates}, count, seed)
    return [Pick(by_id[one.id], Strategy.RANDOM, "drawn at random", one.probability) for one in drawn]


def _doubtful(candidates: Sequence[Candidate], count: int, kind: Strategy, picked: Sequence[Pick]) -> list[Pick]:
    taken = {pick.candidate.note_id for pick in picked}
    seen = SeenTexts(pick.candidate.text for pick in picked)
    picks: list[Pick] = []
    for candidate, doubt in _by_doubt([c for c in candidates if c.note_id not in taken], kind):
        if len(picks) >= count:
            break
        if seen.add_if_new(candidate.text):
            picks.append(Pick(candidate, kind, doubt.why))
    return picks


def _by_doubt(candidates: Sequence[Candidate], kind: Strategy) -> list[tuple[Candidate, Doubt]]:
    """The largest doubts first, but no physician's fourth before everybody's first three."""
    doubts = [(c, c.uncertain if kind is Strategy.UNCERTAIN else c.disagreeing) for c in candidates]
    ordered = sorted(
        ((candidate, doubt) for candidate, doubt in doubts if doubt is not None),
        key=lambda pair: (-pair[1].strength, pair[0].note_id),
    )
    so_far: Counter[str] = Counter()
    rounds = []
    for candidate, _ in ordered:
        rounds.append(so_far[candidate.hcp_id] // PER_PHYSICIAN)
        so_far[candidate.hcp_id] += 1
    return [pair for _, pair in sorted(zip(rounds, ordered, strict=True), key=lambda item: item[0])]
