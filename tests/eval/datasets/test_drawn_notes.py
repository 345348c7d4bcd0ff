from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets import drawn_notes, read_note_files
from hcplens.inference.insights import GoldNote

UNCERTAIN = {"picked": "uncertain", "why": "near a threshold"}


def note(name: str, sampling: dict[str, Any] | None) -> GoldNote:
    labels: dict[str, Any] = {"insights": [], "sampling": sampling}
    return GoldNote.model_validate({"note_id": name, "hcp_id": "H1", "text": "price too high"} | labels)


def random(probability: float, copies: int = 1) -> dict[str, Any]:
    return {"picked": "random", "sampling_probability": probability, "stands_for_notes": copies}


def test_a_note_stands_for_as_many_as_its_probability_and_its_copies_say() -> None:
    found = drawn_notes([note("N1", random(0.25)), note("N2", random(0.5, copies=3)), note("N3", random(1.0))])
    assert found.weights == {"N1": 4.0, "N2": 6.0, "N3": 1.0}
    assert "weighted by the probabilities" in found.notices[0]


def test_notes_drawn_with_one_probability_are_not_weighted() -> None:
    found = drawn_notes([note("N1", random(0.1)), note("N2", random(0.1))])
    assert (found.weights, found.notices) == ({}, ())


def test_notes_picked_for_doubt_are_left_out_beside_those_drawn_at_random_and_counted() -> None:
    found = drawn_notes([note("N1", UNCERTAIN), note("N2", random(0.1))])
    assert [kept.note_id for kept in found.notes] == ["N2"]
    assert "1 of 2 labelled notes are left out" in found.notices[0]


@pytest.mark.parametrize("other", [None, UNCERTAIN, {"picked": "random"}, {}])
def test_where_it_is_not_known_how_all_were_drawn_figures_are_said_to_be_of_the_labelled_notes(
    other: dict[str, Any] | None,
) -> None:
    notes = [note("N1", UNCERTAIN), note("N2", other)]
    found = drawn_notes(notes)
    assert found.notes == tuple(notes)
    assert not found.weights
    assert "not of the notes that they were picked from" in found.notices[0]


def test_notes_that_were_not_drawn_from_others_need_no_notice() -> None:
    assert drawn_notes([note("N1", None), note("N2", None)]).notices == ()


@pytest.mark.parametrize("probability", [0, 1.5, "often"])
def test_a_probability_that_is_none_is_named_with_its_file_and_line(probability: object, tmp_path: Path) -> None:
    record = {"note_id": "N1", "hcp_id": "H1", "text": "ok", "insights": []}
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record | {"sampling": {"sampling_probability": probability}}) + "\n")
    with pytest.raises(InputError, match=f"labels.jsonl line 1: sampling.sampling_probability: .*{probability}"):
        read_note_files(path, "insights")
