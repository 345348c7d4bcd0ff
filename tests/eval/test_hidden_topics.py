from __future__ import annotations

from datetime import date

from hcplens.embeddings import Encoder
from hcplens.eval.hidden_topics import HiddenTopic, hidden_topic, measure_hidden_topic
from hcplens.inference.insights import GoldNote
from hcplens.inference.themes import Attitude, OpenClause, Theme
from hcplens.prompts import Taxonomy

DAY = date(2026, 1, 1)
TEXT = "They were so slow"


def note(number: int, topic: str | None) -> GoldNote:
    slow = {"polarity": "barrier", "status": "current", "holder": "hcp", "evidence": "so slow"}
    said = [slow | {"topic": topic}] if topic else []
    return GoldNote.model_validate({"note_id": f"N{number}", "hcp_id": f"H{number}", "text": TEXT, "insights": said})


def clause(number: int) -> OpenClause:
    return OpenClause(TEXT, "note", f"N{number}", 0, len(TEXT), f"H{number}", "", DAY, masked=False)


def theme(*numbers: int) -> Theme:
    clauses = tuple(map(clause, numbers))
    return Theme("slow", ("slow",), clauses, (0.0,) * len(clauses), 0, "steady")


def test_themes_are_counted_by_what_they_hold_of_the_topic() -> None:
    notes = [note(n, "supply") for n in range(6)] + [note(6, "cost"), note(7, None), note(8, None)]
    themes = [theme(0, 1, 7), theme(2, 3), theme(4, 6, 8)]
    assert hidden_topic("supply", notes, [clause(n) for n in range(9)], themes) == HiddenTopic(
        "supply",
        clauses=6,
        found=5,
        recalled=4,
        in_two=4,
        own_themes=2,
        own_clauses=5,
        two_clauses=5,
        themes=3,
        theme_clauses=8,
        neutral=2,
        neutral_found=2,
    )


def test_a_topic_is_unknown_to_the_run_that_it_is_hidden_from(
    hashing_encoder: Encoder, bare_taxonomy: Taxonomy
) -> None:
    attitude = Attitude(hashing_encoder.digest, (0.0,) * 64, 1.0, (0.0,) * 64, 1.0)
    notes = [note(n, "supply") for n in range(6)]
    found = measure_hidden_topic("supply", notes, attitude, bare_taxonomy, hashing_encoder)
    assert (found.clauses, found.recalled, found.themes) == (6, 6, 1)
    known = measure_hidden_topic("cost", notes, attitude, bare_taxonomy, hashing_encoder)
    assert known.clauses == 0
