"""What a run was made of: `manifest.json`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import InputError

MANIFEST = "manifest.json"


class InputFileRecord(BaseModel):
    """One input file: which table it fed, its name, size in bytes and SHA-256."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    name: str
    bytes: int
    sha256: str


class PublishedFile(BaseModel):
    """One file of the run: size in bytes and SHA-256."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: int
    sha256: str


class PromptRecord(BaseModel):
    """One prompt that was asked, with the SHA-256 of its files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    sha256: str


class AssistanceRecord(BaseModel):
    """A language model that had a say, and what asking it came to.

    Attributes:
        name: of the model.
        sha256: of what its answers depend on, as far as it is known: an endpoint does not tell its weights.
        mode: what it was asked for.
        prompts: how.
        fit_sha256: of what its answers of adjudication are worth; None where nobody had measured it.
        questions: that there were.
        failed: questions without an answer: there, the notes are read as without it.
        turned: statements that are claimed, or not, because of its answers.
        quotes: that it gave.
        ungrounded: quotes that are not in their note, and were not used.
        added: statements that only it makes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str
    mode: str
    prompts: tuple[PromptRecord, ...]
    fit_sha256: str | None
    questions: int
    failed: int
    turned: int
    quotes: int
    ungrounded: int
    added: int


class Manifest(BaseModel):
    """Inputs and their digests, configuration, model and taxonomy digests, counts, times, and the files' digests.

    Of a run without a language model, `language_model` is left out of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hcplens: str
    as_of: date
    started_at: datetime
    finished_at: datetime
    inputs: tuple[InputFileRecord, ...]
    configuration: dict[str, str | float | int | bool | None]
    model: dict[str, str]
    language_model: AssistanceRecord | None = None
    taxonomy_digest: str
    counts: dict[str, int]
    unread: dict[str, str]
    notices: tuple[str, ...]
    files: dict[str, PublishedFile]

    def to_json(self) -> str:
        """The file's text."""
        unsaid = {"language_model"} if self.language_model is None else set()
        return self.model_dump_json(indent=1, exclude=unsaid) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a run folder; InputError if the folder is none."""
        path = folder / MANIFEST
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as e:
            raise InputError(f"{folder} is not an hcplens run: it has no readable {MANIFEST}") from e
        except ValidationError as e:
            raise InputError(f"{path} is damaged: {e.errors()[0]['msg']}") from e
