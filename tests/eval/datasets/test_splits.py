from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.datasets import brand_folds, group_folds, group_of
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
    assert (of_a.name, [n.note_id for n in of_a.test], [n.note_id for n in of_a.train]) == ("A", ["1"], ["3"])
    assert (of_b.name, [n.note_id for n in of_b.test], [n.note_id for n in of_b.train]) == ("B", ["2", "3", "4"], [])


@given(tested=NOTES, pool=NOTES)
def test_no_brand_physician_or_text_is_on_both_sides(tested: list[GoldNote], pool: list[GoldNote]) -> None:
    folds = brand_folds(tested, pool)
    assert sorted(n.note_id for fold in folds for n in fold.test) == sorted(n.note_id for n in tested)
    for fold in folds:
        assert {n.brand for n in fold.test}.isdisjoint({n.brand for n in fold.train})
        assert {n.hcp_id for n in fold.test}.isdisjoint({n.hcp_id for n in fold.train})
        assert {n.text for n in fold.test}.isdisjoint({n.text for n in fold.train})


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
