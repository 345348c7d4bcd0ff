"""From the slots of an answer to the decisions that a log keeps."""

from __future__ import annotations

from collections.abc import Sequence

from .decisions import Candidate, Decision, DecisionIds, Question, digest_of
from .eligibility import Physician
from .needs import Need
from .shelf import Shelf
from .shortlists import Ranked
from .slate import Options, Slot


def decision_ids(question: Question, shelf: Shelf, ranked: Ranked, slots: Sequence[Slot]) -> list[str]:
    """The id of each slot's decision."""
    names = shelf.module_ids[ranked.rows].tolist()
    ids = DecisionIds(question, digest_of(names))
    return [ids.of(place, names[slot.chosen], ranked.channel(slot.chosen)) for place, slot in enumerate(slots, start=1)]


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
            channel=ranked.channel(slot.chosen),
            propensity=slot.propensity,
            standard_error=slot.standard_error,
            specialty=physician.specialty,
            country=physician.country,
            need=f"{needs[0].polarity} {needs[0].topic}" if needs else None,
            candidates=_candidates(shelf, ranked, slot.options),
        )
        for place, (identifier, slot) in enumerate(zip(known_as, slots, strict=True), start=1)
    )


def _candidates(shelf: Shelf, ranked: Ranked, options: Options | None) -> tuple[Candidate, ...]:
    if options is None:
        return ()
    places, values, propensities = options.candidates, options.values, options.propensities
    names, scores = shelf.module_ids[ranked.rows[places]], ranked.scores[places]
    found = zip(names.tolist(), scores.tolist(), values.tolist(), propensities.tolist(), places.tolist(), strict=True)
    return tuple(
        Candidate(name, ranked.channel(place), score, value, propensity)
        for name, score, value, propensity, place in found
    )
