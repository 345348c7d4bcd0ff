"""The labelled modules are what their data card says, and apart from the modules that are measured on."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from hcplens.embeddings.trained_on import text_digests
from hcplens.inference.matching.labelled_modules import LabelledModule, read_labelled_modules
from hcplens.inference.matching.topic_reader import default_reader
from hcplens.prompts import Taxonomy

GOLD = Path(__file__).parents[2] / "eval" / "gold"
CARD = " ".join((GOLD / "README.md").read_text(encoding="utf-8").partition("## Labelled message modules")[2].split())
FILES = sorted((GOLD / "modules").glob("*.jsonl"))
MODULES = read_labelled_modules(FILES)
LANGUAGES = Counter(module.language for module in MODULES)
TOPICS = Counter(module.topic for module in MODULES)
MEASURED = [
    json.loads(line) for line in (GOLD / "timelines" / "modules.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("{} message modules", len(MODULES)),
        ("({} claims)", sum(len(module.claims) for module in MODULES)),
        ("on {} invented brands", len({module.brand for module in MODULES})),
        ("{} in English", LANGUAGES["en"]),
        ("{} in German", LANGUAGES["de"]),
        ("{} to", min(TOPICS.values())),
        ("to {} on each", max(TOPICS.values())),
        ("each of the {} topics", len(TOPICS)),
        ("`also` ({} modules)", sum(bool(module.also) for module in MODULES)),
        ("wrote {} each", len(read_labelled_modules(FILES[:1]))),
    ],
)
def test_labels_are_as_many_as_the_card_says(said: str, count: int) -> None:
    assert said.format(count) in CARD
    assert LANGUAGES.total() == LANGUAGES["en"] + LANGUAGES["de"]


def test_topics_are_of_the_vocabulary_and_each_is_named_once() -> None:
    known = set(Taxonomy.default().ids)
    for module in MODULES:
        named = [module.topic, *module.also]
        assert known >= set(named), module.id
        assert len(named) == len(set(named)), module.id


def test_ids_and_texts_occur_once_and_nothing_is_empty() -> None:
    for values in ([module.id for module in MODULES], [module.text for module in MODULES]):
        assert len(values) == len(set(values))
    assert all(module.title and module.text and module.claims for module in MODULES)


def test_no_two_modules_share_more_than_a_phrase() -> None:
    shared = Counter(tuple(sorted(ids)) for ids in seven_words(MODULES).values() if len(ids) > 1)
    assert max(shared.values(), default=0) <= 4


def test_no_brand_is_in_both_files() -> None:
    one, other = ({module.brand for module in read_labelled_modules([file])} for file in FILES)
    assert not one & other


def test_it_shares_no_brand_or_run_of_seven_words_with_the_modules_that_are_measured_on() -> None:
    assert not {module.brand for module in MODULES} & {module["brand"] for module in MEASURED}
    measured = {run for module in MEASURED for run in runs(f"{module['title']} {module['text']}")}
    assert not measured & seven_words(MODULES).keys()


def test_the_reader_that_ships_learned_from_them_and_from_nothing_that_is_measured_on() -> None:
    assert default_reader().trained_on == text_digests(module.texts[0] for module in MODULES)
    measured = text_digests(f"{module['title']}. {module['text']}" for module in MEASURED)
    assert not default_reader().trained_on & measured


def seven_words(modules: list[LabelledModule]) -> dict[tuple[str, ...], set[str]]:
    """The modules by every run of seven words in them."""
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for module in modules:
        for run in runs(f"{module.title} {module.text}"):
            found[run].add(module.id)
    return found


def runs(text: str) -> list[tuple[str, ...]]:
    """Every run of seven words."""
    words = re.findall(r"\w+", text.lower())
    return [tuple(words[first : first + 7]) for first in range(len(words) - 6)]
