from collections.abc import Callable
from datetime import date
from typing import Any

from hcplens.embeddings.sentence_transformer import SentenceTransformerEncoder
from hcplens.inference.matching import ContentMatcher, MatchTables
from hcplens.inference.records.catalogue import Catalogue, Module
from hcplens.prompts.taxonomy import Examples, Taxonomy

WORDING = {
    "M1": ("Stable is not the same as safe", "Patients who seem settled on their current tablet still relapse."),
    "M2": ("Getting it paid for", "What insurers ask for before they approve, and how to appeal a denial."),
    "M3": ("One pen a month", "Patients inject themselves at home every four weeks, with nothing to titrate."),
}


def shortened(taxonomy: Taxonomy) -> Taxonomy:
    """Two examples a topic and polarity, to spare the encoder."""
    topics = []
    for topic in taxonomy.topics:
        examples = Examples(driver=topic.examples.driver[:2], barrier=topic.examples.barrier[:2])
        topics.append(topic.model_copy(update={"examples": examples}))
    return taxonomy.model_copy(update={"topics": tuple(topics)})


def test_the_default_model_and_taxonomy_find_the_module_for_words_it_does_not_share(
    make_module: Callable[..., Module],
    make_tables: Callable[..., MatchTables],
    make_profile_row: Callable[..., dict[str, Any]],
) -> None:
    quote = {**make_profile_row("coverage")["evidence"][0], "text": "Harrow Mutual wants step therapy again"}
    catalogue = Catalogue(
        tuple(make_module(key, title=title, text=text, claims=[]) for key, (title, text) in WORDING.items())
    )
    tables = make_tables(profiles=[make_profile_row("coverage", evidence=[quote])])
    encoder = SentenceTransformerEncoder(precision="float32")
    matcher = ContentMatcher(tables, catalogue, encoder, shortened(Taxonomy.default()), as_of=date(2026, 9, 30))
    first, *others = matcher.match("H1", "Zelvanta").modules
    assert first.module_id == "M2"
    assert [need.topic for need in first.addresses] == ["coverage"]
    assert all(not module.addresses for module in others)
