"""From the slots of an answer to the decisions that a log keeps."""

from __future__ import annotations

from collections.abc import Sequence

from .decisions import Candidate, Decision, DecisionIds, Question, digest_of
from .eligibility import Physician
from .needs import Need
from .shelf import Shelf
from .shortlists import Ranked
from .slate import Drawn, Options


def decision_ids(question: Question, shelf: Shelf, drawn: Drawn) -> list[str]:
    """The id of each slot's decision."""
    names = shelf.module_ids[drawn.ranked.rows].tolist()
    ids = DecisionIds(question, digest_of(names))
    chosen = zip(drawn.slots, drawn.channels, strict=True)
    return [ids.of(place, names[slot.chosen], channel) for place, (slot, channel) in enumerate(chosen, start=1)]


def decisions_of(
    question: Question,
    shelf: Shelf,
    drawn: Drawn,
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
            module_id=shelf.modules[row].module_id,
            channel=channel,
            propensity=slot.propensity,
            standard_error=slot.standard_error,
            specialty=physician.specialty,
            country=physician.country,
            need=f"{needs[0].polarity} {needs[0].topic}" if needs else None,
            candidates=_candidates(shelf, drawn.ranked, slot.options),
        )
        for place, (identifier, slot, row, channel) in enumerate(
            zip(known_as, drawn.slots, drawn.rows, drawn.channels, strict=True), start=1
        )
    )


def _candidates(shelf: Shelf, ranked: Ranked, options: Options | None) -> tuple[Candidate, ...]:
    if options is None:
        return ()
    places, values, propensities = options.candidates, options.values, options.propensities
    names, scores = shelf.module_ids[ranked.rows[places]], ranked.scores[places]
    channels = ranked.channels(places.tolist())
    found = zip(names.tolist(), channels, scores.tolist(), values.tolist(), propensities.tolist(), strict=True)
    return tuple(Candidate(*candidate) for candidate in found)
