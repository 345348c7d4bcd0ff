from collections import Counter
from pathlib import Path

import pytest
import yaml

from hcplens.errors import InputError
from hcplens.prompts import POLARITIES, Taxonomy

SPEC_ORDER = (
    "efficacy",
    "safety",
    "evidence",
    "patient_fit",
    "dosing",
    "guidelines",
    "mechanism",
    "quality_of_life",
    "coverage",
    "cost",
    "workload",
    "patient_acceptance",
    "inertia",
    "peers",
    "knowledge",
    "institution",
    "support",
    "supply",
    "trust",
)

USERS_OWN = """
name: vaccines
version: 0.2.0
topics:
  - id: side_effect
    name: Side effects
    scientific: true
    description: Harm after the jab.
    half_life_days: 90
    examples:
      driver: ["no fever at all"]
      barrier: ["arm hurt for a week", "fiebre alta, días"]
  - id: rushed
    name: Rushed
    scientific: false
    description: Tested or approved too fast.
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_taxonomy_that_ships_has_the_19_topics_in_order() -> None:
    assert Taxonomy.default().ids == SPEC_ORDER


def test_the_first_eight_topics_are_the_scientific_ones() -> None:
    assert tuple(topic.id for topic in Taxonomy.default().topics if topic.scientific) == SPEC_ORDER[:8]


def test_every_topic_has_a_dozen_examples_of_either_polarity() -> None:
    short = [
        (topic.id, polarity)
        for topic in Taxonomy.default().topics
        for polarity in POLARITIES
        if len(topic.examples.of(polarity)) < 12
    ]
    assert short == []


def test_no_example_is_given_twice() -> None:
    examples = [
        example.casefold()
        for topic in Taxonomy.default().topics
        for polarity in POLARITIES
        for example in topic.examples.of(polarity)
    ]
    assert [example for example, count in Counter(examples).items() if count > 1] == []


def test_every_example_is_a_clause_of_4_to_20_words() -> None:
    lengths = [
        len(example.split())
        for topic in Taxonomy.default().topics
        for polarity in POLARITIES
        for example in topic.examples.of(polarity)
    ]
    assert min(lengths) >= 4
    assert max(lengths) <= 20


def test_a_stock_out_is_forgotten_sooner_than_a_broken_trust() -> None:
    topics = Taxonomy.default().by_id
    assert topics["supply"].half_life_days < topics["coverage"].half_life_days < topics["trust"].half_life_days


def test_a_users_own_file_is_read_as_written(tmp_path: Path) -> None:
    taxonomy = Taxonomy.load(write(tmp_path, USERS_OWN))
    assert taxonomy.ids == ("side_effect", "rushed")
    assert taxonomy.by_id["side_effect"].examples.of("barrier") == ("arm hurt for a week", "fiebre alta, días")
    assert taxonomy.by_id["rushed"].half_life_days == 180.0
    assert taxonomy.by_id["rushed"].examples.of("driver") == ()


def test_a_taxonomy_written_out_and_read_back_is_the_same(tmp_path: Path) -> None:
    taxonomy = Taxonomy.default()
    text = yaml.safe_dump(taxonomy.model_dump(mode="json"), allow_unicode=True)
    again = Taxonomy.load(write(tmp_path, text))
    assert again == taxonomy
    assert again.digest == taxonomy.digest


def test_the_digest_changes_with_one_word() -> None:
    changed = USERS_OWN.replace("too fast", "too quickly")
    digests = {Taxonomy.from_yaml(text, where="text").digest for text in (USERS_OWN, changed, "# note\n" + USERS_OWN)}
    assert len(digests) == 2


def test_a_topic_named_twice_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, USERS_OWN.replace("id: rushed", "id: side_effect"))
    with pytest.raises(InputError, match=r"mine\.yaml.*'side_effect' is named twice"):
        Taxonomy.load(path)


def test_an_unknown_field_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, USERS_OWN.replace("half_life_days: 90", "half_live_days: 90"))
    with pytest.raises(InputError, match=r"mine\.yaml.*topics\.0\.half_live_days"):
        Taxonomy.load(path)


def test_a_half_life_of_nothing_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, USERS_OWN.replace("half_life_days: 90", "half_life_days: 0"))
    with pytest.raises(InputError, match=r"topics\.0\.half_life_days"):
        Taxonomy.load(path)


def test_an_id_that_cannot_be_a_label_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, USERS_OWN.replace("id: rushed", "id: Too Rushed"))
    with pytest.raises(InputError, match=r"topics\.1\.id"):
        Taxonomy.load(path)


@pytest.mark.parametrize("text", ["topics: [", "a: b: c", "\t- x"])
def test_what_is_not_yaml_is_refused_with_the_files_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"mine\.yaml is not valid YAML"):
        Taxonomy.load(write(tmp_path, text))


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "name: x\nversion: '1'\ntopics: []"])
def test_yaml_that_holds_no_topics_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"mine\.yaml is not a taxonomy"):
        Taxonomy.load(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the taxonomy .*absent\.yaml"):
        Taxonomy.load(tmp_path / "absent.yaml")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xff\xfe\x00\x80name")
    with pytest.raises(InputError, match=r"cannot read the taxonomy .*mine\.yaml"):
        Taxonomy.load(path)
