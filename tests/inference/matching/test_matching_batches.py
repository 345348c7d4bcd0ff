"""Batches, events of today, several threads: one matcher, many questions."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from hcplens.embeddings.encoder import Vectors
from hcplens.errors import HcplensError, InputError
from hcplens.inference.matching import (
    ContentMatcher,
    EpsilonGreedy,
    MatchSettings,
    MatchTables,
    RankingSettings,
    ScoreWeights,
)
from hcplens.inference.matching.answer_table import ANSWERS, answers_table
from hcplens.inference.matching.shortlists import CANDIDATES
from hcplens.inference.records.catalogue import Catalogue, Module
from hcplens.inference.records.schemas import CONTENT_EVENTS
from hcplens.prompts.taxonomy import Taxonomy

MakeModule = Callable[..., Module]
MakeMatcher = Callable[..., ContentMatcher]
Make = Callable[..., dict[str, Any]]

PEOPLE = [f"H{number:03}" for number in range(300)]


@pytest.fixture(scope="session")
def crowd(make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make, make_consent: Make) -> Any:
    """A matcher over 300 physicians, more than are asked about together, and 70 modules, more than are candidates."""
    texts = ("Payer text", "One tablet once daily", "Delivery from stock")
    modules = [make_module(f"M{number:02}", text=f"{texts[number % 3]} {number}.") for number in range(70)]
    quote = make_profile_row("coverage")["evidence"][0]

    def make(settings: MatchSettings | None = None) -> ContentMatcher:
        return make_matcher(
            modules,
            settings,
            hcps=[{"hcp_id": name, "specialty": "cardiology", "country": "US", "language": "en"} for name in PEOPLE],
            profiles=[
                make_profile_row(topic, hcp_id=name, evidence=[{**quote, "text": f"payer {name} said no"}])
                for name in PEOPLE
                for topic in ("coverage", "supply")
            ],
            consents=[make_consent("email", "opt_in", hcp_id=name) for name in PEOPLE[::2]],
        )

    return make


@pytest.mark.parametrize("settings", [None, MatchSettings(policy=EpsilonGreedy(0.5))])
def test_a_frame_says_what_each_answer_says(crowd: Any, settings: MatchSettings | None) -> None:
    matcher = crowd(settings)
    alone = [matcher.match(name, "Zelvanta", k=3) for name in PEOPLE]
    frame = matcher.match_frame(k=3)
    assert list(frame.columns) == ANSWERS.names
    pd.testing.assert_frame_equal(frame, answers_table(alone).to_pandas())


@pytest.mark.parametrize("workers", [2, 3, 500])
def test_a_frame_is_the_same_with_any_number_of_processes(crowd: Any, workers: int) -> None:
    matcher = crowd(MatchSettings(policy=EpsilonGreedy(0.5)))
    asked = pd.DataFrame({"hcp_id": PEOPLE[:7], "brand": "Zelvanta"})
    pd.testing.assert_frame_equal(matcher.match_frame(asked, k=2, workers=workers), matcher.match_frame(asked, k=2))
    assert matcher.match_frame(asked[:0], workers=workers).empty


def test_what_goes_wrong_in_a_process_is_told(crowd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such luck")

    matcher = crowd()
    monkeypatch.setattr(matcher, "_answers", broken)
    with pytest.raises(HcplensError, match="ValueError: no such luck"):
        matcher.match_frame(workers=2)


def test_a_process_that_ends_without_an_answer_is_told(crowd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = crowd()
    monkeypatch.setattr(matcher, "_answers", lambda *_: os._exit(3))
    with pytest.raises(HcplensError, match="exit code 3 and no answer"):
        matcher.match_frame(workers=2)


def test_a_frame_answers_the_pairs_asked_for_in_their_order(crowd: Any) -> None:
    asked = pd.DataFrame({"hcp_id": ["H007", "H002", "H007"], "brand": ["zelvanta", "Zelvanta", "Zelvanta"]})
    frame = crowd().match_frame(asked, k=1)
    assert frame["hcp_id"].tolist() == ["H007", "H002", "H007"]
    assert frame["brand"].tolist() == asked["brand"].tolist()


def test_a_frame_may_name_a_channel_for_each_row(crowd: Any) -> None:
    asked = pd.DataFrame(
        {
            "hcp_id": ["H000", "H001", "H002", "H003"],
            "brand": ["Zelvanta"] * 4,
            "channel": ["video", None, "email", "video"],
        }
    )
    matcher = crowd()
    frame = matcher.match_frame(asked, k=1)
    alone = [
        matcher.match(row.hcp_id, row.brand, channel=row.channel if isinstance(row.channel, str) else None, k=1)
        for row in asked.itertuples()
    ]
    assert frame["hcp_id"].tolist() == asked["hcp_id"].tolist()
    assert frame["channel"].tolist() == [answer.modules[0].channel for answer in alone]
    assert frame["channel"].tolist()[::2] == ["video", "email"]


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (pd.DataFrame({"hcp_id": ["H001"]}), "no column 'brand'"),
        (pd.DataFrame({"hcp_id": ["H999"], "brand": ["Zelvanta"]}), "'H999'"),
        (pd.DataFrame({"hcp_id": ["H001"], "brand": ["Unheard"]}), "'Unheard'"),
    ],
)
def test_a_frame_that_cannot_be_answered_is_an_error(crowd: Any, frame: pd.DataFrame, told: str) -> None:
    with pytest.raises(InputError, match=told):
        crowd().match_frame(frame)


def test_only_the_best_modules_are_candidates(crowd: Any) -> None:
    (first, *_) = crowd(MatchSettings(policy=EpsilonGreedy(1.0))).match("H000", "Zelvanta", log=True).decisions
    assert len(first.candidates) == CANDIDATES
    everything = crowd().match("H000", "Zelvanta", k=70).modules
    assert len(everything) == CANDIDATES
    least = min(candidate.score for candidate in first.candidates)
    plain = crowd(MatchSettings(ranking=RankingSettings(diversity=0.0)))
    assert (
        plain.match("H000", "Zelvanta", k=1).modules[0].score
        == max(candidate.score for candidate in first.candidates)
        > least
    )


def test_threads_answer_as_one_would(crowd: Any) -> None:
    expected = {name: crowd().match(name, "Zelvanta").to_json() for name in PEOPLE[:40]}
    matcher = crowd()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda name: matcher.match(name, "Zelvanta").to_json(), PEOPLE[:40] * 5))
    assert found == [expected[name] for name in PEOPLE[:40]] * 5


def observed(*events: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(events), CONTENT_EVENTS.schema)


def test_an_unsubscription_closes_its_channel_from_the_next_question_on(
    make_matcher: MakeMatcher, make_module: MakeModule, make_event: Make
) -> None:
    matcher = make_matcher([make_module(channels=["email"])])
    assert matcher.match("H1", "Zelvanta").modules
    matcher.observe(observed(make_event("unsubscribed", "2026-09-29", content_id=None)))
    answer = matcher.match("H1", "Zelvanta")
    assert (answer.modules, answer.refused[0].reasons) == ((), {"consent": 1})


def test_an_unsubscription_by_a_clock_that_is_ahead_counts_at_once(
    make_matcher: MakeMatcher, make_module: MakeModule, make_event: Make
) -> None:
    matcher = make_matcher([make_module(channels=["email"])])
    today = datetime.now(UTC).date()
    tomorrow = (today + timedelta(days=1)).isoformat()
    matcher.observe(observed(make_event("unsubscribed", tomorrow, content_id=None)))
    assert matcher.match("H1", "Zelvanta", as_of=today).modules == ()


def test_showings_observed_tire_a_module_and_the_same_event_counts_once(
    make_matcher: MakeMatcher, make_module: MakeModule, make_event: Make
) -> None:
    days = ["2026-09-21", "2026-09-22", "2026-09-23"]
    before = [make_event("viewed", day, event_id=day) for day in days]
    matcher = make_matcher([make_module()], content_events=before)
    matcher.observe(observed(*(make_event("viewed", day, event_id=f"again {day}") for day in days)))
    (module,) = matcher.match("H1", "Zelvanta").modules
    assert module.why.endswith("shown before.")
    matcher.observe(observed(make_event("viewed", "2026-09-24")))
    assert matcher.match("H1", "Zelvanta").refused[0].reasons == {"fatigue": 1}


class Counting:
    """An encoder that tells how many texts it was asked for."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self.dimension, self.digest, self.precision = encoder.dimension, encoder.digest, encoder.precision
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        vectors: Vectors = self._encoder.encode(texts)
        return vectors


def test_what_was_prepared_is_not_encoded_again(
    make_tables: Callable[..., MatchTables], make_module: MakeModule, encoder: Any, taxonomy: Taxonomy
) -> None:
    counting = Counting(encoder)
    catalogue = Catalogue((make_module(),))
    matcher = ContentMatcher(make_tables(), catalogue, counting, taxonomy, as_of=date(2026, 9, 30))
    matcher.prepare()
    assert counting.encoded.count("payer said no again") == 1
    before = list(counting.encoded)
    assert matcher.match("H1", "Zelvanta").modules
    assert counting.encoded == before


def test_without_own_words_the_topic_alone_is_searched_for(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    step, appeal = "Prior authorisation: step edits at Northlake", "Prior authorisation: appeal letters at Harrow"
    modules = [
        make_module("M1", title=step, text=step, claims=[]),
        make_module("M2", title=appeal, text=appeal, claims=[]),
    ]
    orders = set()
    for words in ("step edits at Northlake", "appeal letters at Harrow"):
        quote = {**make_profile_row("coverage")["evidence"][0], "text": words}
        settings = MatchSettings(own_words=False)
        matcher = make_matcher(modules, settings, profiles=[make_profile_row("coverage", evidence=[quote])])
        orders.add(tuple(module.module_id for module in matcher.match("H1", "Zelvanta").modules))
    assert len(orders) == 1


@pytest.mark.parametrize(("dense", "first"), [(1.0, "M1"), (0.0, "M2")])
def test_vectors_alone_and_words_alone_may_be_searched_with(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make, dense: float, first: str
) -> None:
    alike = make_module("M1", title="Authorisations denying", text="Formularies and tiers of payers.", claims=[])
    worded = make_module("M2", title="Northlake", text="Denied. " + "An unrelated remark. " * 9, claims=[])
    quote = {**make_profile_row("coverage")["evidence"][0], "text": "prior authorisation denied at Northlake"}
    weights = ScoreWeights(topic=0.0, dense=dense)
    matcher = make_matcher(
        [alike, worded], MatchSettings(weights=weights), profiles=[make_profile_row("coverage", evidence=[quote])]
    )
    assert matcher.match("H1", "Zelvanta").modules[0].module_id == first
