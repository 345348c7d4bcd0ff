"""Answers, made of the candidates that a shelf has for physicians."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .answer import Answer, MatchedModule
from .asking import Query
from .decisions import Question
from .diversity import MarginalRelevance
from .eligibility import Physician
from .explanation import Addressed, why
from .match_settings import MatchSettings
from .needs import Need
from .policy import Greedy
from .recording import decision_ids, decisions_of
from .refusals import blocked, refusals
from .scoring import Audience
from .shelf import Shelf
from .shortlists import Ranked, Shortlists
from .slate import Drawn, Slot, best_slates, draw_slate, generator_for
from .topic_space import TopicSpace


class Asked(NamedTuple):
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


def draw_together(asked: Sequence[Asked], lists: Shortlists, query: Query, settings: MatchSettings) -> list[Drawn]:
    """The slots of each of some answers, filled by the policy."""
    share = 1 - settings.ranking.diversity
    if isinstance(settings.policy, Greedy) and not query.log:
        slates = best_slates(lists, query.k, share)
    else:
        slates = [
            _slate(ranked, one.question(query, settings), query.k, share, settings.weights.need)
            for one, ranked in zip(asked, lists.ranked, strict=True)
        ]
    lengths = [len(slots) for slots in slates]
    who = np.repeat(np.arange(len(slates)), lengths)
    chosen = [slot.chosen for slots in slates for slot in slots]
    rows = lists.section.rows[lists.places[who, chosen]].tolist()
    scores, left = lists.scores[who, chosen].tolist(), lists.left[who, chosen].tolist()
    drawn, start = [], 0
    for ranked, slots, length in zip(lists.ranked, slates, lengths, strict=True):
        end = start + length
        channels = [ranked.choice.best_of(channels) for channels in left[start:end]]
        drawn.append(Drawn(ranked, slots, rows[start:end], scores[start:end], channels))
        start = end
    return drawn


def answer(asked: Asked, drawn: Drawn | None, query: Query, settings: MatchSettings, topics: TopicSpace) -> Answer:
    """The answer; with nothing drawn it says why promotion stops, or that the brand is all gaps."""
    if asked.shelf is None or asked.audience is None or asked.physician is None or drawn is None:
        refused = refusals(asked.needs, None, None, topics) if query.refusals and not asked.suppressed else ()
        return Answer(asked.hcp_id, asked.brand, query.as_of, query.channel, asked.suppressed, (), refused)
    shelf, question = asked.shelf, asked.question(query, settings)
    known_as = decision_ids(question, shelf, drawn)
    modules = _matched(shelf, drawn, known_as, asked.audience, topics)
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
        decisions=decisions_of(question, shelf, drawn, known_as, asked.physician, asked.needs) if query.log else (),
    )


def _slate(ranked: Ranked, question: Question, k: int, share: float, need_weight: float) -> list[Slot]:
    relevance = MarginalRelevance(ranked.scores, ranked.wording, relevance_share=share)
    spreads = share * ranked.spreads(need_weight)
    return draw_slate(question.policy, relevance, spreads, k, generator_for(question))


def _matched(
    shelf: Shelf, drawn: Drawn, known_as: Sequence[str], audience: Audience, topics: TopicSpace
) -> tuple[MatchedModule, ...]:
    """The modules in the slots, each with the needs that it answers."""
    needs, choice = audience.needs, audience.choice
    columns = [topics.column(need.topic) for need in needs]
    addressed: dict[tuple[int, ...], Addressed] = {}
    modules = []
    for slot, row, score, channel, identifier in zip(
        drawn.slots, drawn.rows, drawn.scores, drawn.channels, known_as, strict=True
    ):
        module, answers = shelf.modules[row], shelf.topics_answered(row)
        answered = tuple([number for number, column in enumerate(columns) if column in answers])
        if answered not in addressed:
            addressed[answered] = Addressed.of(tuple([needs[number] for number in answered]))
        told = addressed[answered]
        claim = shelf.closest_claim(row, drawn.ranked.vectors[answered[0]]) if module.claims and answered else None
        because = why(told, claim, channel, choice.p_engage(channel), module.module_id in audience.shown)
        modules.append(MatchedModule(module, channel, score, slot.propensity, told.needs, because, identifier))
    return tuple(modules)
