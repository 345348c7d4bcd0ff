"""The topics that modules answer: as they name them, as learned where a model knows the topic, else by similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Encoder, Vectors
from ...embeddings.trained_on import text_digest
from ...errors import InputError
from ...prompts.taxonomy import Taxonomy
from ..records.catalogue import Module, texts_of
from ..records.nearest import did_you_mean
from .topic_reader import TopicReader, reader_for
from .topic_space import Focus, TopicSpace, answers

ALSO_NAMED = 0.6
"""How much a module is about the topics that it names after its main one."""


@dataclass(frozen=True, eq=False)
class ModuleTopics:
    """What n modules are about.

    Attributes:
        focus: (n, topics) how much each is about each topic, in [0, 1]: 1 for its main one.
        answered: (n, topics) whether it answers the topic.
    """

    focus: Focus
    answered: NDArray[np.bool_]

    def rows(self, which: Sequence[int]) -> ModuleTopics:
        """Those of some modules."""
        return ModuleTopics(self.focus[which], self.answered[which])


def module_topics(
    modules: Sequence[Module], pieces: Sequence[Vectors], space: TopicSpace, reader: TopicReader | None
) -> ModuleTopics:
    """Topics of n modules: those that a module names, else as read from its wording, whose vectors are `pieces`.

    Raises:
        InputError: a module names a topic that the taxonomy does not have.
    """
    about = read_topics([texts_of(module) for module in modules], pieces, space, reader)
    for row, module in enumerate(modules):
        if module.topics:
            columns = _named(module, space.taxonomy)
            about.focus[row], about.answered[row] = 0.0, False
            about.focus[row, columns], about.answered[row, columns] = ALSO_NAMED, True
            about.focus[row, columns[0]] = 1.0
    return about


def _named(module: Module, taxonomy: Taxonomy) -> list[int]:
    for topic in module.topics:
        if topic not in taxonomy.by_id:
            raise InputError(
                f"module {module.module_id}, topics {topic!r}: the taxonomy {taxonomy.name} {taxonomy.version} has no "
                f"such topic{did_you_mean(topic, taxonomy.ids)}"
            )
    return [taxonomy.ids.index(topic) for topic in module.topics]


def read_topics(
    texts: Sequence[Sequence[str]], pieces: Sequence[Vectors], space: TopicSpace, reader: TopicReader | None
) -> ModuleTopics:
    """Topics of n modules from what each is found by and the vectors of that, (texts, d) a module.

    The reader says it of the topics that it learned, as the taxonomy describes them; it judges by all that it learned,
    so a module on a topic that the taxonomy lacks may answer none of them. Similarity says it of the other topics.
    """
    similarities = np.array([(vectors @ space.vectors.T).max(axis=0) for vectors in pieces])
    focus = space.focus(similarities.reshape(len(texts), len(space.vectors)))
    answered = focus > 0
    theirs, ours = reader.known(space.taxonomy) if reader else ([], [])
    if reader and ours:
        learned = reader.focus(texts, pieces)
        focus[:, theirs], answered[:, theirs] = learned[:, ours], answers(learned)[:, ours]
    return ModuleTopics(focus, answered)


def read_catalogue_topics(
    modules: Sequence[Module], taxonomy: Taxonomy, encoder: Encoder, *, learned: bool = True
) -> dict[str, list[str]]:
    """The topics that each module answers, main one first, by its id: as matching takes them.

    Where a module names its topics, those.

    Without `learned` similarity alone says it.
    """
    texts = [texts_of(module) for module in modules]
    reader = reader_for(encoder) if learned else None
    read = module_topics(modules, encoded_pieces(texts, encoder), TopicSpace(taxonomy, encoder), reader)
    return {
        module.module_id: [taxonomy.ids[column] for column in np.argsort(-focus, kind="stable") if answered[column]]
        for module, focus, answered in zip(modules, read.focus, read.answered, strict=True)
    }


def modules_learned_from(modules: Sequence[Module], encoder: Encoder) -> list[str]:
    """Ids of the modules whose wording the reader of topics learned from: what it says of them proves nothing."""
    reader = reader_for(encoder)
    learned = reader.trained_on if reader else frozenset()
    return [module.module_id for module in modules if text_digest(texts_of(module)[0]) in learned]


def encoded_pieces(texts: Sequence[Sequence[str]], encoder: Encoder) -> list[Vectors]:
    """Vectors of the texts of each module, (texts, d) each; encodes all in one call."""
    encoded = encoder.encode([text for of_module in texts for text in of_module])
    ends = np.cumsum([0, *(len(of_module) for of_module in texts)])
    return [encoded[start:end] for start, end in pairwise(ends)]
