"""The insight model: families of heads over clause features, and the taxonomy they were trained for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Encoder
from ...embeddings.features import features_of
from ...embeddings.heads import LinearHeads, exclusive_shares
from ...embeddings.heads_file import HeadsModel, load_heads, save_heads
from ...embeddings.lexical import LexicalFeatures
from ...errors import InputError
from ...prompts import Polarity, Taxonomy

TAXONOMY_FILE = "taxonomy.json"
KIND = "insights"


@dataclass(frozen=True)
class ClausePredictions:
    """What the heads say of n clauses: probabilities (n, labels) by family; status and holder rows add up to 1."""

    statements: NDArray[np.float64]
    status: NDArray[np.float64]
    holder: NDArray[np.float64]
    channels: NDArray[np.float64]


@dataclass(frozen=True)
class InsightModel:
    """Loaded heads; `digest` identifies the weights.

    `trained_on` are digests of the notes they learned from and of their physicians; empty where the model does not say.
    """

    taxonomy: Taxonomy
    version: str
    encoder_digest: str
    lexical: LexicalFeatures
    families: Mapping[str, LinearHeads]
    digest: str = ""
    trained_on: frozenset[int] = frozenset()

    @classmethod
    def default(cls) -> InsightModel:
        """The model that ships."""
        with as_file(files(__package__) / "model") as folder:
            return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> InsightModel:
        """Read a model folder; raises InputError if it is damaged or no insight model."""
        heads = load_heads(folder)
        if heads.description.get("kind") != KIND:
            raise InputError(f"{folder} is a model of kind {heads.description.get('kind')!r}, not {KIND!r}")
        return cls.from_heads(heads, Taxonomy.load(folder / TAXONOMY_FILE))

    @classmethod
    def from_heads(cls, heads: HeadsModel, taxonomy: Taxonomy) -> InsightModel:
        """Put heads and their taxonomy together."""
        return cls(
            taxonomy=taxonomy,
            version=str(heads.description["version"]),
            encoder_digest=str(heads.description["encoder_digest"]),
            lexical=heads.lexical,
            families=heads.families,
            digest=heads.digest,
            trained_on=heads.trained_on,
        )

    def save(self, folder: Path) -> None:
        """Write `heads.safetensors`, `model.json` and `taxonomy.json`."""
        description = {"kind": KIND, "version": self.version, "encoder_digest": self.encoder_digest}
        save_heads(folder, self.lexical, self.families, description, self.trained_on)
        taxonomy = json.dumps(self.taxonomy.model_dump(mode="json"), indent=1, ensure_ascii=False)
        (folder / TAXONOMY_FILE).write_text(taxonomy + "\n", encoding="utf-8")

    @property
    def annotator(self) -> str:
        """How statements of this model are signed."""
        return f"heads@{self.version}"

    def require_encoder(self, encoder: Encoder) -> None:
        """Raises InputError unless the encoder is the one the heads were trained over."""
        if encoder.digest != self.encoder_digest:
            raise InputError(
                f"the heads were trained over the encoder with SHA-256 {self.encoder_digest[:16]}…, "
                f"but this one has {encoder.digest[:16]}…: name the encoder they were trained with"
            )

    def predict(self, texts: Sequence[str], encoder: Encoder) -> ClausePredictions:
        """Probabilities of every family for each clause."""
        features = features_of(texts, encoder, self.lexical)
        families = self.families
        return ClausePredictions(
            statements=families["statements"].probabilities(features),
            status=exclusive_shares(families["status"].probabilities(features)),
            holder=exclusive_shares(families["holder"].probabilities(features)),
            channels=families["channels"].probabilities(features),
        )


def statement_label(topic: str, polarity: Polarity) -> str:
    """The head's name of a topic and polarity."""
    return f"{topic}.{polarity}"
