"""What a language model calls a theme stands only in words of the theme's physicians."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from hcplens.inference.themes import (
    COLUMNS,
    PROPOSED_COLUMNS,
    NamedThemes,
    Theme,
    proposed_taxonomy,
    with_proposed_names,
)
from hcplens.inference.themes.proposed_names import unsupported
from hcplens.prompts import AnswerCache, ChoiceRequest, Completion, Failure, Outcome, Request, Taxonomy, Usage

from .conftest import said

WASTE = (
    said("hates the plastic waste of the pens", "H1"),
    said("plastic waste goes to landfill, not recycled", "H2"),
    said("pens are wasteful plastic, no recycling", "H3"),
    said("[PATIENT_NAME] moaned about the landfill", "H4"),
    said("Dr Quill says landfill", "H5"),
)
THEME = Theme("plastic_waste", ("plastic", "waste"), WASTE, (0.1,) * 5, 2, "steady")
NAMES = frozenset({"quill"})


class Namer:
    """Gives every theme the same name, or fails; remembers what it was asked."""

    name, digest, can_score = "namer", "4e" * 32, False

    def __init__(self, answer: dict[str, Any] | str) -> None:
        self.answer = answer
        self.asked: list[Request] = []

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        for place, request in enumerate(requests):
            self.asked.append(request)
            said = self.answer
            result = Failure(said) if isinstance(said, str) else Completion(json.dumps(said), Usage(10, 2))
            yield Outcome(place, result)

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        raise NotImplementedError


Naming = Callable[..., NamedThemes]


@pytest.fixture
def naming(tmp_path: Path) -> Iterator[Naming]:
    with AnswerCache(tmp_path / "answers.sqlite") as answers:

        def named(model: Namer) -> NamedThemes:
            return with_proposed_names([THEME], Taxonomy.default(), model, answers, NAMES)

        yield named


def answer(name: str, description: str = "", topic: str = "none") -> dict[str, Any]:
    return {"name": name, "description": description or "What is said.", "known_topic": topic}


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("Plastic waste of the pens", []),
        ("pen and plastics", []),
        ("Plastic waste and recycling", ["recycling"]),  # one physician says recycling, another one recycled
        ("No plastic waste", ["no"]),
        ("Landfill", ["landfill"]),  # of three that say it one is masked, and two are needed
        ("7 pens", ["7"]),
        ("Plastic-waste", []),
    ],
)
def test_each_word_but_function_words_is_one_of_two_physicians(text: str, strange: list[str]) -> None:
    clauses = [clause for clause in WASTE if clause.hcp_id != "H5"]
    assert unsupported(text, clauses) == strange


def test_a_name_names_no_physician_however_many_say_it() -> None:
    clauses = [said("Quill hates plastic", "H1"), said("Quill on plastic", "H2")]
    assert unsupported("Quill on plastic", clauses, NAMES) == ["quill"]


def test_a_name_in_words_of_the_theme_is_shown_as_the_models(naming: Naming) -> None:
    found = naming(Namer(answer("Plastic waste of pens", "The plastic waste of the pens.", "workload")))
    [theme] = found.themes
    assert (theme.name, theme.own_name, theme.id) == ("Plastic waste of pens", "plastic · waste", "plastic_waste")
    record = theme.to_json()
    assert record["name"] == "Plastic waste of pens"
    assert record["words"] == "plastic · waste"
    assert record["proposal"] == {
        "name": "Plastic waste of pens",
        "description": "The plastic waste of the pens.",
        "known_topic": "workload",
        "model": "namer",
    }
    assert tuple(theme.to_csv()) == COLUMNS
    assert theme.proposal_csv() == dict(
        zip(PROPOSED_COLUMNS, ("plastic · waste", "The plastic waste of the pens.", "namer", "workload"), strict=True)
    )
    assert (found.tally.asked, found.tally.answered, found.refused) == (1, 1, ())


def test_another_name_is_refused_and_its_own_words_stand(naming: Naming) -> None:
    found = naming(Namer(answer("Sustainability")))
    assert found.themes == [THEME]
    assert found.refused == (
        "namer called “plastic · waste” “Sustainability”: no two of its physicians say “sustainability”",
    )
    assert "proposal" not in found.themes[0].to_json()


@pytest.mark.parametrize("name", ["of the", "!?", " "])
def test_a_name_without_a_word_names_nothing(name: str, naming: Naming) -> None:
    found = naming(Namer(answer(name)))
    assert found.themes == [THEME]
    assert "names nothing" in found.refused[0]


def test_a_description_in_other_words_is_left_out(naming: Naming) -> None:
    [theme] = naming(Namer(answer("Plastic waste", "Physicians do not mind plastic waste."))).themes
    assert theme.proposal is not None
    assert theme.proposal.description == ""


def test_where_nothing_is_answered_the_own_words_stand(naming: Naming) -> None:
    found = naming(Namer("out of order"))
    assert (found.themes, found.tally.failed, found.tally.failure) == ([THEME], 1, "out of order")


def test_a_model_is_shown_no_identifier_and_no_name(naming: Naming) -> None:
    model = Namer(answer("Plastic waste"))
    naming(model)
    [request] = model.asked
    assert "PATIENT" not in request.user
    assert "Quill" not in request.user
    assert request.user.count("plastic") == 3


def test_a_proposed_topic_says_who_named_it(naming: Naming) -> None:
    named = naming(Namer(answer("Plastic waste", "The waste of the pens."))).themes
    topic = proposed_taxonomy(Taxonomy.default(), named).topics[-1]
    assert topic.name == "Plastic waste"
    assert topic.description.startswith(
        "The waste of the pens. What is said of plastic, waste; proposed from 5 clauses"
    )
    assert topic.description.endswith("Named by namer.")
