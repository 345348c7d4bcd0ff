"""Modules labelled with the topics that they answer: what the reader of topics learns from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import InputError


class LabelledModule(BaseModel):
    """One line of `eval/gold/modules`: wording, the topic that it is about, and topics that it answers besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    brand: str
    disease: str
    language: str
    title: str
    text: str
    claims: tuple[str, ...]
    topic: str
    also: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """What it is found by, like a module of a catalogue: title with text, then each claim."""
        return [f"{self.title}. {self.text}", *self.claims]


def read_labelled_modules(paths: Sequence[Path]) -> list[LabelledModule]:
    """The modules of JSON-lines files, in order; raises InputError where a line is none."""
    modules = []
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                try:
                    modules.append(LabelledModule.model_validate_json(line))
                except ValidationError as e:
                    raise InputError(f"{path}, line {number} is no labelled module: {e}") from e
    return modules
