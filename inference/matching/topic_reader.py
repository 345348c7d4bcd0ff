"""Which topics a module answers, as learned from labelled modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Encoder, Vectors
from ...embeddings.features import Features
from ...embeddings.heads import LinearHeads
from ...embeddings.heads_file import load_heads, save_heads
from ...embeddings.lexical import LexicalFeatures
from ...prompts.taxonomy import Taxonomy
from .topic_space import Focus, describe, unit

KIND = "module topics"
_DECIMALS = 6
_MODULES_AT_ONCE = 512
"""N-grams of so many modules are held at once (50 MB)."""


@dataclass(frozen=True)
class TopicReader:
    """A multinomial logistic regression over the mean of a module's vectors and the n-grams of its wording.

    N-grams carry what an English encoder blurs: German modules are read through them.

    Attributes:
        encoder_digest: of the encoder whose vectors it weighs.
        topics: names with descriptions of the topics that it learned, by id in the order of its columns.
        trained_on: digests of the wordings that it learned from.
    """

    encoder_digest: str
    topics: Mapping[str, str]
    lexical: LexicalFeatures
    heads: LinearHeads
    trained_on: frozenset[int] = frozenset()

    @classmethod
    def load(cls, folder: Path) -> TopicReader:
        """Read a model folder; InputError where it is damaged."""
        loaded = load_heads(folder)
        topics, digest = loaded.description["topics"], str(loaded.description["encoder_digest"])
        return cls(digest, topics, loaded.lexical, loaded.families[KIND], loaded.trained_on)

    def save(self, folder: Path) -> None:
        """Write a model folder."""
        description = {"kind": KIND, "encoder_digest": self.encoder_digest, "topics": dict(self.topics)}
        save_heads(folder, self.lexical, {KIND: self.heads}, description, self.trained_on)

    def known(self, taxonomy: Taxonomy) -> tuple[list[int], list[int]]:
        """Columns of the topics that it learned as the taxonomy describes them: the taxonomy's, and its own."""
        own = {topic_id: column for column, topic_id in enumerate(self.topics)}
        pairs = [
            (column, own[topic.id])
            for column, topic in enumerate(taxonomy.topics)
            if self.topics.get(topic.id) == describe(topic)
        ]
        return [theirs for theirs, _ in pairs], [ours for _, ours in pairs]

    def focus(self, texts: Sequence[Sequence[str]], pieces: Sequence[Vectors]) -> Focus:
        """How likely each topic is a module's main one, by how likely the likeliest is (n, topics), in [0, 1].

        Args:
            texts: what each of n modules is found by.
            pieces: the vectors of those texts, (texts, d) a module.
        """
        starts = range(0, len(texts), _MODULES_AT_ONCE)
        blocks = [slice(start, start + _MODULES_AT_ONCE) for start in starts]
        read = [self._focus(texts[block], pieces[block]) for block in blocks]
        return np.concatenate(read) if read else np.zeros((0, len(self.topics)))

    def _focus(self, texts: Sequence[Sequence[str]], pieces: Sequence[Vectors]) -> Focus:
        log_odds = self.heads.log_odds(module_features(texts, pieces, self.lexical))
        focus: Focus = np.round(np.exp(log_odds - log_odds.max(axis=1, keepdims=True)), _DECIMALS)
        return focus


def module_features(texts: Sequence[Sequence[str]], pieces: Sequence[Vectors], lexical: LexicalFeatures) -> Features:
    """Features of n modules: the mean direction of their vectors, and the n-grams of all their texts."""
    means: NDArray[np.float32] = np.stack([unit(vectors.mean(axis=0)) for vectors in pieces])
    return Features(means, lexical.transform([" ".join(of_module) for of_module in texts]))


@lru_cache(maxsize=1)
def default_reader() -> TopicReader:
    """The one that ships, for the default encoder and taxonomy."""
    with as_file(files(__package__).joinpath("model")) as folder:
        return TopicReader.load(folder)


def reader_for(encoder: Encoder) -> TopicReader | None:
    """The one that ships; None where the encoder is another one than it was learned with."""
    reader = default_reader()
    return reader if reader.encoder_digest == encoder.digest else None
