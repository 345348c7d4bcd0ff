"""The topics that modules answer: as learned where a model knows the topic, else by similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors
from .topic_reader import TopicReader
from .topic_space import Focus, TopicSpace, answers


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
