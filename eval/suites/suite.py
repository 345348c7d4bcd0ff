"""What a suite is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...embeddings import Encoder
from ...errors import InputError
from ...inference.assistance import Assistance
from ...inference.progress import Reporter
from ..results import Confusion, Example, Figure, ItemSet, Reliability


class MissingDataError(InputError):
    """The data folder holds nothing that this suite measures on."""


@dataclass(frozen=True)
class SuiteContext:
    """What suites measure with.

    Attributes:
        encoder: the encoder of the models; what was encoded once is remembered.
        reporter: where progress is told.
        model: the model folder to measure; None for the model that ships.
        policy: the policy that the policy suite evaluates (a CSV file); None for the uniform one.
        seed: of everything drawn at random.
        encoder_folder: of the encoder that the model was trained over; None for the default encoder's.
        assistance: a language model that reads notes beside the model, in the notes suite; None to ask none.
    """

    encoder: Encoder
    reporter: Reporter
    model: Path | None = None
    policy: Path | None = None
    seed: int = 7
    encoder_folder: Path | None = None
    assistance: Assistance | None = None


@dataclass(frozen=True)
class Findings:
    """What one suite found; fields as in Result and Provenance, `data` the SHA-256 by file name."""

    figures: tuple[Figure, ...]
    item_sets: tuple[ItemSet, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    examples: tuple[Example, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    scored_by: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
