from __future__ import annotations

from pathlib import Path

import yaml

from hcplens.inference.themes import Theme, proposed_taxonomy, taxonomy_yaml
from hcplens.inference.themes.naming import words_in
from hcplens.prompts import Taxonomy

from .conftest import said

CLAUSES = (
    said("too much plastic: “landfill”, #1 worry", "H1"),
    said("plastic again", "H1"),
    said("[PATIENT_NAME] collects the plastic", "H2"),
    said("Brandt hates the plastic", "H3"),
    said("glad that the plastic is gone", "H4"),
    said("glad that the plastic is gone", "H5"),
)
THEME = Theme("plastic_landfill", ("plastic", "landfill"), CLAUSES, (0.1, 0.1, 0.1, 0.1, 0.8, 0.8), 2, "rising")


def test_it_is_our_topics_and_a_topic_a_theme_and_loads_as_a_taxonomy(tmp_path: Path) -> None:
    proposal = proposed_taxonomy(Taxonomy.default(), [THEME], words_in(["Dr. Eva Brandt"]))
    file = tmp_path / "proposal.yaml"
    file.write_text(taxonomy_yaml(proposal), encoding="utf-8")
    assert Taxonomy.load(file) == proposal
    assert proposal.topics[:-1] == Taxonomy.default().topics
    topic = proposal.topics[-1]
    assert (topic.id, topic.name) == ("plastic_landfill", "Plastic, landfill")
    assert "6 clauses of 5 physicians" in topic.description


def test_examples_name_nobody_and_are_of_different_physicians_and_words() -> None:
    topic = proposed_taxonomy(Taxonomy.default(), [THEME], words_in(["Dr. Eva Brandt"])).topics[-1]
    assert topic.examples.barrier == ("too much plastic: “landfill”, #1 worry",)
    assert topic.examples.driver == ("glad that the plastic is gone",)


def test_without_themes_the_topics_stay_as_they_are() -> None:
    text = taxonomy_yaml(proposed_taxonomy(Taxonomy.default(), []))
    assert [topic["id"] for topic in yaml.safe_load(text)["topics"]] == list(Taxonomy.default().ids)
