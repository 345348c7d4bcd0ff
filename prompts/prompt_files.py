"""Prompts as versioned files: a template and, beside it, the schema of the answer.

`templates/extract/v1.jinja` has the blocks `system` (the task, the same for every note) and `user` (what it is about);
`templates/extract/v1.schema.jinja` is the JSON schema of the answer. Everything that either of them prints is quoted as
JSON, whatever it is, so that no value can pass for a part of the prompt. A published version is never changed: a better
wording is the next version.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from ..errors import InputError
from .language_model import ChoiceRequest, Decoding, PromptId, Request
from .quoting import quoted

_TEMPLATE = re.compile(r"v(\d+)\.jinja")
_BLOCKS = ("system", "user")


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt."""

    id: PromptId
    template: str
    schema: str

    @classmethod
    def load(cls, name: str, version: str | None = None, *, folder: Path | None = None) -> Prompt:
        """A prompt that ships, or one of a user's folder with the same layout.

        Args:
            name: such as "extract".
            version: such as "v1"; the latest if none is named.
            folder: where the folders of prompts lie.

        Raises:
            InputError: there is no such prompt or version, or a file of it is no template.
        """
        home = (folder or _shipped()).joinpath(name)
        version = version or _latest(home, name)
        try:
            template, schema = (
                home.joinpath(f"{version}{ending}").read_text(encoding="utf-8")
                for ending in (".jinja", ".schema.jinja")
            )
            for source in (template, schema):
                _variables(source)
        except (OSError, UnicodeDecodeError, TemplateError) as e:
            raise InputError(f"the prompt {name} {version} cannot be read: {e}") from e
        return cls(PromptId(name, version, _digest(template, schema)), template, schema)

    @classmethod
    def named(cls, given: str) -> Prompt:
        """A version that ships, such as "confirm/v1", or a file of yours, such as "mine/confirm/v2.jinja".

        Raises:
            InputError: there is none, or its answers have another schema than those of the prompt that ships: who reads
                them would not know it.
        """
        path = Path(given)
        is_file = path.suffix == ".jinja"
        if not path.parent.name:
            raise InputError(f"the prompt {given!r}: write it as confirm/v1, or name a file such as confirm/v2.jinja")
        found = cls.load(path.parent.name, path.stem, folder=path.parent.parent if is_file else None)
        if is_file and found.schema not in _shipped_schemas(found.id.name):
            raise InputError(f"{given}: its schema is none of those of the prompt {found.id.name} that ship")
        return found

    def request(self, values: Mapping[str, object], decoding: Decoding | None = None) -> Request:
        """What a model is asked; `values` are redacted already, and just those that the prompt names.

        Raises:
            InputError: a value is missing, unknown or cannot be written as JSON, or the schema is no JSON.
        """
        system, user, schema = self._rendered(values)
        try:
            schema = json.dumps(json.loads(schema), ensure_ascii=False, separators=(",", ":"))
        except json.JSONDecodeError as e:
            raise InputError(f"{self._where}: its schema is no JSON: {e}") from e
        return Request(self.id, system, user, schema, decoding or Decoding())

    def choice_request(self, values: Mapping[str, object], choices: Sequence[str]) -> ChoiceRequest:
        """The same question with the answers to compare; raises InputError as `request` does."""
        system, user, _ = self._rendered(values)
        return ChoiceRequest(self.id, system, user, tuple(choices))

    def named_values(self, values: Mapping[str, object]) -> dict[str, object]:
        """Those of the values that the prompt names."""
        return {name: value for name, value in values.items() if name in self.variables}

    @property
    def variables(self) -> frozenset[str]:
        """Names of the values that the prompt needs."""
        return _variables(self.template) | _variables(self.schema)

    @property
    def _where(self) -> str:
        return f"prompt {self.id.name} {self.id.version}"

    def _rendered(self, values: Mapping[str, object]) -> tuple[str, str, str]:
        """System, user and schema."""
        if wrong := self.variables ^ values.keys():
            raise InputError(f"{self._where}: needs the values {sorted(self.variables)}, but see {sorted(wrong)}")
        plain = {name: _plain(value) for name, value in values.items()}
        try:
            template = _compiled(self.template)
            system, user = ("".join(template.blocks[name](template.new_context(plain))) for name in _BLOCKS)
            return system.strip(), user.strip(), _compiled(self.schema).render(plain)
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as e:
            raise InputError(f"{self._where} cannot be rendered: {e}") from e
        except KeyError as e:
            raise InputError(f"{self._where} has no block {e}: it needs {' and '.join(_BLOCKS)}") from e


def prompt_names() -> tuple[str, ...]:
    """The prompts that ship."""
    return tuple(sorted(home.name for home in _shipped().iterdir() if home.is_dir()))


def _shipped() -> Traversable:
    return files(__package__).joinpath("templates")


def _latest(home: Traversable, name: str) -> str:
    found = [_TEMPLATE.fullmatch(file.name) for file in home.iterdir()] if home.is_dir() else []
    numbers = [int(match[1]) for match in found if match]
    if not numbers:
        raise _no_prompt(name)
    return f"v{max(numbers)}"


def _shipped_schemas(name: str) -> frozenset[str]:
    home = _shipped().joinpath(name)
    if not home.is_dir():
        raise _no_prompt(name)
    return frozenset(file.read_text(encoding="utf-8") for file in home.iterdir() if file.name.endswith(".schema.jinja"))


def _no_prompt(name: str) -> InputError:
    return InputError(f"there is no prompt {name!r}; those that ship are {', '.join(prompt_names())}")


def _digest(template: str, schema: str) -> str:
    return hashlib.sha256(json.dumps([template, schema]).encode()).hexdigest()


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _printed(value: object) -> str:
    return str(value) if isinstance(value, Undefined) else quoted(value)


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, finalize=_printed, trim_blocks=True, lstrip_blocks=True
)


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


@lru_cache(maxsize=64)
def _variables(source: str) -> frozenset[str]:
    return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(source)))
