"""Options of commands that may ask a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError

API_KEY = "HCPLENS_LLM_API_KEY"
"""The environment variable that holds the key of an endpoint."""


class LlmMode(StrEnum):
    """What a language model is asked for."""

    OFF = "off"
    ADJUDICATE = "adjudicate"
    EXTRACT = "extract"
    ALL = "all"


Llm = Annotated[
    LlmMode,
    typer.Option(
        "--llm",
        help="Ask a language model: about what the insight model is unsure of (adjudicate), for further statements "
        "(extract), or both (all).",
    ),
]
_MODEL = typer.Option(
    "--llm-model",
    metavar="PATH_OR_URL",
    help="A GGUF file, a folder as transformers writes it, or the URL of an OpenAI-compatible endpoint (…/v1), "
    f"whose key is read from {API_KEY}.",
)
LlmModel = Annotated[str | None, _MODEL]
LlmModelNeeded = Annotated[str, _MODEL]
LlmAdapter = Annotated[
    Path | None,
    typer.Option(
        "--llm-adapter", help="An adapter for a model of this machine, from `hcplens tune-llm`, tuned to adjudicate."
    ),
]
LlmName = Annotated[str | None, typer.Option("--llm-name", help="What the endpoint calls the model.")]
LlmBudget = Annotated[int | None, typer.Option("--llm-budget", min=0, help="The most tokens to read and write.")]
LlmCache = Annotated[
    Path | None, typer.Option("--llm-cache", help="Where answers are kept, so that the next run asks nothing again.")
]
LlmFit = Annotated[
    Path | None,
    typer.Option(
        "--llm-fit", help="What the answers are worth, from `hcplens fit-llm`; without it they change nothing."
    ),
]
LlmPrompt = Annotated[
    list[str] | None,
    typer.Option(
        "--llm-prompt",
        metavar="NAME/VERSION_OR_FILE",
        help="How it is asked: a prompt that ships, such as confirm/v1, or a file of yours, mine/confirm/v2.jinja; "
        "may be repeated. Default: the latest that ship.",
    ),
]
LlmDryRun = Annotated[
    bool, typer.Option("--llm-dry-run", help="Print what would be asked, a JSON object a line; ask and write nothing.")
]


@dataclass(frozen=True)
class LlmOptions:
    """The options of one call, as they were named.

    Raises:
        InputError: they do not go together.
    """

    mode: LlmMode
    model: str | None = None
    adapter: Path | None = None
    name: str | None = None
    budget: int | None = None
    cache: Path | None = None
    fit: Path | None = None
    dry_run: bool = False
    prompts: Sequence[str] = ()

    def __post_init__(self) -> None:
        named = (self.model, self.adapter, self.name, self.budget, self.cache, self.fit)
        given = any(each is not None for each in named) or bool(self.prompts)
        if self.mode is LlmMode.OFF and (given or self.dry_run):
            raise InputError("options of a language model need --llm adjudicate, extract or all")
        if self.mode is not LlmMode.OFF and not self.model:
            raise InputError(f"--llm {self.mode} needs --llm-model: a model file or folder, or the URL of an endpoint")
        if self.fit and self.mode is LlmMode.EXTRACT:
            raise InputError("--llm-fit weighs the answers of --llm adjudicate: extract has none")
        if self.adapter and self.extracts:
            raise InputError(f"--llm-adapter is tuned for --llm adjudicate: with it a model can do no {self.mode}")

    @property
    def adjudicates(self) -> bool:
        """Whether uncertain labels are asked about."""
        return self.mode in (LlmMode.ADJUDICATE, LlmMode.ALL)

    @property
    def extracts(self) -> bool:
        """Whether further statements are asked for."""
        return self.mode in (LlmMode.EXTRACT, LlmMode.ALL)


def require_llm_model(model: str | None, name: str | None, cache: Path | None) -> None:
    """Raise InputError where a model's name or cache is given and no model."""
    if model is None and (name is not None or cache is not None):
        option = "--llm-name" if name is not None else "--llm-cache"
        raise InputError(f"{option} is for a language model: name it with --llm-model")
