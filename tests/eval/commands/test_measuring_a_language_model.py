"""Two versions of a prompt, measured on the same notes and compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.eval.results import read_result
from hcplens.eval.suites.notes.answer_figures import ITEMS
from hcplens.prompts import Prompt

GOLD = Path(__file__).parents[3] / "eval" / "gold"
EVERY, NOTES = 12, 14
"""Every twelfth note of the timelines."""

Hcplens = Callable[..., Any]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Notes that the model that ships never saw."""
    file = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    lines = (GOLD / "timelines" / "notes.jsonl").read_text(encoding="utf-8").splitlines()[::EVERY]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def terse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prompt of one's own, which shows the note."""
    home = tmp_path_factory.mktemp("mine") / "confirm"
    home.mkdir()
    user = "{{ quote }} {{ note }} {{ topic.id }} {{ polarity.id }}"
    template = f"{{% block system %}}Be terse.{{% endblock %}}{{% block user %}}{user}{{% endblock %}}"
    (home / "v2.jinja").write_text(template, encoding="utf-8")
    (home / "v2.schema.jinja").write_text(Prompt.load("confirm").schema, encoding="utf-8")
    return home / "v2.jinja"


def test_a_prompt_of_ones_own_is_compared_with_the_one_that_ships(
    hcplens: Hcplens,
    notes: Path,
    terse: Path,
    serving: Callable[..., Any],
    completion: Callable[..., Any],
    tmp_path: Path,
) -> None:
    def script(body: dict[str, Any], time: int) -> Any:
        return completion('{"answer": "no"}' if body["messages"][0]["content"] == "Be terse." else '{"answer": "yes"}')

    with serving(script) as server:
        asking = ("--llm", "adjudicate", "--llm-model", server.url, "--llm-name", "mini")
        measuring = ("eval", "run", "notes", "--data", notes, *asking, "--llm-cache", tmp_path / "answers.sqlite")
        old = hcplens(*measuring, "-o", tmp_path / "old")
        asked = len(server.bodies)
        new = hcplens(*measuring, "-o", tmp_path / "new", "--llm-prompt", terse)
        assert (old.code, new.code) == (0, 0), new.err
        assert len(server.bodies) == 2 * asked
    assert "is counted and changes no label" in old.err
    before, after = read_result(tmp_path / "old"), read_result(tmp_path / "new")
    assert "mini (SHA-256" in before.provenance.model
    assert f"confirm v1 ({Prompt.load('confirm').id.digest[:8]})" in before.provenance.model
    assert "confirm v2 (" in after.provenance.model
    questions = before.item_set(ITEMS)
    assert questions == after.item_set(ITEMS)
    assert len(questions) == asked
    assert before.figure("notes/questions answered").estimate.value == 1.0
    right = before.figure("notes/answers right").estimate.value
    assert 0 < right < 1
    assert after.figure("notes/answers right").estimate.value == pytest.approx(1 - right)
    assert before.figure("notes/AUC of answers").estimate.value == 0.5
    compared = hcplens("eval", "compare", tmp_path / "old", tmp_path / "new", "--format", "json").json
    told = {each["key"]: each for each in compared["figures"]}
    difference = told["notes/answers right"]
    assert difference["difference"] == pytest.approx(1 - 2 * right)
    assert difference["low"] < difference["difference"] < difference["high"]
    assert (difference["items"], difference["changed"]) == (asked, asked)
    assert told["notes/topic+polarity F1"]["difference"] == 0


def test_where_nobody_is_asked_there_are_no_such_figures(hcplens: Hcplens, notes: Path, tmp_path: Path) -> None:
    assert hcplens("eval", "run", "notes", "--data", notes, "-o", tmp_path / "plain").code == 0
    plain = read_result(tmp_path / "plain")
    assert ITEMS not in {items.name for items in plain.item_sets}
    assert not any("answers" in figure.metric for figure in plain.figures)
    assert "beside it" not in plain.provenance.model


def test_statements_that_are_extracted_count_as_claimed(
    hcplens: Hcplens, notes: Path, serving: Callable[..., Any], completion: Callable[..., Any], tmp_path: Path
) -> None:
    def script(body: dict[str, Any], time: int) -> Any:
        note = json.loads(body["messages"][1]["content"].partition("Note: ")[2])
        said = {"topic": "supply", "polarity": "barrier", "status": "current", "holder": "hcp"}
        return completion(json.dumps({"statements": [said | {"quote": " ".join(note.split()[:5])}]}))

    with serving(script) as server:
        asking = ("--llm", "extract", "--llm-model", server.url, "--llm-name", "mini")
        done = hcplens("eval", "run", "notes", "--data", notes, *asking, "-o", tmp_path / "result")
    assert done.code == 0, done.err
    assert f"mini: {NOTES} questions, {NOTES} answered" in done.err
    claims = read_result(tmp_path / "result").figure("notes/topic+polarity F1/topic=supply barrier")
    assert claims.estimate.items == NOTES


def test_texts_with_labels_of_ones_own_are_read_without(hcplens: Hcplens, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text('{"id": "T1", "text": "Too dear.", "labels": ["price"], "group": "G1"}\n', encoding="utf-8")
    asking = ("--llm", "extract", "--llm-model", "http://127.0.0.1:9/v1", "--llm-name", "mini")
    told = hcplens("eval", "run", "notes", "--data", texts, *asking, "-o", tmp_path / "result")
    assert told.code == 2
    assert f"--llm reads call notes, and {texts} holds none" in " ".join(told.err.split())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("triage", "--llm", "extract", "--llm-model", "absent.gguf"), "--llm is measured by the suite notes"),
        (("notes", "--llm-model", "absent.gguf"), "need --llm adjudicate, extract or all"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    hcplens: Hcplens, arguments: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    told = hcplens("eval", "run", *arguments, "-o", tmp_path / "result")
    assert told.code == 2
    assert why in " ".join(told.err.split())
    assert list(tmp_path.iterdir()) == []
