from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.eval.metrics import F1, SHARE, means
from hcplens.eval.results import (
    RESULT_FILE,
    Bin,
    Confusion,
    Example,
    ItemSet,
    Mark,
    Provenance,
    Reliability,
    Result,
    measured,
    read_result,
    reading,
    write_result,
)

ITEMS = ItemSet("notes", tuple(f"N{i}" for i in range(12)), tuple(f"H{i // 2}" for i in range(12)))
PROVENANCE = Provenance(
    version="0.1.0",
    created_at="2026-03-02T10:00:00+00:00",
    seconds=1.5,
    data={"notes.jsonl": "ab" * 32},
    model="heads@1.0.0",
    encoder="cd" * 32,
    scored_by={"notes": "heads that never saw the brand"},
    notices=("synthetic",),
)


def result(text: str = "PA again") -> Result:
    counts = np.tile([[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]], (6, 1))
    figures = (
        measured("notes", "topic F1", F1, ITEMS, counts),
        measured("notes", "recall", SHARE, ITEMS, means([1.0, 0.0, 1.0]), part="topic=cost", rows=[0, 2, 11]),
        measured("notes", "precision", SHARE, ITEMS, np.zeros((12, 2))),
        reading("speed", "notes a second", 812.5, items=12, better="higher", note="warm"),
    )
    return Result(
        PROVENANCE,
        (ITEMS,),
        figures,
        (Reliability("notes", "topics", (Bin(0.2, 0.25, 0.1, 0.4, 40), Bin(0.8, 0.7, None, None, 2))),),
        (Confusion("notes", "status", ("current", "resolved"), ((5, 1), (0, 3))),),
        (Example("notes", "N1", "H0", text, (Mark(0, 2, "coverage barrier", "missed", 0.3),), (("brand", "X"),)),),
    )


def assert_same(one: Result, other: Result) -> None:
    assert [figure.key for figure in one.figures] == [figure.key for figure in other.figures]
    for ours, theirs in zip(one.figures, other.figures, strict=True):
        assert (ours.better, ours.note) == (theirs.better, theirs.note)
        assert (ours.estimate.low, ours.estimate.high) == (theirs.estimate.low, theirs.estimate.high)
        assert ours.estimate.value == pytest.approx(theirs.estimate.value, nan_ok=True, abs=0)
        assert (ours.basis is None) == (theirs.basis is None)
        if ours.basis and theirs.basis:
            assert (ours.basis.formula, ours.basis.rows) == (theirs.basis.formula, theirs.basis.rows)
            assert np.array_equal(ours.basis.statistics, theirs.basis.statistics)
    assert (one.provenance, one.item_sets, one.examples) == (other.provenance, other.item_sets, other.examples)
    assert (one.reliability, one.confusions) == (other.reliability, other.confusions)


def test_a_result_is_read_back_as_it_was(tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    assert_same(read_result(tmp_path / "one"), result())


def test_a_result_replaces_an_older_one_and_nothing_else(tmp_path: Path) -> None:
    for text in ("first", "second"):
        write_result(result(text), tmp_path / "one")
    assert read_result(tmp_path / "one").examples[0].text == "second"
    other = tmp_path / "other"
    other.mkdir()
    (other / RESULT_FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="did not make it"):
        write_result(result(), other)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        write_result(result(text), Path(name) / "one")
        assert read_result(Path(name) / "one").examples[0].text == text


def test_the_words_of_notes_are_for_their_owner_only(tmp_path: Path) -> None:
    for _ in range(2):
        write_result(result(), tmp_path / "one")
        assert (tmp_path / "one" / "examples.jsonl").stat().st_mode & 0o077 == 0


def test_what_is_infinite_is_refused_before_it_is_kept() -> None:
    with pytest.raises(ValueError, match="notes/log-loss/brand=Dermiqo: a statistic is infinite"):
        measured("notes", "log-loss", SHARE, ITEMS, means([math.inf]), part="brand=Dermiqo", rows=[0])
    with pytest.raises(ValueError, match="speed/notes a second/all: the value is infinite"):
        reading("speed", "notes a second", math.inf, items=12)


def test_a_figure_that_is_nowhere_defined_is_kept_as_undefined(tmp_path: Path) -> None:
    nowhere = measured("notes", "recall", SHARE, ITEMS, means([math.nan] * 12))
    write_result(Result(PROVENANCE, (ITEMS,), (nowhere,)), tmp_path / "one")
    estimate = read_result(tmp_path / "one").figures[0].estimate
    assert math.isnan(estimate.value)
    assert (estimate.low, estimate.high) == (None, None)


def test_figures_can_be_read_without_this_library(tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    record = json.loads((tmp_path / "one" / RESULT_FILE).read_text(encoding="utf-8"))
    assert record["figures"][0]["metric"] == "topic F1"
    assert record["figures"][0]["value"] == pytest.approx(2 / 3)
    assert record["figures"][2]["value"] is None  # not defined
    assert math.isnan(read_result(tmp_path / "one").figures[2].estimate.value)


@pytest.mark.parametrize("name", ["result.json", "items.json", "statistics.npz", "examples.jsonl"])
def test_a_missing_or_damaged_file_is_refused(name: str, tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    file = tmp_path / "one" / name
    file.write_bytes(b'{"hcplens": 1}')
    with pytest.raises(InputError, match="damaged"):
        read_result(tmp_path / "one")
    file.unlink()
    with pytest.raises(InputError, match=r"damaged|not a result"):
        read_result(tmp_path / "one")


def test_a_result_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    (tmp_path / "one" / RESULT_FILE).write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(InputError, match=r"one is damaged: result\.json is nested too deeply"):
        read_result(tmp_path / "one")


@pytest.mark.parametrize("field", ["value", "low", "high"])
def test_an_infinite_figure_is_refused(field: str, tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    record = json.loads((tmp_path / "one" / RESULT_FILE).read_text(encoding="utf-8"))
    record["figures"][0][field] = math.inf
    (tmp_path / "one" / RESULT_FILE).write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match=f"damaged(.|\n)*{field}(.|\n)*finite"):
        read_result(tmp_path / "one")


def test_another_format_is_refused(tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    (tmp_path / "one" / RESULT_FILE).write_text('{"hcplens": 99}', encoding="utf-8")
    with pytest.raises(InputError, match="no result of format 1"):
        read_result(tmp_path / "one")


def test_a_figure_is_found_by_its_key() -> None:
    assert result().figure("notes/recall/topic=cost").estimate.items == 3
    assert result().figure("notes/topic F1").estimate.clusters == 6
    with pytest.raises(InputError, match="no figure 'notes/nothing'; there are notes/topic F1"):
        result().figure("notes/nothing")
    with pytest.raises(InputError, match="no item set"):
        result().item_set("queries")
    assert result().suites == ["notes", "speed"]


def test_statistics_that_do_not_fit_their_items_are_refused(tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    items = tmp_path / "one" / "items.json"
    items.write_text(json.dumps([{"name": "notes", "ids": ["N0"], "clusters": ["H0"]}]), encoding="utf-8")
    with pytest.raises(InputError, match=r"notes/topic F1 does not fit the items of 'notes'"):
        read_result(tmp_path / "one")


def test_a_confusion_is_square() -> None:
    with pytest.raises(ValueError, match="2 labels need as many rows and columns"):
        Confusion("notes", "status", ("current", "resolved"), ((1, 2),))


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    write_result(result(), tmp_path / "one")
    file = tmp_path / "one" / "statistics.npz"
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(InputError, match="damaged"):
        read_result(tmp_path / "one")
