"""From a physician's needs to the approved modules that answer them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ...embeddings.encoder import Encoder
from ...embeddings.loading import load_encoder
from ...errors import InputError
from ...prompts.taxonomy import Taxonomy
from ..progress import QuietReporter, Reporter
from ..records.brands import brand_key
from ..records.catalogue import Catalogue
from ..runs import Run
from .answer import Answer
from .answer_table import ANSWERS, coded_table
from .answering import Asked, answer, draw_together
from .asking import Query
from .forking import in_processes
from .match_settings import MatchSettings
from .needs import Need
from .own_words import OwnWords
from .physicians import MatchTables, Physicians
from .run_catalogue import catalogue_of
from .safety import SafetyHolds
from .scoring import SHOWN_HALF_LIFE_DAYS, Audience, score_together
from .shelf import Shelf, shelves_by_brand
from .shortlists import shortlists
from .showings import shown_weights
from .slate import Drawn
from .topic_reader import reader_for
from .topic_space import TopicSpace

if TYPE_CHECKING:
    import pandas as pd

_PAIRS_AT_ONCE = 4096
"""Pairs whose quotes are encoded together: full batches for the encoder, and many who are alike."""

_SCORED_AT_ONCE = 64
"""Pairs that are scored together: their scores of thousands of modules fit into the processor's cache."""


class ContentMatcher:
    """Answers which approved modules to show to a physician, where and why; safe to use from several threads.

    Encodes the taxonomy and the catalogue once, and quotes of physicians when they are first needed (`prepare` does so
    ahead).

    Args:
        tables: profiles and what is known of the physicians.
        catalogue: the modules; only they are ever returned, word for word.
        encoder: for modules, topics and quotes alike.
        taxonomy: must have every topic of the profiles and of the settings, InputError otherwise.
        as_of: the day of an answer that asks for no other.

    Attributes:
        catalogue: as given.
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
        self.catalogue = catalogue
        self._pairs = tables.pairs
        tables.require_topics(taxonomy)
        self._settings.ranking.require_topics(taxonomy)
        self._topics = TopicSpace(taxonomy, encoder)
        reader = reader_for(encoder) if self._settings.learned_topics else None
        self._shelves = shelves_by_brand(catalogue.modules, encoder, self._topics, self._settings.eligibility, reader)
        self._own_words = OwnWords(encoder)
        self._physicians = Physicians(tables, self._settings.ranking)
        self._holds = SafetyHolds(tables.flags, self._settings.eligibility.holds)
        self._known_hcps = {hcp_id for hcp_id, _ in self._pairs}
        self._known_brands = self._shelves.keys() | {brand_key(brand) for _, brand in self._pairs}

    @classmethod
    def load(
        cls,
        run: Run | Path | str,
        modules: Path | str | None = None,
        *,
        encoder: Encoder | None = None,
        settings: MatchSettings | None = None,
        reporter: Reporter | None = None,
    ) -> ContentMatcher:
        """A matcher over a published run and a catalogue: the one named, else the one kept with the run.

        Raises:
            InputError: no such run, no catalogue, or one of them cannot be read.
        """
        run = run if isinstance(run, Run) else Run.open(run)
        path = None if modules is None else Path(modules)
        catalogue, encoder = catalogue_of(run, path, encoder or load_encoder(), reporter or QuietReporter())
        return cls(MatchTables.of(run), catalogue, encoder, run.taxonomy, as_of=run.as_of, settings=settings)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Physician and brand of every profile and flag, sorted: those that `match_all` answers."""
        return self._pairs

    def prepare(self, reporter: Reporter | None = None) -> None:
        """Encode the quotes behind all needs ahead, so that no question waits for it."""
        self._prepare(self._physicians.own_words(), reporter)

    def _prepare(self, quotes: Sequence[str], reporter: Reporter | None = None) -> None:
        texts = quotes if self._settings.own_words else ()
        with (reporter or QuietReporter()).stage("encoding quotes", len(texts), "quotes") as done:
            for start in range(0, len(texts), _PAIRS_AT_ONCE):
                some = texts[start : start + _PAIRS_AT_ONCE]
                self._own_words.prepare(some)
                done(len(some))

    def observe(self, content_events: pa.Table) -> None:
        """Count content events that the run did not know: showings, contacts and unsubscriptions.

        They count from the next question on, in the schema CONTENT_EVENTS; one that is known already counts once.
        """
        self._physicians.observe(content_events)

    def needs(self, hcp_id: str, brand: str, as_of: date | None = None) -> tuple[Need, ...]:
        """What the physician needs to hear about the brand, heaviest first; none where nothing is known of them."""
        return self._physicians.needs(hcp_id, brand, as_of or self._as_of)

    def open_channels(self, hcp_id: str, as_of: date | None = None) -> frozenset[str]:
        """The channels that the physician has not closed, by the consents and by what was observed since."""
        return self._physicians.open_channels(hcp_id, as_of or self._as_of)

    def knows_physician(self, hcp_id: str) -> bool:
        """Whether the physician is listed or has a profile."""
        return self._physicians.knows(hcp_id) or hcp_id in self._known_hcps

    def knows_brand(self, brand: str) -> bool:
        """Whether the catalogue or a profile has the brand."""
        return brand_key(brand) in self._known_brands

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
        only_answering: bool = False,
    ) -> Answer:
        """Up to k eligible modules of the brand, in the order in which the policy chose them.

        Without `channel` each module comes with the best channel that it allows and the physician has not closed.
        Modules that answer no need may fill the list up; their `addresses` is empty, and `only_answering` leaves them
        out. With `log` the answer holds the decisions that a log keeps. With `indication`, an id, modules for another
        one are left out.

        Raises:
            InputError: the physician or the brand occurs nowhere, the channel is unknown, or k is below 1.
        """
        self._check_pair(hcp_id, brand)
        query = Query(channel, as_of or self._as_of, k, log, indication, only_answering=only_answering)
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
        only_answering: bool = False,
    ) -> Iterator[Answer]:
        """Answers for all `pairs`, or those of one physician or brand: what `match` says of each, encoded together.

        Raises:
            InputError: the channel is unknown or k is below 1.
        """
        query = Query(channel, as_of or self._as_of, k, log, indication, only_answering=only_answering)
        wanted = [
            pair
            for pair in self._pairs
            if hcp_id in (None, pair[0]) and (brand is None or brand_key(brand) == brand_key(pair[1]))
        ]
        return self._answers(wanted, query)

    def match_frame(
        self,
        asked: pd.DataFrame | None = None,
        *,
        channel: str | None = None,
        as_of: date | None = None,
        k: int = 5,
        indication: str | None = None,
        only_answering: bool = False,
        workers: int = 1,
    ) -> pd.DataFrame:
        """Answers as a table with the columns of `answer_table.ANSWERS`, one row a module.

        Args:
            asked: physicians and brands in its columns `hcp_id` and `brand`, and a channel for each in `channel` if it
                has that column; None asks of all `pairs`.
            channel: as in `match`, like all that follows but the last.
            as_of: see `channel`.
            k: see `channel`.
            indication: see `channel`.
            only_answering: see `channel`.
            workers: processes that share the work, forked from this one; the answers are the same with any number.

        Raises:
            InputError: a column is missing, or what `match` raises.
        """
        query = Query(channel, as_of or self._as_of, k, False, indication, False, only_answering)
        asking = [(query, pair) for pair in self._pairs] if asked is None else self._asking(asked, query)
        if workers > 1:
            self._prepare(self._physicians.own_words(pair for _, pair in asking))  # encoders do not like to be forked
        found: pd.DataFrame = in_processes(self._table, asking, workers).cast(ANSWERS).to_pandas()
        return found

    def _asking(self, asked: pd.DataFrame, query: Query) -> list[tuple[Query, tuple[str, str]]]:
        """What is asked in each row; where it names no channel, in the query's."""
        pairs = self._pairs_of(asked)
        if "channel" not in asked.columns:
            return [(query, pair) for pair in pairs]
        named = {value: replace(query, channel=value) for value in asked["channel"] if isinstance(value, str)}
        return [(named.get(value, query), pair) for value, pair in zip(asked["channel"], pairs, strict=True)]

    def _table(self, asking: Sequence[tuple[Query, tuple[str, str]]]) -> pa.Table:
        """The answers in the order of what is asked."""
        if len({id(query) for query, _ in asking}) == 1:
            return coded_table(self._answers([pair for _, pair in asking], asking[0][0]))
        answers: dict[int, Answer] = {}
        for query in dict.fromkeys(query for query, _ in asking):
            places = [place for place, (of_one, _) in enumerate(asking) if of_one == query]
            answers.update(zip(places, self._answers([asking[place][1] for place in places], query), strict=True))
        return coded_table(answers[place] for place in range(len(asking)))

    def _pairs_of(self, asked: pd.DataFrame) -> list[tuple[str, str]]:
        for column in ("hcp_id", "brand"):
            if column not in asked.columns:
                raise InputError(f"the table has no column {column!r}: it needs hcp_id and brand")
        pairs = list(zip(asked["hcp_id"].tolist(), asked["brand"].tolist(), strict=True))
        for hcp_id, brand in dict.fromkeys(pairs):
            self._check_pair(hcp_id, brand)
        return pairs

    def _answers(self, pairs: Sequence[tuple[str, str]], query: Query) -> Iterator[Answer]:
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            yield from self._answer_together(pairs[start : start + _PAIRS_AT_ONCE], query)

    def _answer_together(self, pairs: Sequence[tuple[str, str]], query: Query) -> Iterator[Answer]:
        asked = [self._asked(hcp_id, brand, query) for hcp_id, brand in pairs]
        drawn = self._drawn(asked, query)
        for place, one in enumerate(asked):
            yield answer(one, drawn.get(place), query, self._settings, self._topics)

    def _asked(self, hcp_id: str, brand: str, query: Query) -> Asked:
        held = self._holds.reason(hcp_id, brand, query.as_of)
        if held:
            return Asked(hcp_id, brand, suppressed=held)
        needs = self._physicians.needs(hcp_id, brand, query.as_of)
        shelf = self._shelves.get(brand_key(brand))
        if shelf is None:
            return Asked(hcp_id, brand, needs=needs)
        physician = self._physicians.physician(hcp_id, query.as_of)
        verdict = shelf.rules.check(physician, query.as_of, query.channel, query.indication)
        shown = shown_weights(physician.contacts, query.as_of, SHOWN_HALF_LIFE_DAYS)
        audience = Audience(needs, verdict, self._physicians.choice(hcp_id), shown)
        return Asked(hcp_id, brand, needs=needs, shelf=shelf, physician=physician, audience=audience)

    def _drawn(self, asked: Sequence[Asked], query: Query) -> dict[int, Drawn]:
        """What stands in the answer of each that asks a shelf, by its place."""
        uses_words = self._settings.own_words
        quotes = self._own_words.of(text for one in asked for need in one.needs for text in need.own_words * uses_words)
        weights = self._settings.weights
        drawn: dict[int, Drawn] = {}
        for shelf, places in _who_are_alike(asked):
            for start in range(0, len(places), _SCORED_AT_ONCE):
                some = places[start : start + _SCORED_AT_ONCE]
                scored = score_together(
                    shelf,
                    [audience for place in some if (audience := asked[place].audience)],
                    quotes,
                    self._topics,
                    query.as_of,
                    weights,
                    only_answering=query.only_answering,
                )
                lists = shortlists(scored)
                found = draw_together([asked[place] for place in some], lists, query, self._settings)
                drawn.update(zip(some, found, strict=True))
        return drawn

    def _check_pair(self, hcp_id: str, brand: str) -> None:
        if not self.knows_physician(hcp_id):
            raise InputError(f"hcp_id {hcp_id!r} is in neither the physicians nor the profiles: check its spelling")
        if not self.knows_brand(brand):
            known_brands = ", ".join(sorted({shelf.modules[0].brand for shelf in self._shelves.values()}))
            raise InputError(f"brand {brand!r} is in neither the catalogue ({known_brands}) nor the profiles")


def _who_are_alike(asked: Iterable[Asked]) -> list[tuple[Shelf, list[int]]]:
    """The places of those that ask a shelf, together where the same modules may be shown to them."""
    places: dict[int, tuple[Shelf, list[int]]] = {}
    for place, one in enumerate(asked):
        if one.shelf is not None and one.audience is not None:
            places.setdefault(id(one.audience.eligibility.audience), (one.shelf, []))[1].append(place)
    return list(places.values())
