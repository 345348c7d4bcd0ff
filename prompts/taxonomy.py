"""Topics: what can drive or hold back a prescription, read from YAML.

The file that ships is `taxonomies/hcp.yaml`; a user's own has the same shape:

    name: my-taxonomy
    version: 1.0.0
    topics:
      - id: coverage
        name: Coverage
        scientific: false
        description: Payer coverage, prior authorisation, step edits, formulary tier.
        half_life_days: 180
        examples:
          driver: ["…"]
          barrier: ["…"]
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .yaml_files import load_yaml, parse_yaml

Polarity = Literal["driver", "barrier"]
POLARITIES: tuple[Polarity, ...] = ("driver", "barrier")


class Examples(BaseModel):
    """Short clauses that carry the topic, by polarity; they also train the heads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    driver: tuple[str, ...] = ()
    barrier: tuple[str, ...] = ()

    def of(self, polarity: Polarity) -> tuple[str, ...]:
        """The examples of one polarity."""
        return self.driver if polarity == "driver" else self.barrier


class Topic(BaseModel):
    """One topic; `half_life_days` is how long it takes until evidence counts half."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    scientific: bool
    description: str
    half_life_days: float = Field(default=180.0, gt=0)
    examples: Examples = Examples()


class Taxonomy(BaseModel):
    """The topics in their order; ids are unique."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    topics: tuple[Topic, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Taxonomy:
        twice = [topic for topic, count in Counter(t.id for t in self.topics).items() if count > 1]
        if twice:
            raise ValueError(f"topic {twice[0]!r} is named twice")
        return self

    @cached_property
    def by_id(self) -> dict[str, Topic]:
        """Topics by id."""
        return {topic.id: topic for topic in self.topics}

    @property
    def ids(self) -> tuple[str, ...]:
        """Topic ids in order."""
        return tuple(topic.id for topic in self.topics)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content: the same for the same topics however the file is laid out."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @classmethod
    def default(cls) -> Taxonomy:
        """The taxonomy that ships: 19 drivers and barriers of prescribing."""
        text = files(__package__).joinpath("taxonomies/hcp.yaml").read_text(encoding="utf-8")
        return cls.from_yaml(text, where="taxonomies/hcp.yaml")

    @classmethod
    def load(cls, path: Path | str) -> Taxonomy:
        """Read a user's YAML; raises InputError that names the file and the field."""
        return load_yaml(cls, path, "taxonomy")

    @classmethod
    def from_yaml(cls, text: str, *, where: str) -> Taxonomy:
        """Parse YAML text; `where` names it in errors."""
        return parse_yaml(cls, text, where=where, what="taxonomy")
