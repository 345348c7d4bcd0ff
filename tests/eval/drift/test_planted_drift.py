"""What is planted is found, by the aspect it belongs to and by no other; what is not there is not found."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from hcplens.embeddings import Encoder, SentenceTransformerEncoder
from hcplens.errors import GateMissedError
from hcplens.eval.drift import Period, PeriodNote, drift_json, measure_drift
from hcplens.eval.gold_data import gold_notes
from hcplens.inference.insights import GoldNote

DrawPeriod = Callable[..., Period]


@pytest.fixture(scope="module")
def old(draw_period: DrawPeriod) -> Period:
    return draw_period(1, name="old")


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ({"topic_shares": (0.35, 0.2, 0.25, 0.1)}, {"labels": "topic coverage barrier"}),
        ({"brand_words": ("lunorema",)}, {"vocabulary": "words not used before"}),
        ({"repeats": 2}, {"text": "length (logarithm of characters)"}),
        ({"sureness": 2.5}, {"confidence": "probability claimed"}),
        ({"phone": 0.5}, {"mix": "channel phone"}),
        ({"german": 0.15}, {"text": "unread, language: de"}),
    ],
    ids=lambda value: "-".join(value),
)
def test_each_kind_of_drift_is_found_where_it_is_and_only_there(
    planted: dict[str, Any], found: dict[str, str], draw_period: DrawPeriod, old: Period
) -> None:
    drift = measure_drift(old, draw_period(2, **planted))
    assert drift.verdict == "drifted"
    assert drift.drifted == list(found)
    for aspect, what in found.items():
        assert what in drift.aspect(aspect).drifted


def test_topics_that_moved_bring_their_surest_words(draw_period: DrawPeriod, old: Period) -> None:
    new = draw_period(2, topic_shares=(0.35, 0.2, 0.25, 0.1))
    examples = measure_drift(old, new).aspect("labels").examples
    assert [(example.period, example.shows) for example in examples] == [("new", "topic coverage barrier")] * 3
    surest = sorted((c.probability or 0.0 for c in new.statements or () if c.label == "coverage barrier"), reverse=True)
    sureness = {(c.note_id, c.label): c.probability for c in new.statements or ()}
    assert [sureness[example.note_id, "coverage barrier"] for example in examples] == surest[:3]


def test_words_that_came_and_went_are_named(draw_period: DrawPeriod, old: Period) -> None:
    facts: Any = measure_drift(old, draw_period(2, brand_words=("lunorema",))).aspect("vocabulary").facts
    assert facts["gained"][0]["word"] == "lunorema"
    assert facts["gained"][0]["old"] == 0
    assert 0.5 < facts["gained"][0]["new"] < 0.7
    assert facts["lost"][0]["word"] == "zelvanta"


def test_a_classifier_tells_another_vocabulary_and_shows_the_notes(
    draw_period: DrawPeriod, old: Period, hashing_encoder: Encoder
) -> None:
    drift = measure_drift(old, draw_period(2, brand_words=("lunorema",)), encoder=hashing_encoder)
    aspect = drift.aspect("embeddings")
    assert aspect.verdict == "drifted"
    assert aspect.changes[0].new > 0.65
    assert all(example.period == "new" and "lunorema" in example.words for example in aspect.examples)


def test_periods_drawn_alike_are_seldom_called_drifted(draw_period: DrawPeriod, hashing_encoder: Encoder) -> None:
    """At most one comparison in twenty by design; of these thirty at most two."""
    verdicts: Counter[str] = Counter()
    for seed in range(30):
        new = draw_period(2 * seed + 1, physicians=[f"new-{n}" for n in range(30)], notes_each=4)
        before = draw_period(2 * seed, name="old", physicians=[f"old-{n}" for n in range(40)], notes_each=4)
        verdicts[measure_drift(before, new, encoder=hashing_encoder).verdict] += 1
    assert verdicts["drifted"] <= 2
    assert verdicts["stable"] >= 20


def test_notes_of_one_period_split_by_note_are_stable_too(draw_period: DrawPeriod, hashing_encoder: Encoder) -> None:
    """The same physicians on both sides: a classifier must not win by knowing them."""
    whole = draw_period(5, name="whole", notes_each=10)
    sides = [[note for number, note in enumerate(whole.notes) if number % 2 == side] for side in (0, 1)]
    kept = [{note.note_id for note in notes} for notes in sides]
    periods = [
        Period.of(name, notes, statements=[c for c in whole.statements or () if c.note_id in ids])
        for name, notes, ids in zip(("even", "odd"), sides, kept, strict=True)
    ]
    drift = measure_drift(*periods, encoder=hashing_encoder)
    verdicts = {aspect.name: aspect.verdict for aspect in drift.aspects}
    assert verdicts.pop("confidence") == "too few to say"  # a stability index of 0.1 cannot be excluded by 200 claims
    assert set(verdicts.values()) == {"stable"}


def test_the_order_of_rows_plays_no_part(draw_period: DrawPeriod, old: Period, hashing_encoder: Encoder) -> None:
    new = draw_period(2, brand_words=("lunorema",))
    shuffled = []
    for period in (old, new):
        notes, claims = list(period.notes), list(period.statements or ())
        random.Random(3).shuffle(notes)
        random.Random(4).shuffle(claims)
        shuffled.append(Period.of(period.name, notes, statements=claims))
    one = measure_drift(old, new, encoder=hashing_encoder)
    assert drift_json(measure_drift(*shuffled, encoder=hashing_encoder)) == drift_json(one)


def test_too_few_physicians_or_notes_say_so(draw_period: DrawPeriod, old: Period) -> None:
    few_physicians = draw_period(2, physicians=["a", "b", "c", "d"], notes_each=30, phone=0.9)
    drift = measure_drift(old, few_physicians)
    assert drift.verdict == "too few to say"
    assert drift.aspect("mix").why == "one side has 4 physicians: at least 5 are needed"
    few_notes = draw_period(2, physicians=[f"new-{n}" for n in range(29)], notes_each=1)
    assert measure_drift(old, few_notes).aspect("mix").why.startswith("360 old and 29 new ones")
    drift.require_stable()


def test_a_comparison_that_could_not_have_seen_large_changes_does_not_call_them_absent(draw_period: DrawPeriod) -> None:
    periods = [
        draw_period(seed, name=name, physicians=[f"{name}-{n}" for n in range(6)], notes_each=6)
        for seed, name in ((1, "old"), (2, "new"))
    ]
    aspect = measure_drift(*periods).aspect("labels")
    assert aspect.verdict == "too few to say"
    assert "would have gone unseen" in aspect.why


def test_drift_can_be_made_a_failure(draw_period: DrawPeriod, old: Period) -> None:
    with pytest.raises(GateMissedError, match="drifted from old: mix") as missed:
        measure_drift(old, draw_period(2, phone=0.6)).require_stable()
    assert missed.value.exit_code == 3


def test_the_default_encoder_tells_notes_on_the_heart_from_notes_on_the_lung(
    default_encoder: SentenceTransformerEncoder,
) -> None:
    periods = [
        Period.of(brand, [PeriodNote(note.note_id, note.hcp_id, text=note.text) for note in notes])
        for brand, notes in (("Zelvanta", of_brand("notes_a.jsonl")), ("Lunorexa", of_brand("notes_b.jsonl")))
    ]
    aspect = measure_drift(*periods, encoder=default_encoder).aspect("embeddings")
    assert aspect.verdict == "drifted"
    assert {example.period for example in aspect.examples} == {"new"}


def of_brand(name: str) -> list[GoldNote]:
    return [note for note in gold_notes(name) if note.brand in ("Zelvanta", "Lunorexa")][:32]
