from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings.encoder import Encoder
from hcplens.embeddings.sentence_transformer import SentenceTransformerEncoder
from hcplens.errors import InputError
from hcplens.inference.matching.labelled_modules import LabelledModule, read_labelled_modules
from hcplens.inference.matching.module_topics import read_topics
from hcplens.inference.matching.topic_reader import TopicReader, default_reader, reader_for
from hcplens.inference.matching.topic_space import TopicSpace
from hcplens.inference.matching.topic_training import fit_topic_reader
from hcplens.prompts.taxonomy import Examples, Taxonomy, Topic

WORDS = {"payer": "payer denial appeal", "tablet": "tablet swallow breakfast", "stock": "stock pharmacy delivery"}
ENGLISH = [["Getting it paid for. What insurers ask for before they approve, and how to appeal a denial."]]
GERMAN = [["Was die Krankenkasse zahlt. Antrag auf Kostenübernahme, Widerspruch und Genehmigung durch die Kasse."]]


def taxonomy(*topics: str, examples: Sequence[str] = ("nothing said",)) -> Taxonomy:
    return Taxonomy(
        name="words",
        version="1",
        topics=tuple(
            Topic(id=t, name=t, scientific=False, description=t, examples=Examples(barrier=tuple(examples)))
            for t in topics
        ),
    )


def labelled(topic: str, brand: str, number: int = 0) -> LabelledModule:
    text = f"{WORDS[topic]} {WORDS[topic]} {number}"
    return LabelledModule(
        id=f"{brand}-{topic}-{number}",
        brand=brand,
        disease="none",
        language="en",
        title=topic,
        text=text,
        claims=(WORDS[topic],),
        topic=topic,
    )


MODULES = [labelled(topic, brand, number) for brand in ("One", "Two", "Three") for topic in WORDS for number in (1, 2)]


@pytest.fixture(scope="module")
def reader(encoder: Encoder) -> TopicReader:
    return fit_topic_reader(MODULES, taxonomy(*WORDS), encoder)


@pytest.fixture
def pieces(encoder: Encoder) -> Callable[[Sequence[Sequence[str]]], list[np.ndarray]]:
    return lambda texts: [encoder.encode(of_module) for of_module in texts]


def test_it_finds_the_topic_whose_words_it_learned(
    reader: TopicReader, pieces: Callable[..., list[np.ndarray]]
) -> None:
    texts = [["tablet at breakfast"], ["pharmacy delivery", "in stock"]]
    focus = reader.focus(texts, pieces(texts))
    assert focus.argmax(axis=1).tolist() == [1, 2]
    assert focus.max(axis=1).tolist() == [1.0, 1.0]


def test_no_modules_have_no_topics(reader: TopicReader) -> None:
    assert reader.focus([], []).shape == (0, 3)


def test_what_it_says_of_a_module_does_not_depend_on_how_many_there_are(
    reader: TopicReader, pieces: Callable[..., list[np.ndarray]]
) -> None:
    texts = [["tablet or payer"], ["stock"]] * 300
    many = reader.focus(texts, pieces(texts))
    assert many.shape == (600, 3)
    np.testing.assert_allclose(many[-2:], reader.focus(texts[:2], pieces(texts[:2])), atol=1e-5)


def test_what_is_saved_and_loaded_reads_the_same(
    reader: TopicReader, pieces: Callable[..., list[np.ndarray]], tmp_path: Path
) -> None:
    reader.save(tmp_path)
    again, texts = TopicReader.load(tmp_path), [["tablet or payer"], ["stock"]]
    assert again.topics == reader.topics
    assert again.encoder_digest == reader.encoder_digest
    assert again.trained_on == reader.trained_on
    np.testing.assert_allclose(again.focus(texts, pieces(texts)), reader.focus(texts, pieces(texts)), atol=0.01)


def test_learning_twice_gives_the_same_model(reader: TopicReader, encoder: Encoder) -> None:
    again = fit_topic_reader(MODULES, taxonomy(*WORDS), encoder)
    np.testing.assert_array_equal(again.heads.lexical, reader.heads.lexical)
    np.testing.assert_array_equal(again.heads.bias, reader.heads.bias)


def test_topics_that_it_did_not_learn_are_told_by_similarity(
    reader: TopicReader, encoder: Encoder, pieces: Callable[..., list[np.ndarray]]
) -> None:
    space = TopicSpace(taxonomy("tablet", "nurse", "peers", examples=()), encoder)
    texts = [["tablet swallow"], ["nurse nurse"]]
    found = read_topics(texts, pieces(texts), space, reader)
    alone = read_topics(texts, pieces(texts), space, None)
    learned = reader.focus(texts, pieces(texts))
    assert found.focus[:, 0].tolist() == learned[:, 1].tolist()
    np.testing.assert_array_equal(found.focus[:, 1:], alone.focus[:, 1:])
    np.testing.assert_array_equal(found.answered[:, 1:], alone.answered[:, 1:])


def test_a_topic_described_otherwise_than_it_learned_is_not_known(reader: TopicReader) -> None:
    other = taxonomy("payer").topics[0].model_copy(update={"description": "somebody who plays"})
    assert reader.known(taxonomy("tablet", "payer")) == ([0, 1], [1, 0])
    assert reader.known(taxonomy("tablet").model_copy(update={"topics": (other,)})) == ([], [])


def test_it_is_not_used_with_another_encoder(encoder: Encoder) -> None:
    assert reader_for(encoder) is None


@pytest.mark.parametrize(
    ("modules", "topics", "message"),
    [
        ([labelled("payer", "One")], ("stock",), "'payer', which the taxonomy lacks"),
        (MODULES, (*WORDS, "nurse"), "about the topic 'nurse'"),
        ([labelled(topic, "One") for topic in WORDS], tuple(WORDS), "at least two brands"),
    ],
)
def test_too_few_labels_are_told(
    encoder: Encoder, modules: list[LabelledModule], topics: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        fit_topic_reader(modules, taxonomy(*topics), encoder)


def test_a_line_that_is_no_labelled_module_is_named(tmp_path: Path) -> None:
    path = tmp_path / "modules.jsonl"
    path.write_text(MODULES[0].model_dump_json() + '\n{"id": "X"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"line 2 is no labelled module"):
        read_labelled_modules([path])


def test_a_labelled_module_may_hold_a_line_separator(tmp_path: Path) -> None:
    path = tmp_path / "modules.jsonl"
    modules = [MODULES[0].model_copy(update={"text": "One.\u2028Two."}), MODULES[1]]
    path.write_text("".join(module.model_dump_json() + "\n" for module in modules), encoding="utf-8")
    assert read_labelled_modules([path]) == modules


@pytest.mark.parametrize("texts", [ENGLISH, GERMAN], ids=["English", "German"])
def test_the_model_that_ships_reads_coverage_in_both_languages(texts: list[list[str]]) -> None:
    encoder, shipped = SentenceTransformerEncoder(precision="float32"), default_reader()
    focus = shipped.focus(texts, [encoder.encode(of_module) for of_module in texts])[0]
    assert list(shipped.topics)[int(focus.argmax())] == "coverage"


def test_the_model_that_ships_knows_every_topic_and_belongs_to_the_default_encoder() -> None:
    default = Taxonomy.default()
    assert default_reader().known(default) == (list(range(len(default.ids))), list(range(len(default.ids))))
    assert reader_for(SentenceTransformerEncoder(precision="float32")) is default_reader()
