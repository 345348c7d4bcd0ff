from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hcplens.eval.gold_data import NOTES, TIMELINES
from hcplens.eval.gold_data import gold_notes as shipped_notes
from hcplens.eval.suites.seen_texts import seen_by_label_model, seen_by_model
from hcplens.inference.insights import GoldNote, InsightModel, LabelledText, train_labels
from hcplens.inference.triage import triage_text


def shown(text: str) -> str:
    return triage_text(text).redacted.text


def seen(notes: list[GoldNote], model: InsightModel) -> list[bool]:
    given = [note.text for note in notes], [note.hcp_id for note in notes], [note.brand for note in notes]
    return [bool(known) for known in seen_by_model(*given, model)]


@pytest.mark.parametrize("change", [str.strip, lambda text: text.replace(" ", "\n"), shown])
def test_a_copy_of_a_text_is_seen_under_any_name(
    change: Callable[[str], str], gold_notes: list[GoldNote], small_model: InsightModel
) -> None:
    copies = [
        note.model_copy(update={"text": change(note.text), "hcp_id": f"new {number}", "brand": None})
        for number, note in enumerate(gold_notes)
    ]
    assert all(seen(copies, small_model))


def test_a_new_note_of_a_physician_and_brand_is_seen_without_the_training_notes(
    gold_notes: list[GoldNote], small_model: InsightModel
) -> None:
    known = gold_notes[0]
    new = known.model_copy(update={"note_id": "new", "text": "said something else"})
    assert seen([new], small_model) == [True]
    assert seen([new.model_copy(update={"hcp_id": known.hcp_id.lower() + " "})], small_model) == [True]
    assert seen([new.model_copy(update={"brand": "another"})], small_model) == [False]
    assert seen([new.model_copy(update={"hcp_id": "another"})], small_model) == [False]


def test_all_notes_of_a_physician_are_seen_where_one_is(gold_notes: list[GoldNote], small_model: InsightModel) -> None:
    copy = gold_notes[0].model_copy(update={"hcp_id": "renamed", "brand": "another"})
    other = copy.model_copy(update={"text": "said something else", "brand": None})
    assert seen([other, copy], small_model) == [True, True]


def test_what_ships_saw_the_notes_that_calibrate_it_and_never_the_timelines() -> None:
    model = InsightModel.default()
    assert all(seen(shipped_notes(*NOTES), model))
    assert not any(seen(shipped_notes(TIMELINES), model))


def test_a_model_that_says_nothing_saw_nothing(gold_notes: list[GoldNote], small_model: InsightModel) -> None:
    assert not any(seen(gold_notes, replace(small_model, trained=replace(small_model.trained, trained_on=frozenset()))))
    assert seen([], small_model) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LabelledText(id="x", text="new words", group="g1"), True),
        (LabelledText(id="x", text="the  PRICE is high"), True),
        (LabelledText(id="g1", text="new words"), False),
        (LabelledText(id="1", text="new words"), False),
        (LabelledText(id="x", text="new words", group="1"), False),
    ],
)
def test_texts_of_a_group_that_a_model_learned_from_are_seen(
    text: LabelledText, expected: bool, tiny_encoder: Path
) -> None:
    model = train_labels(
        [
            LabelledText(id=1, text="the price is high", labels=("cost",)),
            LabelledText(id=2, text="out of stock", labels=("supply",), group="g1"),
            LabelledText(id=3, text="out of stock, dear", labels=("supply", "cost"), group="g2"),
        ],
        tiny_encoder,
    )
    assert seen_by_label_model([text], model).tolist() == [expected]
