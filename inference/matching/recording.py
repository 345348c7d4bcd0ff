"""From the slots of an answer to the decisions that a log keeps."""

from __future__ import annotations

from collections.abc import Sequence

from .decisions import Candidate, Decision, Question, decision_id, digest_of
from .eligibility import Physician
from .needs import Need
from .scoring import Ranked
from .shelf import Shelf
from .slate import Slot


def decision_ids(question: Question, shelf: Shelf, ranked: Ranked, slots: Sequence[Slot]) -> list[str]:
    """The id of each slot's decision."""
    names = [shelf.modules[row].module_id for row in ranked.rows]
    candidates = digest_of(names)
    return [
        decision_id(question, candidates, place, names[slot.chosen], ranked.channels[slot.chosen])
        for place, slot in enumerate(slots, start=1)
    ]


def decisions_of(
    question: Question,
    shelf: Shelf,
    ranked: Ranked,
    slots: Sequence[Slot],
    known_as: Sequence[str],
    physician: Physician,
    needs: Sequence[Need],
) -> tuple[Decision, ...]:
    """The decision of each slot, by its id, with all candidates; `needs` are the physician's, heaviest first."""
    return tuple(
        Decision(
            decision_id=identifier,
            question=question,
            slot=place,
            module_id=shelf.modules[ranked.rows[slot.chosen]].module_id,
            channel=ranked.channels[slot.chosen],
            propensity=slot.propensity,
            standard_error=slot.standard_error,
            specialty=physician.specialty,
            country=physician.country,
            need=f"{needs[0].polarity} {needs[0].topic}" if needs else None,
            candidates=_candidates(shelf, ranked, slot),
        )
        for place, (identifier, slot) in enumerate(zip(known_as, slots, strict=True), start=1)
    )


def _candidates(shelf: Shelf, ranked: Ranked, slot: Slot) -> tuple[Candidate, ...]:
    found = zip(slot.candidates.tolist(), slot.values.tolist(), slot.propensities.tolist(), strict=True)
    return tuple(
        Candidate(
            shelf.modules[ranked.rows[row]].module_id,
            ranked.channels[row],
            float(ranked.scores[row]),
            value,
            propensity,
        )
        for row, value, propensity in found
    )
