from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.datasets import brand_folds, group_folds, group_of
from hcplens.eval.gold_data import TRAINING, gold_notes
from hcplens.inference.insights import GoldNote, LabelledText

NOTES = st.lists(
    st.tuples(st.sampled_from("ABC") | st.none(), st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=25
).map(
    lambda rows: [
        GoldNote(note_id=f"N{number}", hcp_id=f"H{physician}", text=f"text {text}", brand=brand)
        for number, (brand, physician, text) in enumerate(rows)
    ]
)


def note(name: str, physician: str, brand: str, text: str = "") -> GoldNote:
    return GoldNote(note_id=name, hcp_id=physician, brand=brand, text=text or name)


def test_a_brand_is_held_out_with_its_physicians_and_its_texts() -> None:
    notes = [
        note("1", "eve", "A"),
        note("2", "eve", "B"),
        note("3", "ada", "B"),
        note("4", "bob", "B", text="1"),
    ]
    of_a, of_b = brand_folds(notes, notes)
    assert (of_a.name, [n.note_id for n in of_a.test], [n.note_id for n in of_a.train]) == ("a", ["1"], ["3"])
    assert (of_b.name, [n.note_id for n in of_b.test], [n.note_id for n in of_b.train]) == ("b", ["2", "3", "4"], [])


@given(tested=NOTES, pool=NOTES)
def test_no_brand_physician_or_text_is_on_both_sides(tested: list[GoldNote], pool: list[GoldNote]) -> None:
    folds = brand_folds(tested, pool)
    assert sorted(n.note_id for fold in folds for n in fold.test) == sorted(n.note_id for n in tested)
    for fold in folds:
        assert fold.name not in {(n.brand or "").casefold() for n in fold.train}
        for one in fold.test:
            of_text = {n.brand for n in pool if n.text == one.text}
            held = {one.brand} if one.brand in of_text or not of_text else of_text
            assert held.isdisjoint({n.brand for n in fold.train})
        assert {n.hcp_id for n in fold.test}.isdisjoint({n.hcp_id for n in fold.train})
        assert {n.text for n in fold.test}.isdisjoint({n.text for n in fold.train})


@pytest.mark.parametrize(
    "copied",
    [
        {"brand": None},
        {"brand": " zelvanta "},
        {"brand": "Other", "hcp_id": "somebody"},
        {"hcp_id": "H0001x", "text": None},
    ],
)
def test_a_copy_under_another_brand_or_physician_is_held_out_as_what_it_was(copied: dict[str, str | None]) -> None:
    pool = gold_notes(*TRAINING)
    notes = [note for note in pool if note.brand == "Zelvanta"]
    changes = [copied | ({"text": note.text.replace(" ", "\r\n")} if "text" in copied else {}) for note in notes]
    (fold,) = brand_folds([note.model_copy(update=change) for note, change in zip(notes, changes, strict=True)], pool)
    assert fold.name == "zelvanta"
    assert len(fold.test) == len(notes)
    assert {n.brand for n in fold.train} == {"Dermiqo", "Lunorexa"}
    assert {n.hcp_id for n in fold.train}.isdisjoint({n.hcp_id for n in notes})


def test_who_wrote_one_text_under_a_new_name_wrote_the_others_under_it_too() -> None:
    pool = [note("1", "eve", "A"), note("2", "eve", "B"), note("3", "ada", "B")]
    copy, new = note("x", "renamed", "A", text="1"), note("y", "renamed", "C", text="said now")
    of_a, of_c = brand_folds([copy, new], pool)
    assert ([n.note_id for n in of_a.train], [n.note_id for n in of_c.train]) == (["3"], ["3"])


def test_a_text_without_a_group_is_apart_from_a_group_of_its_name() -> None:
    alone, grouped = LabelledText(id=5, text="a"), LabelledText(id=6, text="b", group="5")
    named = LabelledText(id="group 5", text="c")
    assert len({group_of(text) for text in (alone, grouped, named)}) == 3
    assert group_of(grouped) == group_of(LabelledText(id=7, text="d", group=5))


@given(
    rows=st.lists(st.tuples(st.integers(0, 9) | st.none(), st.integers(0, 12)), min_size=12, max_size=40),
    seed=st.integers(0, 5),
)
def test_no_group_or_text_is_on_both_sides(rows: list[tuple[int | None, int]], seed: int) -> None:
    texts = [LabelledText(id=f"t{n}", text=f"text {word}", group=group) for n, (group, word) in enumerate(rows)]
    texts += [LabelledText(id="last", text="one group more", group="z")]
    folds = group_folds(texts, 5, seed)
    assert sorted(str(t.id) for fold in folds for t in fold.test) == sorted(str(t.id) for t in texts)
    assert folds == group_folds(texts, 5, seed)
    for fold in folds:
        assert {group_of(t) for t in fold.test}.isdisjoint({group_of(t) for t in fold.train})
        assert {t.text for t in fold.test}.isdisjoint({t.text for t in fold.train})
