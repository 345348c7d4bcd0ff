from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.datasets import group_folds, group_of
from hcplens.inference.insights import LabelledText


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
