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


class Manifest(BaseModel):
    """Inputs and their digests, configuration, model and taxonomy digests, counts, times, and the files' digests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hcplens: str
    as_of: date
    started_at: datetime
    finished_at: datetime
    inputs: tuple[InputFileRecord, ...]
    configuration: dict[str, str | float | int | bool | None]
    model: dict[str, str]
    taxonomy_digest: str
    counts: dict[str, int]
    unread: dict[str, str]
    notices: tuple[str, ...]
    files: dict[str, PublishedFile]

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
