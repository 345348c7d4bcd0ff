from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.eval.labelling import (
    Agreement,
    LabelledNote,
    find_disagreements,
    measure_agreement,
    read_shared_notes,
    shared_notes,
    write_disagreements,
)
from hcplens.eval.labelling.clause_units import clause_labels
from hcplens.inference.insights import GoldNote
from hcplens.inference.insights.gold import Sampling

MakeNote = Callable[..., LabelledNote]
Says = Callable[..., dict[str, Any]]


def value(agreement: Agreement, metric: str, part: str = "all") -> float:
    (figure,) = [figure for figure in agreement.figures if (figure.metric, figure.part) == (metric, part)]
    return figure.estimate.value


def as_labelled(notes: Sequence[GoldNote], annotator: str) -> list[LabelledNote]:
    return [LabelledNote.model_validate(note.model_dump() | {"annotator": annotator}) for note in notes]


def perturbed(notes: Sequence[GoldNote], share: float, seed: int = 3) -> list[LabelledNote]:
    """A second annotator who misses, renames and shortens some statements."""
    chance, second = random.Random(seed), []
    for note in as_labelled(notes, "B"):
        kept = []
        for insight in note.insights:
            change = chance.choice(["missed", "topic", "words"]) if chance.random() < share else ""
            if change == "topic":
                insight = insight.model_copy(update={"topic": chance.choice(["cost", "supply", "peers"])})
            if change == "words":
                insight = insight.model_copy(update={"evidence": insight.evidence[: len(insight.evidence) // 2 + 1]})
            if change != "missed":
                kept.append(insight)
        second.append(note.model_copy(update={"insights": tuple(kept)}))
    return second


def test_a_clause_carries_the_labels_whose_words_it_holds(note: MakeNote, says: Says) -> None:
    labelled = note(says("denied twice, so she waits"), says("speed", "efficacy", "driver"))
    assert clause_labels(labelled) == [{"coverage.barrier"}, {"coverage.barrier"}, {"efficacy.driver"}, frozenset()]


def test_figures_of_two_annotators_by_hand(note: MakeNote, says: Says) -> None:
    first = note(says("PA denied twice"), says("Loves the speed", "efficacy", "driver"))
    second = note(says("PA denied", status="resolved"), annotator="B", flags=[{"kind": "off_label", "evidence": "PA"}])
    found = measure_agreement(shared_notes([first, second]))
    assert value(found, "topic+polarity F1") == pytest.approx(2 / 3)
    assert value(found, "full statement F1") == 0
    assert value(found, "evidence F1, exact spans") == 0
    assert value(found, "evidence F1, characters") == pytest.approx(2 * 9 / (15 + 15 + 9))
    assert value(found, "flag F1") == 0
    # four clauses: both, nobody, the first only, nobody; n = 8, three of them "carries"
    assert value(found, "clause carries a statement, alpha") == pytest.approx(1 - 7 * (8 - 6) / (64 - 9 - 25))
    assert "channel preference F1" in found.unused
    assert "patient identifier F1" in found.unused


def test_annotators_who_say_the_same_agree_wholly(gold_notes: list[GoldNote]) -> None:
    found = measure_agreement(shared_notes([*as_labelled(gold_notes, "A"), *as_labelled(gold_notes, "B")]))
    assert {figure.estimate.value for figure in found.figures} == {1.0}
    assert list(find_disagreements(found.shared.notes)) == []


def test_agreement_falls_as_the_second_annotator_differs_more(gold_notes: list[GoldNote]) -> None:
    metrics = ("topic+polarity F1", "evidence F1, characters", "statements of a clause, alpha")
    found = [
        measure_agreement(shared_notes([*as_labelled(gold_notes, "A"), *perturbed(gold_notes, share)]))
        for share in (0.0, 0.2, 0.6)
    ]
    for metric in metrics:
        same, near, far = (value(one, metric) for one in found)
        assert same == 1
        assert 1 > near > far > 0


def test_figures_have_intervals_over_physicians(gold_notes: list[GoldNote]) -> None:
    found = measure_agreement(shared_notes([*as_labelled(gold_notes, "A"), *perturbed(gold_notes, 0.3)]))
    (alpha,) = [figure for figure in found.figures if figure.metric == "statements of a clause, alpha"]
    assert alpha.estimate.items == 45
    assert alpha.estimate.clusters == len({note.hcp_id for note in gold_notes})
    assert alpha.estimate.low is not None
    assert alpha.estimate.low < alpha.estimate.value < (alpha.estimate.high or 0)


def test_an_alpha_without_any_difference_claims_no_interval(gold_notes: list[GoldNote]) -> None:
    found = measure_agreement(shared_notes([*as_labelled(gold_notes, "A"), *as_labelled(gold_notes, "B")]))
    (alpha,) = [figure for figure in found.figures if figure.metric == "holder, alpha"]
    assert (alpha.estimate.low, alpha.estimate.high) == (None, None)


def test_f1_is_the_same_whoever_comes_first(gold_notes: list[GoldNote]) -> None:
    first, second = as_labelled(gold_notes, "A"), perturbed(gold_notes, 0.3)
    swapped = [note.model_copy(update={"annotator": "Z"}) for note in first]
    one = measure_agreement(shared_notes([*first, *second]))
    other = measure_agreement(shared_notes([*second, *swapped]))
    assert [figure.estimate.value for figure in one.figures] == pytest.approx(
        [figure.estimate.value for figure in other.figures]
    )


def test_three_annotators_with_missing_notes(note: MakeNote, says: Says) -> None:
    labelled = [
        note(says("PA denied twice")),
        note(says("PA denied twice"), annotator="B"),
        note(annotator="C"),
        note(says("PA denied twice"), note_id="N2"),
        note(says("PA denied twice"), note_id="N2", annotator="B"),
        note(note_id="N3", annotator="C"),
    ]
    found = measure_agreement(shared_notes(labelled))
    assert len(found.shared.notes) == 2
    assert found.shared.alone == {"A": 0, "B": 0, "C": 1}
    # pairs of N1: A B agree, A C and B C do not; of N2: A B agree
    assert value(found, "topic+polarity F1") == pytest.approx(2 * 2 / (4 + 2))
    assert value(found, "topic+polarity F1", "A × B") == 1
    assert value(found, "topic+polarity F1", "B × C") == 0


def test_every_difference_is_listed_with_what_each_said(note: MakeNote, says: Says, tmp_path: Path) -> None:
    first = note(says("PA denied twice"), says("speed", "efficacy", "driver"), says("waits", "inertia"), phi=["PA"])
    second = note(
        says("PA denied twice", status="resolved"), says("Loves the speed", "efficacy", "driver"), annotator="B"
    )
    found = list(find_disagreements(shared_notes([first, second]).notes))
    assert [(one.field, one.key, one.difference) for one in found] == [
        ("insights", "coverage.barrier", "assertion"),
        ("insights", "efficacy.driver", "evidence"),
        ("insights", "inertia.barrier", "missing"),
        ("phi", "PA", "missing"),
    ]
    assert found[1].said["B"][0]["start"] == 31
    assert found[2].said["B"] == []
    assert found[2].said["A"][0] == {"status": "current", "holder": "hcp", "start": 24, "end": 29, "evidence": "waits"}
    write_disagreements(found, tmp_path / "differ.jsonl")
    lines = (tmp_path / "differ.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["note_id"] for line in lines] == ["N1"] * 4
    assert (tmp_path / "differ.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"annotator": "A"}, "labelled note 'N1' twice"),
        ({"annotator": "B", "text": "Something else."}, "note 'N1': field 'text' of 'B'"),
        ({"annotator": "B", "hcp_id": "H2"}, "note 'N1': field 'hcp_id' of 'B'"),
        ({"annotator": "B", "note_id": "N2"}, "no note in common"),
    ],
)
def test_notes_that_cannot_be_compared_are_refused(note: MakeNote, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        shared_notes([note(), note(**changes)])


def test_one_annotator_alone_is_refused(note: MakeNote) -> None:
    with pytest.raises(InputError, match="needs two annotators, but there is only 'A'"):
        shared_notes([note()])


def write(path: Path, **changes: Any) -> Path:
    record = {"note_id": "N1", "hcp_id": "H1", "text": "PA denied twice, twice."}
    path.write_text(json.dumps(record | changes) + "\n", encoding="utf-8")
    return path


def test_annotators_are_named_by_the_records_or_by_the_files(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one.jsonl"), write(tmp_path / "other.jsonl", annotator="Mia")
    assert read_shared_notes([one, other]).annotators == ("Mia", "one")


def test_words_that_occur_twice_stand_where_their_offsets_say(tmp_path: Path, says: Says) -> None:
    given = {"start": 17, "end": 22}
    one = write(tmp_path / "one.jsonl", insights=[says("twice")])
    other = write(tmp_path / "other.jsonl", insights=[says("twice", **given)])
    found = measure_agreement(read_shared_notes([one, other]))
    assert value(found, "topic+polarity F1") == 1
    assert value(found, "evidence F1, exact spans") == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"insights": [{"topic": "cost"}]}, r"bad\.jsonl line 1: insights\.0\.polarity"),
        ({"phi": ["PA", "Mr Smith"]}, r"line 1: note 'N1': phi\.1 \(8 characters\) is not a piece of the text"),
        (
            {"flags": [{"kind": "off_label", "evidence": "PA", "start": 3, "end": 5}]},
            r"line 1: note 'N1': flags\.0\.evidence \(2 characters\) does not stand at \[3, 5\) of the text",
        ),
    ],
)
def test_labels_that_cannot_be_used_name_file_line_and_field(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_shared_notes([write(tmp_path / "bad.jsonl", **changes)])


@pytest.mark.parametrize(
    "changes",
    [
        {"phi": ["Maria Kellner"]},
        {"flags": [{"kind": "adverse_event", "evidence": "Maria Keller had rash"}]},
        {"flags": [{"kind": "adverse_event", "evidence": "Maria Keller", "start": 0, "end": 5}]},
    ],
)
def test_no_message_holds_words_of_a_note(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = write(tmp_path / "bad.jsonl", text="Patient Maria Keller had a rash.", **changes)
    with pytest.raises(InputError) as refused:
        read_shared_notes([path])
    assert not any(word in str(refused.value) for word in ("Maria", "Kell", "rash"))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"empty\.jsonl holds no labelled notes"):
        read_shared_notes([tmp_path / "empty.jsonl"])


def test_agreement_on_notes_picked_for_doubt_says_that_it_is_not_that_of_all_notes(note: MakeNote) -> None:
    picked = Sampling(picked="uncertain")
    notes = [note(annotator=name).model_copy(update={"sampling": picked}) for name in ("A", "B")]
    [notice] = measure_agreement(shared_notes(notes)).notices
    assert "1 were picked for what a model says of them" in notice
    assert measure_agreement(shared_notes([note(annotator=name) for name in ("A", "B")])).notices == ()
