"""What the labels of a statement beside its topic mean, read from YAML: the same words for annotators and models.

The file that ships is `guides/hcp.yaml`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from .yaml_files import load_yaml, parse_yaml


class LabelMeaning(BaseModel):
    """A label and when it is right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    meaning: str


class LabellingGuide(BaseModel):
    """The labels of each kind in their order, and the rules for what is easily got wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    polarities: tuple[LabelMeaning, ...] = Field(min_length=1)
    statuses: tuple[LabelMeaning, ...] = Field(min_length=1)
    holders: tuple[LabelMeaning, ...] = Field(min_length=1)
    rules: tuple[str, ...] = ()

    @classmethod
    def default(cls) -> LabellingGuide:
        """The guide that ships."""
        return _default()

    @classmethod
    def load(cls, path: Path | str) -> LabellingGuide:
        """Read a user's YAML; raises InputError that names the file and the field."""
        return load_yaml(cls, path, "labelling guide")


@lru_cache(maxsize=1)
def _default() -> LabellingGuide:
    text = files(__package__).joinpath("guides/hcp.yaml").read_text(encoding="utf-8")
    return parse_yaml(LabellingGuide, text, where="guides/hcp.yaml", what="labelling guide")
