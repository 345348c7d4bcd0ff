"""The language model that a user named: a file or folder of this machine, or an endpoint."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import InputError
from ..prompts import AnswerCache, Budget, Endpoint, LanguageModel, LocalModel, WithinBudget
from .llm_options import API_KEY


@contextmanager
def named_language_model(
    named: str, name: str | None, tokens: int | None = None, adapter: Path | None = None
) -> Iterator[LanguageModel]:
    """Open it for the block; nothing is loaded or asked before the first question.

    Args:
        named: a path, or a URL such as "http://localhost:8000/v1".
        name: what the endpoint calls the model.
        tokens: the most that may be read and written; as many as need be if None.
        adapter: a folder with what a model of this machine learned besides.

    Raises:
        InputError: there is no such model or adapter, they do not go together, or an endpoint's model has no name.
    """
    if "://" not in named:
        if name:
            raise InputError(f"{named} is a model of this machine: --llm-name is for an endpoint")
        model = LocalModel(Path(named), adapter=adapter)
        yield model if tokens is None else WithinBudget(model, tokens)
        return
    if adapter:
        raise InputError(f"{named} is an endpoint: --llm-adapter is for a model of this machine")
    if not name:
        raise InputError(f"{named} may serve many models: say which with --llm-name")
    with Endpoint(named, name, api_key=os.environ.get(API_KEY), budget=Budget(tokens=tokens)) as endpoint:
        yield endpoint


@contextmanager
def opened_answers(path: Path | None) -> Iterator[AnswerCache]:
    """The cache in a file; without one, a cache that is gone in the end."""
    with TemporaryDirectory() as folder, AnswerCache(path or Path(folder) / "answers.sqlite") as cache:
        yield cache
