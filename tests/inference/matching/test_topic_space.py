import numpy as np
import pytest

from hcplens.embeddings.encoder import Encoder
from hcplens.inference.matching.topic_space import TopicSpace
from hcplens.prompts.taxonomy import Examples, Taxonomy, Topic

WORDS = ("payer", "tablet", "stock", "nurse", "guideline", "peers")


def taxonomy(topics: int) -> Taxonomy:
    return Taxonomy(
        name="words",
        version="1",
        topics=tuple(
            Topic(id=word, name=word, scientific=False, description=word, examples=Examples(barrier=(f"no {word}",)))
            for word in WORDS[:topics]
        ),
    )


def focus(space: TopicSpace, encoder: Encoder, *texts: str) -> np.ndarray:
    return space.focus(encoder.encode(texts) @ space.vectors.T)


def test_a_module_answers_the_topic_whose_words_it_uses(encoder: Encoder) -> None:
    space = TopicSpace(taxonomy(6), encoder)
    rows = focus(space, encoder, "payer, payer and payer", "nurse to nurse")
    assert rows[0, space.column("payer")] == 1.0
    assert rows[1, space.column("nurse")] == 1.0
    assert rows[0, space.column("nurse")] == 0.0


def test_a_catalogue_of_one_module_is_compared_with_the_taxonomys_clauses(encoder: Encoder) -> None:
    space = TopicSpace(taxonomy(6), encoder)
    assert focus(space, encoder, "peers")[0].argmax() == space.column("peers")


def test_a_topic_that_resembles_the_clauses_of_all_others_does_not_stand_out_of_one_module(encoder: Encoder) -> None:
    hub = Topic(id="hub", name="hub", scientific=False, description=" ".join(WORDS))
    with_hub = taxonomy(6).model_copy(update={"topics": (hub, *taxonomy(6).topics)})
    space = TopicSpace(with_hub, encoder)
    equally_similar = np.full((1, 7), 0.3, dtype=np.float32)
    assert space.focus(equally_similar)[0, space.column("hub")] == 0.0


@pytest.mark.parametrize(("topics", "most"), [(1, 1), (3, 1), (6, 2)])
def test_no_more_than_a_third_of_a_small_taxonomy_is_answered(encoder: Encoder, topics: int, most: int) -> None:
    space = TopicSpace(taxonomy(topics), encoder)
    answered = focus(space, encoder, " ".join(WORDS), "something else", "payer") > 0
    assert answered.sum(axis=1).max() <= most
    assert answered.any(axis=1).all()


def test_topics_too_far_behind_the_main_one_are_not_answered(encoder: Encoder) -> None:
    space = TopicSpace(taxonomy(6), encoder)
    usual = space.vectors @ space.vectors.T
    similarities = np.tile(usual.mean(axis=0), (1, 1)).astype(np.float32)
    similarities[0, 2] += 1.0
    rows = space.focus(similarities)
    assert np.flatnonzero(rows[0]).tolist() == [2]


def test_a_topic_that_resembles_every_module_does_not_stand_out(encoder: Encoder) -> None:
    space = TopicSpace(taxonomy(6), encoder)
    similarities = np.full((400, 6), 0.1, dtype=np.float32)
    similarities[:, 0] = 0.9
    similarities[:, 1] = np.where(np.arange(400) == 7, 0.9, 0.1)
    rows = space.focus(similarities)
    assert rows[7].argmax() == 1


def test_no_modules_have_no_focus(encoder: Encoder) -> None:
    assert TopicSpace(taxonomy(3), encoder).focus(np.zeros((0, 3), dtype=np.float32)).shape == (0, 3)
