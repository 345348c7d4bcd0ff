"""Options that name a language model, and the model and the cache that they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError

if TYPE_CHECKING:
    from ..prompts import AnswerCache, LanguageModel

KEY_VARIABLE = "HCPLENS_LLM_KEY"
"""The environment variable with the key of an endpoint, if it needs one."""

LlmModel = Annotated[
    str | None,
    typer.Option(
        "--llm-model",
        metavar="PATH_OR_URL",
        help="A language model to ask: a .gguf file, a folder, or the URL of an OpenAI-compatible endpoint, whose key "
        f"is read from {KEY_VARIABLE}. Default: none.",
    ),
]
LlmName = Annotated[str | None, typer.Option("--llm-name", help="What the endpoint calls the model.")]
LlmCache = Annotated[
    Path | None, typer.Option("--llm-cache", help="A file that keeps the model's answers: the next run asks nothing.")
]


def require_llm_model(model: str | None, name: str | None, cache: Path | None) -> None:
    """Raise InputError where a model's name or cache is given and no model."""
    if model is None and (name is not None or cache is not None):
        option = "--llm-name" if name is not None else "--llm-cache"
        raise InputError(f"{option} is for a language model: name it with --llm-model")


def language_model(path_or_url: str, name: str | None) -> LanguageModel:
    """The model at a path, or behind a URL under its name there.

    Raises:
        InputError: there is no model at the path, the name of an endpoint's model is missing, or a file was given one.
    """
    from ..prompts import Endpoint, LocalModel

    if path_or_url.startswith(("http://", "https://")):
        if name is None:
            raise InputError(f"--llm-model {path_or_url} is an endpoint: name its model with --llm-name")
        return Endpoint(path_or_url, name, api_key=os.environ.get(KEY_VARIABLE))
    if name is not None:
        raise InputError(f"--llm-name {name} is for the URL of an endpoint, and {path_or_url} is a path")
    return LocalModel(Path(path_or_url))


@contextmanager
def opened_language_model(path_or_url: str, name: str | None) -> Iterator[LanguageModel]:
    """The same, with its connections closed in the end."""
    from ..prompts import Endpoint

    model = language_model(path_or_url, name)
    try:
        yield model
    finally:
        if isinstance(model, Endpoint):
            model.close()


@contextmanager
def opened_answer_cache(path: Path | None) -> Iterator[AnswerCache]:
    """The cache in a file; without one, a cache that is gone in the end."""
    from ..prompts import AnswerCache

    with TemporaryDirectory() as folder, AnswerCache(path or Path(folder) / "answers.sqlite") as cache:
        yield cache
