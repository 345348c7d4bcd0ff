"""The data card states what the files hold."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from hcplens.eval.gold_data import NOTES as OTHERS
from hcplens.eval.gold_data import TIMELINES, gold_notes

CARD = (Path(__file__).parents[2] / "eval" / "gold" / "README.md").read_text(encoding="utf-8")
NOTES = gold_notes(*OTHERS, TIMELINES)
STATEMENTS = [statement for note in NOTES for statement in note.insights]


@pytest.mark.parametrize("file", [*OTHERS, TIMELINES])
def test_notes_and_physicians_are_as_many_as_the_card_says(file: str) -> None:
    notes = gold_notes(file)
    row = re.search(rf"^\| `{file}` \|.*\| (\d+) \| (\d+) \|$", CARD, re.MULTILINE)
    assert row, file
    assert [int(row[1]), int(row[2])] == [len(notes), len({note.hcp_id for note in notes})]


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("{} statements in all", len(STATEMENTS)),
        ("{} barriers", Counter(s.polarity for s in STATEMENTS)["barrier"]),
        ("{}\ndrivers", Counter(s.polarity for s in STATEMENTS)["driver"]),
        ("{} current", Counter(s.status for s in STATEMENTS)["current"]),
        ("{} resolved", Counter(s.status for s in STATEMENTS)["resolved"]),
        ("{} hypothetical", Counter(s.status for s in STATEMENTS)["hypothetical"]),
        ("{} of the physician", Counter(s.holder for s in STATEMENTS)["hcp"]),
        ("{} of somebody else", Counter(s.holder for s in STATEMENTS)["other"]),
        ("{} of the rep", Counter(s.holder for s in STATEMENTS)["rep"]),
        ("{} of 468\nnotes carry none", sum(not note.insights for note in NOTES)),
        ("{} adverse events", sum(flag.kind == "adverse_event" for note in NOTES for flag in note.flags)),
        ("{} identifiers", sum(len(note.phi) for note in NOTES)),
    ],
)
def test_labels_are_as_many_as_the_card_says(said: str, count: int) -> None:
    assert said.format(count) in CARD


def test_no_physician_of_the_timelines_is_among_the_other_notes() -> None:
    assert not {n.hcp_id for n in gold_notes(TIMELINES)} & {n.hcp_id for n in gold_notes(*OTHERS)}
