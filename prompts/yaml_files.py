"""YAML files of users, read into pydantic models; what is wrong with one is told in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import InputError

Model = TypeVar("Model", bound=BaseModel)


def load_yaml(model: type[Model], path: Path | str, what: str) -> Model:
    """Read a file; raises InputError that names it, as a `what` ("taxonomy"), and the field."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"cannot read the {what} {path}: {e}") from e
    return parse_yaml(model, text, where=str(path), what=what)


def parse_yaml(model: type[Model], text: str, *, where: str, what: str) -> Model:
    """Read a text; `where` names it in errors."""
    try:
        data: Any = yaml.safe_load(text)
    except yaml.YAMLError as e:
        raise InputError(f"{where} is not valid YAML: {e}") from e
    try:
        return model.model_validate(data)
    except ValidationError as e:
        raise InputError(f"{where} is not a {what}: {_first_problem(e)}") from e


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    field = ".".join(str(part) for part in problem["loc"]) or "the file"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{field}: {problem['msg']}{more}"
