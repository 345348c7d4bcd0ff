"""Answers, made of the candidates that a shelf has for physicians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .answer import Answer, MatchedModule
from .asking import Query
from .decisions import Question
from .diversity import MarginalRelevance
from .eligibility import Physician
from .explanation import why
from .match_settings import MatchSettings
from .needs import Need
from .policy import Greedy
from .recording import decision_ids, decisions_of
from .refusals import blocked, refusals
from .scoring import Audience
from .shelf import Shelf
from .shortlists import Ranked, Shortlists
from .slate import Slot, best_slates, draw_slate, generator_for
from .topic_space import TopicSpace


@dataclass(frozen=True, eq=False)
class Asked:
    """A physician and brand as asked about.

    Attributes:
        suppressed: why promotion stops; None where it does not.
        needs: heaviest first.
        shelf: the modules of the brand; None where there are none.
        physician: as eligibility sees them; None where nothing is asked of a shelf.
        audience: as scoring sees them; None where nothing is asked of a shelf.
    """

    hcp_id: str
    brand: str
    suppressed: str | None = None
    needs: tuple[Need, ...] = ()
    shelf: Shelf | None = None
    physician: Physician | None = None
    audience: Audience | None = None

    def question(self, query: Query, settings: MatchSettings) -> Question:
        """What was asked, of whom, and by which policy it is answered."""
        return Question(self.hcp_id, self.brand, query.as_of, query.channel, settings.policy, settings.seed)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The candidates for an answer, and those of them that stand in it."""

    ranked: Ranked
    slots: list[Slot]


def draw_together(asked: Sequence[Asked], lists: Shortlists, query: Query, settings: MatchSettings) -> list[Drawn]:
    """The slots of each of some answers, filled by the policy."""
    share = 1 - settings.ranking.diversity
    if isinstance(settings.policy, Greedy) and not query.log:
        slates = best_slates(lists, query.k, share)
    else:
        slates = [
            _drawn(ranked, one.question(query, settings), query.k, share)
            for one, ranked in zip(asked, lists.ranked, strict=True)
        ]
    return [Drawn(ranked, slots) for ranked, slots in zip(lists.ranked, slates, strict=True)]


def answer(asked: Asked, drawn: Drawn | None, query: Query, settings: MatchSettings, topics: TopicSpace) -> Answer:
    """The answer; with nothing drawn it says why promotion stops, or that the brand is all gaps."""
    if asked.shelf is None or asked.audience is None or asked.physician is None or drawn is None:
        refused = refusals(asked.needs, None, None, topics) if query.refusals and not asked.suppressed else ()
        return Answer(asked.hcp_id, asked.brand, query.as_of, query.channel, asked.suppressed, (), refused)
    shelf, ranked, slots = asked.shelf, drawn.ranked, drawn.slots
    question = asked.question(query, settings)
    known_as = decision_ids(question, shelf, ranked, slots)
    modules = tuple(
        _matched(shelf, ranked, slot, identifier, asked.audience, topics)
        for slot, identifier in zip(slots, known_as, strict=True)
    )
    verdict = asked.audience.eligibility
    return Answer(
        hcp_id=asked.hcp_id,
        brand=asked.brand,
        as_of=query.as_of,
        channel=query.channel,
        suppressed=None,
        modules=modules,
        refused=refusals(asked.needs, shelf, verdict, topics) if query.refusals else (),
        blocked=blocked(verdict) if query.refusals else {},
        decisions=decisions_of(question, shelf, ranked, slots, known_as, asked.physician, asked.needs)
        if query.log
        else (),
    )


def _drawn(ranked: Ranked, question: Question, k: int, share: float) -> list[Slot]:
    relevance = MarginalRelevance(ranked.scores, ranked.wording, relevance_share=share)
    return draw_slate(question.policy, relevance, share * ranked.spreads, k, generator_for(question))


def _matched(
    shelf: Shelf, ranked: Ranked, slot: Slot, known_as: str, audience: Audience, topics: TopicSpace
) -> MatchedModule:
    row, channel = int(ranked.rows[slot.chosen]), ranked.channel(slot.chosen)
    module = shelf.modules[row]
    answered = [number for number, need in enumerate(audience.needs) if shelf.answered[row, topics.column(need.topic)]]
    needs = tuple(audience.needs[number] for number in answered)
    claim = shelf.closest_claim(row, ranked.vectors[answered[0]]) if answered else None
    return MatchedModule(
        module=module,
        channel=channel,
        score=float(ranked.scores[slot.chosen]),
        propensity=slot.propensity,
        addresses=needs,
        why=why(needs, claim, channel, audience.choice.p_engage(channel), module.module_id in audience.shown),
        decision_id=known_as,
    )
