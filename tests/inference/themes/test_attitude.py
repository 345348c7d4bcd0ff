from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hcplens import InputError
from hcplens.embeddings import Encoder, SentenceTransformerEncoder
from hcplens.embeddings.model_files import default_model_digest, default_model_folder
from hcplens.inference.insights import GoldNote
from hcplens.inference.insights.gold import GoldStatement
from hcplens.inference.themes import Attitude, LabelledClauses, fit_attitude

AGAINST = ("the packaging is a nuisance and she wants it changed", "he refuses because of the long drive")
FOR = ("she loves the new app and uses it with everyone", "the quiet pump won him over")
BROCHURE = GoldNote(note_id="N1", hcp_id="H1", text="left a brochure")
DENIAL = GoldStatement(
    topic="coverage", polarity="barrier", status="current", holder="hcp", evidence="PA denied once more"
)
LIKING = GoldStatement(topic="dosing", polarity="driver", status="current", holder="hcp", evidence="loves the pen")
NEITHER = ("left a brochure at the front desk", "next visit on Thursday", "lunch with the team at noon")


def test_the_one_that_ships_tells_what_is_stated_from_logistics_and_for_from_against(
    default_encoder: SentenceTransformerEncoder,
) -> None:
    attitude = Attitude.default()
    attitude.require_encoder(default_encoder)
    stated, neither = default_encoder.encode([*AGAINST, *FOR]), default_encoder.encode(NEITHER)
    assert attitude.states(stated).min() > attitude.states(neither).max()
    assert attitude.states(neither).max() < 0.5 < attitude.states(stated).mean()
    drives = attitude.drives(stated)
    assert drives[: len(AGAINST)].max() < 0.5 < drives[len(AGAINST) :].min()


def test_the_one_that_ships_is_of_the_default_encoder() -> None:
    assert Attitude.default().encoder == default_model_digest(default_model_folder())


def test_another_encoder_is_refused(hashing_encoder: Encoder) -> None:
    with pytest.raises(InputError, match="use the default encoder"):
        Attitude.default().require_encoder(hashing_encoder)


def test_it_is_learned_from_labelled_notes_and_kept(
    gold_notes: list[GoldNote], hashing_encoder: Encoder, tmp_path: Path
) -> None:
    clauses = LabelledClauses.of(gold_notes)
    attitude = fit_attitude(clauses, hashing_encoder)
    assert attitude == fit_attitude(clauses, hashing_encoder)
    vectors = hashing_encoder.encode(["some words"])
    assert np.all((attitude.states(vectors) > 0) & (attitude.drives(vectors) < 1))
    attitude.save(tmp_path)
    assert (tmp_path / "attitude.json").is_file()


def test_notes_that_say_nothing_teach_nothing(hashing_encoder: Encoder) -> None:
    with pytest.raises(InputError, match="must have drivers, barriers"):
        fit_attitude(LabelledClauses.of([BROCHURE]), hashing_encoder)


def test_clauses_know_their_note_and_what_it_says_of_them() -> None:
    speaks = BROCHURE.model_copy(
        update={
            "note_id": "N2",
            "text": "PA denied once more, but loves the pen. Call her tomorrow. Bye now.",
            "insights": (DENIAL, LIKING),
        }
    )
    clauses = LabelledClauses.of([BROCHURE, speaks])
    assert list(zip(clauses.texts, clauses.drivers, clauses.barriers, clauses.notes, strict=True)) == [
        ("left a brochure", False, False, "N1"),
        ("PA denied once more", False, True, "N2"),
        ("but loves the pen", True, False, "N2"),
        ("Call her tomorrow", False, False, "N2"),
        ("Bye now", False, False, "N2"),
    ]
    assert clauses.without({"N2"}).texts == ("left a brochure",)
