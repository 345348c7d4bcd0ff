"""The insight model: a tagger of statements, channel preferences and flags, and the taxonomy it was trained for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ...embeddings.encoder import Encoder
from ...embeddings.loading import load_encoder, load_window_tagger
from ...embeddings.model_folder import read_description, require_described
from ...embeddings.tagging import TagScheme, TrainedTagger, load_tagger, save_tagger, tag
from ...errors import InputError
from ...precision import Precision
from ...prompts import POLARITIES, Polarity, Taxonomy
from ..records.schemas import CHANNELS, FLAG_KINDS
from .open_topics import OpenCurves, OpenReading, OpenTopics
from .statement import HOLDERS, STANCES, STATUSES, USES

TAXONOMY_FILE = "taxonomy.json"
KIND = "insights"
ENGLISH = "en"
_FLAG_FROM = {"adverse_event": 0.1, "product_complaint": 0.2, "off_label": 0.3, "medical_inquiry": 0.4}
"""Probabilities from which a flag is raised: a missed adverse event costs far more than one looked at in vain.

Chosen on 2,252 notes of fifty brands before the model learned from these, on the scale of its curve then.
"""


@dataclass(frozen=True)
class NoteReadings:
    """What the model says of n texts, for S statement labels, C channel labels, F kinds of flags and U uses.

    Probabilities `statements` (n, S), `channels` (n, C), `flags` (n, F) and `uses` (n, U), the last adding up to at
    most 1; `status` and `holder` (n, S, 3) add up to 1 by label; `statement_spans` (n, S, 2), `channel_spans`
    (n, C, 2), `flag_spans` (n, F, 2) and `use_spans` (n, U, 2) are where the words lie. U is 0 where the model was not
    trained to tell uses.
    `whole` and `words` (n, S) are the probabilities of statements by the text as a whole alone, and by its likeliest
    word alone.
    """

    statements: NDArray[np.float64]
    channels: NDArray[np.float64]
    flags: NDArray[np.float64]
    uses: NDArray[np.float64]
    status: NDArray[np.float64]
    holder: NDArray[np.float64]
    statement_spans: NDArray[np.int64]
    channel_spans: NDArray[np.int64]
    flag_spans: NDArray[np.int64]
    use_spans: NDArray[np.int64]
    whole: NDArray[np.float64]
    words: NDArray[np.float64]


@dataclass(frozen=True)
class InsightModel:
    """A trained tagger with its taxonomy.

    Attributes:
        taxonomy: the topics it answers with.
        version: of the recipe.
        trained: the weights, and what they were trained for.
        tagger: reads windows of text with them.
        curves: how near to a topic's description or examples is near enough, for topics without training.
        open_topics: reads the taxonomy's topics that the tagger was not trained for; None if there are none.
        languages: ISO 639-1 codes of the languages it was trained to read.
    """

    taxonomy: Taxonomy
    version: str
    trained: TrainedTagger
    tagger: Encoder
    curves: OpenCurves
    open_topics: OpenTopics | None = None
    languages: tuple[str, ...] = (ENGLISH,)

    @classmethod
    def default(cls) -> InsightModel:
        """The model that ships."""
        return cls.named(None)

    @classmethod
    def named(
        cls,
        model: Path | None,
        encoder: Path | None = None,
        *,
        precision: Precision | None = None,
        cache_folder: Path | None = None,
    ) -> InsightModel:
        """The model that ships where none is named, else that of a folder.

        Args:
            model: what the user named.
            encoder: folder of the encoder it was trained over; the default encoder's if None.
            precision: of the arithmetic; what the CPU has natively if None.
            cache_folder: for what was read before; the user's if None.

        Raises:
            InputError: a damaged folder, no insight model, or another encoder than the model's.
        """
        if model is not None:
            return cls._load(model, encoder, precision, cache_folder)
        with as_file(files(__package__) / "model") as folder:
            return cls._load(folder, encoder, precision, cache_folder)

    @classmethod
    def _load(
        cls, folder: Path, encoder: Path | None, precision: Precision | None, cache_folder: Path | None
    ) -> InsightModel:
        description = read_description(folder)
        if description.get("kind") != KIND:
            raise InputError(f"{folder} is a model of kind {description.get('kind')!r}, not {KIND!r}")
        require_described(folder, description, {"version", "languages", "open_topics"})
        trained = load_tagger(folder)
        tagger = load_window_tagger(trained, encoder, precision=precision, cache_folder=cache_folder)
        curves = OpenCurves.from_json(description["open_topics"])
        taxonomy = Taxonomy.load(folder / TAXONOMY_FILE)
        languages = tuple(description["languages"])
        model = cls(taxonomy, str(description["version"]), trained, tagger, curves, languages=languages)
        return model.for_taxonomy(taxonomy, encoder)

    def for_taxonomy(self, taxonomy: Taxonomy, encoder: Path | None = None) -> InsightModel:
        """The same model answering with other topics.

        Topics that it was trained for, known by their id, are read as before, and are not claimed where the taxonomy
        lacks them. The others are read from their description and examples alone.

        Args:
            taxonomy: the topics.
            encoder: folder of the encoder that the model was trained over; the default encoder's if None.
        """
        unknown = [topic for topic in taxonomy.topics if topic.id not in self._trained_topics]
        known = [topic for topic in taxonomy.topics if topic.id in self._trained_topics]
        reader = OpenTopics(unknown, known, self.curves, load_encoder(encoder)) if unknown else None
        return replace(self, taxonomy=taxonomy, open_topics=reader)

    @property
    def _trained_topics(self) -> set[str]:
        return {label.rpartition(".")[0] for label in self._trained_labels}

    @property
    def _trained_labels(self) -> tuple[str, ...]:
        return self.trained.scheme.labels[: self.trained.scheme.chosen]

    def save(self, folder: Path) -> None:
        """Write `weights.safetensors`, `model.json` and `taxonomy.json`."""
        described = {"version": self.version, "languages": self.languages, "open_topics": self.curves.to_json()}
        save_tagger(folder, self.trained, {"kind": KIND, **described})
        taxonomy = json.dumps(self.taxonomy.model_dump(mode="json"), indent=1, ensure_ascii=False)
        (folder / TAXONOMY_FILE).write_text(taxonomy + "\n", encoding="utf-8")

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return self.trained.digest

    @property
    def encoder_digest(self) -> str:
        """SHA-256 of the weights of the encoder it was trained over."""
        return self.trained.body_digest

    @property
    def trained_on(self) -> frozenset[int]:
        """Digests of what it learned from."""
        return frozenset(self.trained.trained_on)

    @property
    def annotator(self) -> str:
        """How statements of this model are signed."""
        return f"tagger@{self.version}"

    @property
    def statement_labels(self) -> tuple[str, ...]:
        """`topic.polarity`, in the order of the columns."""
        unknown = self.open_topics.topics if self.open_topics else ()
        added = tuple(statement_label(topic.id, polarity) for topic in unknown for polarity in POLARITIES)
        return self._trained_labels + added

    @property
    def channel_labels(self) -> tuple[str, ...]:
        """`channel.stance`, in the order of the columns."""
        return self.trained.scheme.labels[self._channels]

    @property
    def flag_kinds(self) -> tuple[str, ...]:
        """The kinds of flags, in the order of the columns."""
        return tuple(label.rpartition(".")[0] for label in self.trained.scheme.labels[self._flags])

    @property
    def tells_uses(self) -> bool:
        """Whether it was trained to tell how far a physician uses the brand."""
        return use_labels()[0] in self.trained.scheme.labels

    @property
    def statement_thresholds(self) -> NDArray[np.float64]:
        """The probability (S,) from which each statement label is claimed; infinite for topics of no interest."""
        wanted = [label.rpartition(".")[0] in self.taxonomy.ids for label in self._trained_labels]
        own = np.where(wanted, self.trained.claims.thresholds[: self.trained.scheme.chosen], np.inf)
        return np.concatenate([own, self.open_topics.thresholds]) if self.open_topics else own

    @property
    def channel_thresholds(self) -> NDArray[np.float64]:
        """The probability (C,) from which each channel label is claimed."""
        return self.trained.claims.thresholds[self._channels]

    @property
    def flag_thresholds(self) -> NDArray[np.float64]:
        """The probability (F,) from which each kind of flag is raised: recall comes before precision."""
        return np.asarray([_FLAG_FROM[kind] for kind in self.flag_kinds])

    @property
    def _channels(self) -> slice:
        first = self.trained.scheme.chosen
        return slice(first, first + len(CHANNELS) * len(STANCES))

    @property
    def _flags(self) -> slice:
        return slice(self._channels.stop, self._channels.stop + len(FLAG_KINDS))

    @property
    def _uses(self) -> slice:
        return slice(self._flags.stop, None)

    def read(self, texts: Sequence[str]) -> NoteReadings:
        """What each redacted text says; one without words says nothing."""
        scheme, claims = self.trained.scheme, self.trained.claims
        tags = tag(texts, self.tagger, scheme)
        probabilities = claims.probabilities(tags.log_odds)
        cut = scheme.chosen
        found = NoteReadings(
            statements=probabilities[:, :cut],
            channels=probabilities[:, self._channels],
            flags=probabilities[:, self._flags],
            uses=_exclusive(probabilities[:, self._uses]),
            status=softmax(tags.choices[:, :, : len(STATUSES)], axis=2),
            holder=softmax(tags.choices[:, :, len(STATUSES) :], axis=2),
            statement_spans=tags.spans[:, :cut],
            channel_spans=tags.spans[:, self._channels],
            flag_spans=tags.spans[:, self._flags],
            use_spans=tags.spans[:, self._uses],
            whole=claims.probabilities(tags.whole)[:, :cut],
            words=claims.probabilities(tags.words)[:, :cut],
        )
        return _with_open_topics(found, self.open_topics.read(texts)) if self.open_topics else found


def _exclusive(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of labels that exclude one another, and each the others, beside that of none of them (n, U)."""
    odds = probabilities / (1.0 - probabilities)
    return np.asarray(odds / (1.0 + odds.sum(axis=1, keepdims=True)))


def _with_open_topics(found: NoteReadings, more: OpenReading) -> NoteReadings:
    """The readings with columns for topics without training: each holds now, for the physician."""
    count = more.probabilities.shape[1]
    certain = np.zeros((len(more.probabilities), count, 3))
    certain[:, :, 0] = 1.0
    return replace(
        found,
        statements=np.concatenate([found.statements, more.probabilities], axis=1),
        statement_spans=np.concatenate([found.statement_spans, more.spans], axis=1),
        status=np.concatenate([found.status, certain], axis=1),
        holder=np.concatenate([found.holder, certain], axis=1),
        whole=np.concatenate([found.whole, more.probabilities], axis=1),
        words=np.concatenate([found.words, more.probabilities], axis=1),
    )


def insight_scheme(topics: Sequence[str], *, uses: bool = False) -> TagScheme:
    """Labels of statements about those topics, with their status and holder, then of channels, then of flags.

    Last come those of how far the brand is used, if `uses`.
    """
    statements = tuple(statement_label(topic, polarity) for topic in topics for polarity in POLARITIES)
    channels = tuple(f"{channel}.{stance}" for channel in CHANNELS for stance in STANCES)
    labels = statements + channels + tuple(map(flag_label, FLAG_KINDS))
    kinds = [label.rpartition(".")[0] for label in labels]
    if uses:
        labels, kinds = labels + use_labels(), [*kinds, *([_USE] * len(USES))]
    names = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    return TagScheme(labels, (STATUSES, HOLDERS), len(statements), tuple(names[kind] for kind in kinds))


def statement_label(topic: str, polarity: Polarity) -> str:
    """The tagger's name of a topic and polarity."""
    return f"{topic}.{polarity}"


def label_families(scheme: TagScheme) -> list[NDArray[np.intp]]:
    """Columns that share a calibration curve: statements, channels, adverse events, the other flags, uses.

    Adverse events are more frequent than the other flags, and a probability of them stops promotion.
    """
    harms = scheme.labels.index(flag_label("adverse_event"))
    after_flags = harms + len(FLAG_KINDS)
    columns = np.split(np.arange(len(scheme.labels)), [scheme.chosen, harms, harms + 1, after_flags])
    return [family for family in columns if len(family)]


def use_labels() -> tuple[str, ...]:
    """The tagger's names of the uses, in the order of USES."""
    return tuple(f"{use}.{_USE}" for use in USES)


_USE = "use"
"""The kind that the labels of use have in common."""


def flag_label(kind: str) -> str:
    """The tagger's name of a kind of flag."""
    return f"{kind}.flag"
