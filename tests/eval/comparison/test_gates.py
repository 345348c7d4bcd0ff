"""Gates: what a release asks for, each way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hcplens.errors import GateMissedError, InputError
from hcplens.eval.comparison import GateReport, Gates, check_gates, compare
from hcplens.eval.metrics import RATIO, SHARE, means
from hcplens.eval.results import measured, reading

if TYPE_CHECKING:
    from .conftest import MakeResult

TWENTY = {f"N{number}": f"H{number}" for number in range(20)}
UNDEFINED = np.zeros((20, 2))


def half(hits: int = 10) -> list[float]:
    return [1.0] * hits + [0.0] * (20 - hits)


def gates(tmp_path: Path, text: str) -> Gates:
    path = tmp_path / "gates.yaml"
    path.write_text(text, encoding="utf-8")
    return Gates.load(path)


def sentence(report: GateReport) -> str:
    [outcome] = report.outcomes
    return outcome.sentence


@pytest.mark.parametrize(
    ("gate", "passed", "told"),
    [
        ("minimum: {notes/accuracy: 0.5}", True, "notes/accuracy is 0.500, at least 0.500 (n = 20, 20 clusters)"),
        ("minimum: {notes/accuracy: 0.51}", False, "notes/accuracy is 0.500, below the minimum 0.510"),
        ("maximum: {notes/accuracy: 0.5}", True, "notes/accuracy is 0.500, at most 0.500"),
        ("maximum: {notes/accuracy: 0.4999}", False, "notes/accuracy is 0.5000, above the maximum 0.4999"),
        ("minimum: {notes/accuracy: {value: 0.5, confident: true}}", False, "as the lower end of its interval, below"),
        (
            "minimum: {notes/accuracy: {value: 0.2, confident: true}}",
            True,
            "as the lower end of its interval, at least",
        ),
        ("maximum: {notes/accuracy: {value: 0.5, confident: true}}", False, "as the upper end of its interval, above"),
        ("require: [notes/accuracy]", True, "notes/accuracy was measured: 0.500"),
        ("require: [notes/acuracy]", False, "was not measured; near it: 'notes/accuracy'"),
    ],
)
def test_a_gate_on_one_result(make_result: MakeResult, tmp_path: Path, gate: str, passed: bool, told: str) -> None:
    result = make_result(TWENTY, {"accuracy": half()}, formula=SHARE)
    report = check_gates(gates(tmp_path, gate), result)
    assert report.outcomes[0].passed is passed
    assert told in sentence(report)


@pytest.mark.parametrize("gate", ["minimum: {notes/a: 0}", "maximum: {notes/a: 1}", "require: [notes/a]"])
def test_a_figure_that_is_not_defined_misses_every_gate(make_result: MakeResult, tmp_path: Path, gate: str) -> None:
    report = check_gates(gates(tmp_path, gate), make_result(TWENTY, {"a": UNDEFINED}))
    assert len(report.missed) == 1
    assert "not defined" in sentence(report)


def test_without_an_interval_nothing_is_confident(make_result: MakeResult, tmp_path: Path) -> None:
    few = {"N1": "H1", "N2": "H2"}
    report = check_gates(
        gates(tmp_path, "minimum: {notes/a: {value: 0.1, confident: true}}"), make_result(few, {"a": [1, 1]})
    )
    assert len(report.missed) == 1
    assert "too few to say" in sentence(report)


@pytest.mark.parametrize(
    ("better", "before", "after", "passed", "told"),
    [
        ("higher", 12, 11, True, "became worse by 0.0500 (0.600 → 0.550), within the 0.0501 allowed"),
        ("higher", 12, 10, False, "became worse by 0.100 (0.600 → 0.500), more than the 0.050 allowed"),
        ("higher", 10, 12, True, "did not become worse (0.500 → 0.600)"),
        ("lower", 10, 12, False, "became worse by 0.100 (0.500 → 0.600), more than the 0.050 allowed"),
        ("lower", 12, 10, True, "did not become worse (0.600 → 0.500)"),
    ],
)
def test_a_gate_on_what_may_become_worse(
    make_result: MakeResult, tmp_path: Path, better: str, before: int, after: int, passed: bool, told: str
) -> None:
    old, new = (make_result(TWENTY, {"figure": half(hits)}, better=better) for hits in (before, after))
    report = check_gates(gates(tmp_path, "regression: {notes/figure: 0.0501}"), new, compare(old, new))
    assert report.outcomes[0].passed is passed
    assert told in sentence(report)


def test_a_loss_says_whether_it_may_be_chance(make_result: MakeResult, tmp_path: Path) -> None:
    asked = gates(tmp_path, "regression: {notes/figure: 0.01}")
    old = make_result(TWENTY, {"figure": half(20)})
    slight, plain = make_result(TWENTY, {"figure": half(19)}), make_result(TWENTY, {"figure": half(0)})
    assert "may be chance" in sentence(check_gates(asked, slight, compare(old, slight)))
    assert "excludes what is allowed" in sentence(check_gates(asked, plain, compare(old, plain)))


def test_the_default_is_for_figures_of_the_whole_that_no_other_gate_names(
    make_result: MakeResult, tmp_path: Path
) -> None:
    part = make_result(TWENTY, {"accuracy": half(0)}, part="topic=cost").figures
    neither = make_result(TWENTY, {"length": half(0)}, better="neither").figures
    speed = reading("notes", "speed", 3.0, items=20, better="higher")
    base = make_result(TWENTY, {"accuracy": half(9), "recall": half(9), "precision": half(9)})
    new = replace(base, figures=(*base.figures, *part, *neither, speed))
    before = make_result(TWENTY, {"accuracy": half(), "recall": half(), "precision": half()})
    old = replace(before, figures=(*before.figures, *part, *neither, speed))
    report = check_gates(gates(tmp_path, "regression: {default: 0.01, notes/recall: 0.1}"), new, compare(old, new))
    assert {(outcome.key, outcome.passed) for outcome in report.outcomes} == {
        ("notes/recall", True),
        ("notes/accuracy", False),
        ("notes/precision", False),
    }
    assert report.unchecked == ("the regression of notes/speed: a reading, no function of items",)


def test_a_figure_that_is_gone_or_no_longer_defined_is_a_regression(make_result: MakeResult, tmp_path: Path) -> None:
    old = make_result(TWENTY, {"accuracy": half(), "recall": half(), "precision": half()})
    new = make_result(TWENTY, {"accuracy": half(), "precision": UNDEFINED})
    report = check_gates(gates(tmp_path, "regression: {default: 0.5}"), new, compare(old, new))
    assert [outcome.sentence for outcome in report.missed] == [
        "notes/precision is not defined in the new result (0.500 → not defined)",
        "notes/recall is no longer measured",
    ]


def test_a_suite_that_was_not_run_is_told(make_result: MakeResult, tmp_path: Path) -> None:
    new = make_result(TWENTY, {"accuracy": half()})
    old = replace(new, figures=(*new.figures, replace(new.figures[0], suite="matching")))
    report = check_gates(gates(tmp_path, "regression: {default: 0}"), new, compare(old, new))
    assert report.missed == ()
    assert report.unchecked == ("the regression of suite matching, which the new result did not run",)


def test_without_an_old_result_regressions_are_refused(make_result: MakeResult, tmp_path: Path) -> None:
    asked = gates(tmp_path, "{minimum: {notes/a: 0.1}, regression: {default: 0.01}}")
    with pytest.raises(InputError, match=r"\(default\): name the result to compare with by --against"):
        check_gates(asked, make_result(TWENTY, {"a": half()}))


def test_a_regression_says_where_the_new_system_has_no_value(make_result: MakeResult, tmp_path: Path) -> None:
    old = make_result(TWENTY, {"figure": half(15)})
    fewer = measured("notes", "figure", RATIO, old.item_sets[0], means([1.0] * 15), rows=range(15))
    new = replace(old, figures=(fewer,))
    report = check_gates(gates(tmp_path, "regression: {notes/figure: 0.01}"), new, compare(old, new))
    assert "1.000 → 1.000, without 5 items that the new system has no value for" in sentence(report)


@pytest.mark.parametrize("gate", ["minimum: {notes/acuracy: 0.5}", "regression: {notes/acuracy: 0.5}"])
def test_a_gate_on_an_unknown_figure_names_the_nearest(make_result: MakeResult, tmp_path: Path, gate: str) -> None:
    result = make_result(TWENTY, {"accuracy": half(), "recall": half()})
    with pytest.raises(InputError, match=r"'notes/acuracy' names no figure .*near it: 'notes/accuracy'"):
        check_gates(gates(tmp_path, gate), result, compare(result, result))


def test_a_regression_needs_a_better_direction(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result(TWENTY, {"length": half()}, better="neither")
    with pytest.raises(InputError, match="'notes/length' cannot be held: neither direction"):
        check_gates(gates(tmp_path, "regression: {notes/length: 0.5}"), result, compare(result, result))


def test_every_missed_gate_is_named_in_the_error(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result(TWENTY, {"a": half(), "b": half(2)})
    asked = gates(tmp_path, "minimum: {notes/a: 0.6, notes/b: 0.3}\nmaximum: {notes/a: 0.9}")
    with pytest.raises(GateMissedError, match=r"^2 of 3 gates missed:\n  notes/a is .*\n  notes/b is "):
        check_gates(asked, result).require_passed()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it needs one of minimum, maximum, regression, require"),
        ("{}", "asks for nothing"),
        ("minimum: {notes/a: high}", "minimum → notes/a → value is 'high': Input should be a valid number"),
        ("minimum: {notes/a: true}", "minimum → notes/a → value is True"),
        ("minimum: {notes/a: .nan}", "minimum → notes/a → value is nan: Input should be a finite number"),
        ("minimum: {notes/a: {value: 1, sure: true}}", "minimum → notes/a → sure is not known"),
        ("minimun: {notes/a: 1}", "minimun is not known here; known are minimum, maximum, regression, require"),
        ("regression: {default: -0.1}", "regression → default is -0.1: Input should be greater than or equal to 0"),
        ("require: notes/a", "require is 'notes/a': Input should be a valid list"),
        ("minimum: {notes/a: 1, notes/a: 2}", "'notes/a' is given twice"),
        ("? [notes/a]\n: 1", "is no name"),
        ("minimum: {", "is not valid YAML"),
    ],
)
def test_a_bad_gates_file_is_refused_with_entry_and_value(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        gates(tmp_path, text)
    assert told in str(refused.value)
    assert str(tmp_path / "gates.yaml") in str(refused.value)


def test_a_missing_gates_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the gates .*none\.yaml"):
        Gates.load(tmp_path / "none.yaml")
