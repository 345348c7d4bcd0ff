"""The training corpus is what its data card says, and apart from the benchmark."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from hcplens.embeddings import split_clauses
from hcplens.eval.gold_data import NOTES as BENCHMARK
from hcplens.eval.gold_data import TIMELINES, gold_notes
from hcplens.inference.insights import GoldNote, read_gold
from hcplens.inference.records.schemas import CHANNELS
from hcplens.prompts import Taxonomy

GOLD = Path(__file__).parents[2] / "eval" / "gold"
CARD = " ".join((GOLD / "README.md").read_text(encoding="utf-8").partition("## The training corpus")[2].split())
FILES = sorted((GOLD / "corpus").glob("*.jsonl"))
NOTES = read_gold(FILES)
STATEMENTS = [statement for note in NOTES for statement in note.insights]
FLAGS = Counter(flag.kind for note in NOTES for flag in note.flags)


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("{:,} labelled call notes", len(NOTES)),
        ("({:,} clauses)", sum(len(split_clauses(note.text)) for note in NOTES)),
        ("about {:,} physicians", len({note.hcp_id for note in NOTES})),
        ("on {:,} brands", len(FILES)),
        ("{:,} statements:", len(STATEMENTS)),
        ("{:,} barriers", Counter(s.polarity for s in STATEMENTS)["barrier"]),
        ("{:,} drivers", Counter(s.polarity for s in STATEMENTS)["driver"]),
        ("{:,} current", Counter(s.status for s in STATEMENTS)["current"]),
        ("{:,} resolved", Counter(s.status for s in STATEMENTS)["resolved"]),
        ("{:,} hypothetical", Counter(s.status for s in STATEMENTS)["hypothetical"]),
        ("{:,} of the physician", Counter(s.holder for s in STATEMENTS)["hcp"]),
        ("{:,} of somebody else", Counter(s.holder for s in STATEMENTS)["other"]),
        ("{:,} of the rep", Counter(s.holder for s in STATEMENTS)["rep"]),
        ("{:,} channel preferences", sum(len(note.channel_preferences) for note in NOTES)),
        ("{:,} adverse events", FLAGS["adverse_event"]),
        ("{:,} medical inquiries", FLAGS["medical_inquiry"]),
        ("{:,} off-label uses", FLAGS["off_label"]),
        ("{:,} product complaints", FLAGS["product_complaint"]),
        ("{:,} patient identifiers", sum(len(note.phi) for note in NOTES)),
        ("in {:,} notes", sum(bool(note.phi) for note in NOTES)),
        ("{:,} notes carry no statement", sum(not note.insights for note in NOTES)),
    ],
)
def test_labels_are_as_many_as_the_card_says(said: str, count: int) -> None:
    assert said.format(count) in CARD


EVERY = {(topic, polarity) for topic in Taxonomy.default().ids for polarity in ("driver", "barrier")}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_file_is_of_one_brand_with_topics_of_the_vocabulary(file: Path) -> None:
    notes = read_gold([file])
    assert {(note.brand or "").lower() for note in notes} == {file.stem}
    assert {(statement.topic, statement.polarity) for note in notes for statement in note.insights} <= EVERY


def test_nearly_every_brand_has_every_topic_both_ways() -> None:
    brands = Counter(key for key, _ in {((s.topic, s.polarity), note.brand) for note in NOTES for s in note.insights})
    assert brands.keys() == EVERY
    assert min(brands.values()) > 0.7 * len(FILES)


def test_channels_are_of_the_vocabulary() -> None:
    assert {wish.channel for note in NOTES for wish in note.channel_preferences} <= set(CHANNELS)


def test_ids_and_texts_occur_once_and_every_span_at_one_place() -> None:
    for values in ([note.note_id for note in NOTES], [note.text for note in NOTES]):
        assert len(values) == len(set(values))
    assert [note.note_id for note in NOTES for s in note.insights if note.text.count(s.evidence) > 1] == []
    assert [note.note_id for note in NOTES for words in note.phi if words not in note.text] == []


def test_a_note_states_a_thing_once() -> None:
    for note in NOTES:
        keys = [(s.topic, s.polarity, s.status, s.holder) for s in note.insights]
        assert len(keys) == len(set(keys)), note.note_id


def test_it_shares_no_brand_physician_or_run_of_seven_words_with_the_benchmark() -> None:
    benchmark = gold_notes(*BENCHMARK, TIMELINES)
    assert not {note.brand for note in NOTES} & {note.brand for note in benchmark}
    assert not {note.hcp_id for note in NOTES} & {note.hcp_id for note in benchmark}
    assert not set(seven_words(NOTES)) & set(seven_words(benchmark))


def test_no_two_notes_share_more_than_a_phrase() -> None:
    """Near-twins may have ten words in a row in common."""
    shared = Counter(pair for notes in seven_words(NOTES).values() if len(notes) > 1 for pair in [tuple(sorted(notes))])
    assert max(shared.values(), default=0) <= 4


def seven_words(notes: list[GoldNote]) -> dict[tuple[str, ...], set[str]]:
    """The notes by every run of seven words in them."""
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for note in notes:
        words = re.findall(r"\w+", note.text.lower())
        for first in range(len(words) - 6):
            found[tuple(words[first : first + 7])].add(note.note_id)
    return found


REDACTION = sorted((GOLD / "redaction").glob("*.jsonl"))
MARKED = read_gold(REDACTION)


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("{:,} more notes", len(MARKED)),
        ("on {:,} brands, one file a brand", len(REDACTION)),
        ("({:,} of them", sum(len(note.phi) for note in MARKED)),
        ("of them, in {:,} notes)", sum(bool(note.phi) for note in MARKED)),
    ],
)
def test_identifiers_for_redaction_are_as_many_as_the_card_says(said: str, count: int) -> None:
    assert said.format(count) in CARD


def test_notes_for_redaction_label_identifiers_alone_and_are_of_other_brands() -> None:
    assert all(piece in note.text for note in MARKED for piece in note.phi)
    assert not any({"insights", "flags", "channel_preferences"} & note.model_fields_set for note in MARKED)
    others = {note.brand for note in (*NOTES, *read_gold([GOLD / "safety.jsonl"]))}
    assert not {note.brand for note in MARKED} & others
    assert len({note.note_id for note in (*NOTES, *MARKED)}) == len(NOTES) + len(MARKED)


@pytest.mark.parametrize(("name", "others"), [("notes", "2,512 notes on 65 brands"), ("held_out", "300 on 6 others")])
def test_notes_of_use_are_as_many_as_the_card_says_and_label_nothing_else(name: str, others: str) -> None:
    notes = read_gold([GOLD / "use" / f"{name}.jsonl"])
    count, brands = len(notes), {note.brand for note in notes}
    assert f"{count:,}" in others
    assert f"on {len(brands)} " in others
    assert others in CARD.replace("\n", " ")
    assert all("use" in note.model_fields_set for note in notes)
    assert not any({"insights", "flags", "phi"} & note.model_fields_set for note in notes)
    assert not brands & {note.brand for note in (*NOTES, *MARKED, *gold_notes(*BENCHMARK, TIMELINES))}


def test_no_brand_of_use_is_both_trained_on_and_held_out() -> None:
    trained, held_out = (
        {note.brand for note in read_gold([GOLD / "use" / f"{name}.jsonl"])} for name in ("notes", "held_out")
    )
    assert not trained & held_out


def test_notes_without_labels_are_as_many_as_the_card_says_and_of_other_brands() -> None:
    lines = (GOLD / "unlabelled" / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    brands = {record["brand"] for record in records}
    assert f"{len(records):,} notes on {len(brands)} brands that nobody labelled" in CARD
    assert not brands & {note.brand for note in (*NOTES, *MARKED, *gold_notes(*BENCHMARK, TIMELINES))}
    assert len({record["text"] for record in records}) == len(records)
    assert all(set(record) == {"note_id", "brand", "text"} for record in records)
