"""Adapters on disk: what was learned beside a model's own weights, and which model it was learned with."""

from __future__ import annotations

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import HcplensError, InputError
from .checkpoint import checkpoint_digest

CARD = "adapter.json"
CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
"""As peft calls them."""


class AdapterCard(BaseModel):
    """What lies beside the weights.

    Attributes:
        kind: tells the file from others.
        base_model: the name of the model that the adapter was tuned for.
        base_digest: of that model's files.
        prompts: names and versions of the questions that it was tuned on.
        lessons: how many questions with their answers.
        seed: of the tuning.
        learned_from: digests of the texts that the lessons are about, as their maker counts them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["hcplens adapter"] = "hcplens adapter"
    base_model: str
    base_digest: str
    prompts: tuple[str, ...]
    lessons: int
    seed: int
    learned_from: frozenset[int] = frozenset()

    def save(self, folder: Path) -> None:
        """Write it into the adapter's folder."""
        record = self.model_dump(mode="json") | {"learned_from": sorted(self.learned_from)}
        (folder / CARD).write_text(json.dumps(record) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> AdapterCard:
        """Read the card of a folder; raises InputError where it is no adapter of ours."""
        if missing := [name for name in (CARD, CONFIG, WEIGHTS) if not (folder / name).is_file()]:
            raise InputError(f"{folder} holds no {missing[0]}: it is no adapter that `hcplens tune-llm` wrote")
        try:
            return cls.model_validate_json((folder / CARD).read_bytes())
        except ValidationError as e:
            problem = e.errors()[0]
            field = ".".join(map(str, problem["loc"])) or "the file"
            raise InputError(f"{folder / CARD} is no card of an adapter: {field}: {problem['msg']}") from e

    def require_base(self, model: Path) -> None:
        """Raise InputError where the adapter was tuned for another model."""
        if checkpoint_digest(model) != self.base_digest:
            raise InputError(
                f"the adapter was tuned for {self.base_model} (SHA-256 {self.base_digest[:12]}…), and {model} is "
                "another model: tune one for it"
            )


def require_peft() -> None:
    """Raise HcplensError where the library that trains and reads adapters is missing."""
    if find_spec("peft") is None:
        raise HcplensError("adapters need the extra llm: pip install 'hcplens[llm]' (no module named 'peft')")


def adapter_digest(folder: Path) -> str:
    """SHA-256 of what an adapter does to its model."""
    contents = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (CONFIG, WEIGHTS)]
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()
