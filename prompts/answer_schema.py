"""Whether an answer is what was asked for."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ..errors import HcplensError, InputError


def fault_of(text: str, schema: str) -> str | None:
    """Why a text is no answer of that JSON schema, in one line; None where it is one.

    No value of the answer is told, for it may quote a note.

    Raises:
        InputError: the schema is none.
    """
    try:
        value = json.loads(text)
        text.encode()
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as e:
        return f"it is not valid JSON: {e}"
    errors = _validator(schema).iter_errors
    try:
        error = next(errors(value), None)
    except (ValueError, RecursionError) as e:
        return f"it is nested too deeply: {e}"
    if error is None:
        return None
    where = ".".join(str(step) for step in error.instance_path) or "the answer"
    return f"{where}: {error.message}"


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    try:
        import jsonschema_rs
    except ImportError as e:
        raise HcplensError("answers of language models need the extra llm: pip install 'hcplens[llm]'") from e
    try:
        return jsonschema_rs.validator_for(json.loads(schema), mask="the value", offline=True)
    except ValueError as e:
        raise InputError(f"this is no JSON schema: {e}") from e
