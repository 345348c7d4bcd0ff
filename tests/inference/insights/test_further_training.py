from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings.tagging import TagOptions
from hcplens.errors import InputError
from hcplens.inference.insights import GoldNote, InsightModel, train_further
from hcplens.inference.insights.gold import GoldStatement, GoldUse
from hcplens.inference.insights.learned_from import physician_digest, redacted_digest
from hcplens.inference.insights.model import label_families

LONG = TagOptions(epochs=30, least_steps=0, rate=2e-3, head_rate=2e-2, hidden=0, dropout=0, memory=0.5)
BRIEF = TagOptions(epochs=1, least_steps=0)
WORDS = "the mule train is late"


def own_notes(small_model: InsightModel, count: int = 12) -> list[GoldNote]:
    """Notes in words that the model has never seen, with a label that it knows."""
    topic, _, polarity = small_model.statement_labels[0].rpartition(".")
    statement = GoldStatement(topic=topic, polarity=polarity, status="current", holder="hcp", evidence=WORDS)
    return [
        GoldNote(note_id=f"O{n}", hcp_id=f"H{n}", brand="Orvexa", text=f"visit {n}: {WORDS}", insights=(statement,))
        for n in range(count)
    ]


def test_a_model_learns_what_its_own_notes_say_and_stays_as_it_was_itself(
    small_model: InsightModel, tiny_encoder: Path
) -> None:
    before = {name: array.copy() for name, array in small_model.trained.weights.items()}
    model = train_further(small_model, own_notes(small_model), tiny_encoder, LONG)
    asked = [f"visit 99: {WORDS}"]
    assert model.read(asked).statements[0, 0] > small_model.read(asked).statements[0, 0]
    assert model.statement_labels == small_model.statement_labels
    assert model.trained.digest != small_model.trained.digest
    assert all(np.array_equal(before[name], array) for name, array in small_model.trained.weights.items())


def test_going_on_again_gives_the_same_model(small_model: InsightModel, tiny_encoder: Path) -> None:
    notes = own_notes(small_model)
    one, two, other = (
        train_further(small_model, notes, tiny_encoder, replace(BRIEF, seed=seed)).trained.digest for seed in (7, 7, 8)
    )
    assert one == two != other


def test_it_knows_what_it_learned_from_before_and_now(small_model: InsightModel, tiny_encoder: Path) -> None:
    learned, held = own_notes(small_model)[:6], own_notes(small_model)[6:]
    model = train_further(small_model, learned, tiny_encoder, BRIEF, validation=held, unlabelled=["the mules are fed"])
    assert small_model.trained_on < model.trained_on
    digests = {redacted_digest(note.text) for note in (*learned, *held)} | {redacted_digest("the mules are fed")}
    assert digests | {physician_digest("H1", "Orvexa"), physician_digest("H7", "Orvexa")} <= model.trained_on


def test_curves_are_fitted_anew_only_where_the_validation_has_labels_enough(
    small_model: InsightModel, tiny_encoder: Path
) -> None:
    notes = own_notes(small_model, 40)
    claims = {
        count: train_further(
            small_model, notes[:4], tiny_encoder, BRIEF, validation=notes[4 : 4 + count]
        ).trained.claims
        for count in (0, 19, 20)
    }
    before = small_model.trained.claims
    statements, *others = label_families(small_model.trained.scheme)
    for count in (0, 19):
        assert np.array_equal(claims[count].slopes, before.slopes)
        assert np.array_equal(claims[count].thresholds, before.thresholds)
    assert not np.array_equal(claims[20].intercepts[statements], before.intercepts[statements])
    for family in others:
        assert np.array_equal(claims[20].intercepts[family], before.intercepts[family])
        assert np.array_equal(claims[20].thresholds[family], before.thresholds[family])


def test_every_step_is_told_up_to_the_last(small_model: InsightModel, tiny_encoder: Path) -> None:
    told: list[tuple[int, int]] = []
    options = replace(BRIEF, epochs=2)
    train_further(
        small_model, own_notes(small_model), tiny_encoder, options, seen=lambda texts, of: told.append((texts, of))
    )
    assert told[-1] == (24, 24)
    assert [texts for texts, _ in told] == sorted(texts for texts, _ in told)


@pytest.mark.parametrize("where", ["notes", "validation"])
def test_what_the_model_never_learned_is_named(small_model: InsightModel, tiny_encoder: Path, where: str) -> None:
    good, note = own_notes(small_model, 2)
    strange = GoldStatement(topic="mules", polarity="barrier", status="current", holder="hcp", evidence=WORDS)
    of_use = GoldNote(note_id="U1", hcp_id="H1", text=WORDS, use=GoldUse(use="trial", evidence=WORDS))
    unlabelled = GoldNote(note_id="P1", hcp_id="H1", text=WORDS, phi=("mule",))
    for bad, message in (
        (note.model_copy(update={"insights": (strange,)}), "note O1 names the topic 'mules', which the model never"),
        (of_use, "note U1 tells the use of the brand, which the model never learned to tell"),
        (unlabelled, "note P1 has neither insights nor use"),
    ):
        notes, validation = ([bad], [good]) if where == "notes" else ([good], [bad])
        with pytest.raises(InputError, match=message):
            train_further(small_model, notes, tiny_encoder, BRIEF, validation=validation)


def test_no_notes_teach_nothing(small_model: InsightModel, tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match="there is no labelled note to learn from"):
        train_further(small_model, [], tiny_encoder, BRIEF)
