"""From a physician's needs to the approved modules that answer them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow.compute as pc

from ...embeddings.encoder import Encoder, Vectors
from ...errors import InputError
from ...prompts.taxonomy import Taxonomy
from ..records.catalogue import Catalogue
from ..records.schemas import CHANNELS
from .answer import AddressedNeed, Answer, Approval, MatchedModule
from .decisions import Question
from .diversity import RELEVANCE_SHARE, MarginalRelevance
from .eligibility import Eligibility, indication_id
from .eligibility_settings import EligibilitySettings
from .explanation import why
from .needs import Need
from .physicians import MatchTables, Physicians
from .policy import Greedy, Policy
from .recording import decision_ids, decisions_of
from .refusals import refusals
from .safety import SafetyHolds
from .scoring import Audience, Ranked, ScoreWeights, need_vectors, rank
from .shelf import Shelf, brand_key, shelves_by_brand
from .slate import Slot, draw_slate, generator_for
from .topic_space import TopicSpace

_PAIRS_AT_ONCE = 256
"""Pairs whose quotes are encoded together: full batches for the encoder, little memory."""


@dataclass(frozen=True)
class _Query:
    """What is asked of every pair alike; without a channel any will do."""

    channel: str | None
    as_of: date
    k: int
    log: bool = False
    indication: str | None = None

    def __post_init__(self) -> None:
        if self.channel is not None and self.channel not in CHANNELS:
            raise InputError(f"channel {self.channel!r} is unknown: use one of {', '.join(CHANNELS)}")
        if self.k < 1:
            raise InputError(f"k is {self.k}: ask for one module or more")
        if self.indication is not None and indication_id(self.indication) is None:
            raise InputError(f"indication {self.indication!r} is no id: give one word, as the catalogue has it")


@dataclass(frozen=True)
class MatchSettings:
    """What a user may tune; `relevance_share` is the score's share against diversity, in [0, 1].

    The same `seed` makes the same choices, whoever else is asked about; only policies that try something need it.
    """

    weights: ScoreWeights = field(default_factory=ScoreWeights)
    eligibility: EligibilitySettings = field(default_factory=EligibilitySettings)
    relevance_share: float = RELEVANCE_SHARE
    policy: Policy = field(default_factory=Greedy)
    seed: int = 0


class ContentMatcher:
    """Answers which approved modules to show to a physician, where and why.

    Encodes the taxonomy and the catalogue once; a query encodes the physician's own words only.

    Args:
        tables: profiles and what is known of the physicians.
        catalogue: the modules; only they are ever returned, word for word.
        encoder: for modules, topics and quotes alike.
        taxonomy: must have every topic of the profiles, InputError otherwise.
        as_of: the day of an answer that asks for no other.
    """

    def __init__(
        self,
        tables: MatchTables,
        catalogue: Catalogue,
        encoder: Encoder,
        taxonomy: Taxonomy,
        *,
        as_of: date,
        settings: MatchSettings | None = None,
    ) -> None:
        self._settings = settings or MatchSettings()
        self._as_of = as_of
        self._encoder = encoder
        self._pairs = _pairs(tables)
        _check_topics(tables, taxonomy)
        self._topics = TopicSpace(taxonomy, encoder)
        self._shelves = shelves_by_brand(catalogue.modules, encoder, self._topics, self._settings.eligibility)
        self._physicians = Physicians(tables)
        self._holds = SafetyHolds(tables.flags, self._settings.eligibility.holds)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Physician and brand of every profile and flag, sorted: those that `match_all` answers."""
        return self._pairs

    def needs(self, hcp_id: str, brand: str, as_of: date | None = None) -> tuple[Need, ...]:
        """What the physician needs to hear about the brand, heaviest first; none where nothing is known of them."""
        return self._physicians.needs(hcp_id, brand, as_of or self._as_of)

    def knows_brand(self, brand: str) -> bool:
        """Whether the catalogue or a profile has the brand."""
        key = brand_key(brand)
        return key in self._shelves or any(key == brand_key(known) for _, known in self._pairs)

    def match(
        self,
        hcp_id: str,
        brand: str,
        *,
        channel: str | None = None,
        as_of: date | None = None,
        k: int = 5,
        log: bool = False,
        indication: str | None = None,
    ) -> Answer:
        """Up to k eligible modules of the brand, in the order in which the policy chose them.

        Without `channel` each module comes with the best channel that it allows and the physician has not closed.
        Modules that answer no need may fill the list up; their `addresses` is empty. With `log` the answer holds the
        decisions that a log keeps. With `indication`, an id, modules for another one are left out.

        Raises:
            InputError: the physician or the brand occurs nowhere, the channel is unknown, or k is below 1.
        """
        self._check_pair(hcp_id, brand)
        query = _Query(channel, as_of or self._as_of, k, log, indication)
        return next(self._answer_together([(hcp_id, brand)], query))

    def match_all(
        self,
        *,
        hcp_id: str | None = None,
        brand: str | None = None,
        channel: str | None = None,
        as_of: date | None = None,
        k: int = 5,
        log: bool = False,
        indication: str | None = None,
    ) -> Iterator[Answer]:
        """Answers for all `pairs`, or those of one physician or brand: what `match` says of each, encoded together.

        Raises:
            InputError: the channel is unknown or k is below 1.
        """
        query = _Query(channel, as_of or self._as_of, k, log, indication)
        wanted = [
            pair
            for pair in self._pairs
            if hcp_id in (None, pair[0]) and (brand is None or brand_key(brand) == brand_key(pair[1]))
        ]
        return (
            answer
            for start in range(0, len(wanted), _PAIRS_AT_ONCE)
            for answer in self._answer_together(wanted[start : start + _PAIRS_AT_ONCE], query)
        )

    def _answer_together(self, pairs: Sequence[tuple[str, str]], query: _Query) -> Iterator[Answer]:
        needs = [self._physicians.needs(hcp_id, brand, query.as_of) for hcp_id, brand in pairs]
        quotes = self._encode_quotes([need for of_pair in needs for need in of_pair])
        for (hcp_id, brand), of_pair in zip(pairs, needs, strict=True):
            held = self._holds.reason(hcp_id, brand, query.as_of)
            if held:
                yield Answer(hcp_id, brand, query.as_of, query.channel, held, (), ())
            else:
                yield self._answer(hcp_id, brand, of_pair, quotes, query)

    def _encode_quotes(self, needs: Sequence[Need]) -> dict[str, Vectors]:
        texts = sorted({text for need in needs for text in need.own_words})
        return dict(zip(texts, self._encoder.encode(texts), strict=True)) if texts else {}

    def _answer(
        self, hcp_id: str, brand: str, needs: tuple[Need, ...], quotes: Mapping[str, Vectors], query: _Query
    ) -> Answer:
        shelf = self._shelves.get(brand_key(brand))
        if shelf is None:
            refused = refusals(needs, None, None, self._topics)
            return Answer(hcp_id, brand, query.as_of, query.channel, None, (), refused)
        physician = self._physicians.physician(hcp_id, query.as_of)
        verdict = shelf.rules.check(physician, query.as_of, query.channel, query.indication)
        audience = self._physicians.audience(hcp_id, needs, query.as_of)
        policy, seed = self._settings.policy, self._settings.seed
        question = Question(hcp_id, brand, query.as_of, query.channel, policy, seed)
        vectors = need_vectors(needs, self._topics, quotes)
        ranked = self._ranked(shelf, verdict, audience, vectors, query)
        slots = self._slate(shelf, ranked, question, query.k)
        known_as = decision_ids(question, shelf, ranked, slots)
        modules = tuple(
            self._matched(shelf, ranked, slot, identifier, audience, vectors)
            for slot, identifier in zip(slots, known_as, strict=True)
        )
        refused = refusals(needs, shelf, verdict, self._topics)
        decisions = decisions_of(question, shelf, ranked, slots, physician, needs) if query.log else ()
        return Answer(hcp_id, brand, query.as_of, query.channel, None, modules, refused, decisions)

    def _ranked(
        self, shelf: Shelf, verdict: Eligibility, audience: Audience, vectors: Vectors, query: _Query
    ) -> Ranked:
        rows = verdict.eligible
        usable = verdict.usable_channels[rows]
        return rank(shelf, rows, usable, audience, vectors, self._topics, query.as_of, self._settings.weights)

    def _slate(self, shelf: Shelf, ranked: Ranked, question: Question, k: int) -> list[Slot]:
        share = self._settings.relevance_share
        relevance = MarginalRelevance(ranked.scores, shelf.wording_vectors[ranked.rows], relevance_share=share)
        return draw_slate(self._settings.policy, relevance, share * ranked.spreads, k, generator_for(question))

    def _matched(
        self, shelf: Shelf, ranked: Ranked, slot: Slot, known_as: str, audience: Audience, vectors: Vectors
    ) -> MatchedModule:
        row, channel = int(ranked.rows[slot.chosen]), ranked.channels[slot.chosen]
        module = shelf.modules[row]
        answered = [
            number for number, need in enumerate(audience.needs) if shelf.answered[row, self._topics.column(need.topic)]
        ]
        needs = [audience.needs[number] for number in answered]
        claim = shelf.closest_claim(row, vectors[answered[0]]) if answered else None
        known = audience.channels.get(channel)
        shown = module.module_id in audience.shown
        return MatchedModule(
            module_id=module.module_id,
            channel=channel,
            score=float(ranked.scores[slot.chosen]),
            propensity=slot.propensity,
            title=module.title,
            text=module.text,
            claims=module.claims,
            assets=tuple(asset for asset in module.assets if asset.asset_id in module.must_use),
            approval=Approval(module.approval_id, module.status, module.approved_at, module.expires_at),
            addresses=tuple(AddressedNeed(need.topic, need.polarity, need.weight, need.evidence) for need in needs),
            why=why(needs, claim, channel, known.p_engage if known else None, shown),
            decision_id=known_as,
        )

    def _check_pair(self, hcp_id: str, brand: str) -> None:
        if not self._physicians.knows(hcp_id) and all(hcp_id != known for known, _ in self._pairs):
            raise InputError(f"hcp_id {hcp_id!r} is in neither the physicians nor the profiles: check its spelling")
        if not self.knows_brand(brand):
            known_brands = ", ".join(sorted({shelf.modules[0].brand for shelf in self._shelves.values()}))
            raise InputError(f"brand {brand!r} is in neither the catalogue ({known_brands}) nor the profiles")


def _pairs(tables: MatchTables) -> tuple[tuple[str, str], ...]:
    """Pairs of profiles and flags; of several spellings of a brand the first in alphabetical order."""
    found: dict[tuple[str, str], str] = {}
    for table in (tables.profiles, tables.flags):
        for hcp_id, brand in zip(table["hcp_id"].to_pylist(), table["brand"].to_pylist(), strict=True):
            if hcp_id and brand:
                pair = (hcp_id, brand_key(brand))
                found[pair] = min(brand, found.get(pair, brand))
    return tuple(sorted((hcp_id, brand) for (hcp_id, _), brand in found.items()))


def _check_topics(tables: MatchTables, taxonomy: Taxonomy) -> None:
    unknown = sorted(set(pc.unique(tables.profiles["topic"]).to_pylist()) - set(taxonomy.ids))
    if unknown:
        raise InputError(
            f"topic {unknown[0]!r} of the profiles is not in the taxonomy {taxonomy.name} {taxonomy.version}: "
            "match with the taxonomy that the run was made with"
        )
