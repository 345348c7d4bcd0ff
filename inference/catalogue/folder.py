"""A catalogue on disk with the vectors of its wording: published together, read back with the digests checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ...embeddings.encoder import Encoder, Vectors
from ...errors import InputError
from ..records.catalogue import Catalogue, Module
from ..runs import PublishedFile, published_folder

MARKER = "catalogue.json"
MODULES_FILE = "modules.jsonl"
INDEX_FILE = "index.safetensors"

_READS = 5
"""How often a folder is read again that others publish meanwhile."""


class CatalogueManifest(BaseModel):
    """Where the modules came from, whose vectors they have, what was counted, and the digests of the files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hcplens: str
    indexed_at: datetime
    source: str
    catalogue_digest: str
    encoder_digest: str
    precision: str
    dimension: int
    counts: dict[str, int]
    files: dict[str, PublishedFile]


@dataclass(frozen=True)
class CatalogueFolder:
    """What a folder held at one moment; `vectors` is None where the index file is not the one that was published."""

    path: Path
    manifest: CatalogueManifest
    catalogue: Catalogue
    vectors: Mapping[bytes, Vectors] | None

    @classmethod
    def open(cls, path: Path) -> CatalogueFolder:
        """Read a folder whole, though others may publish a new one there meanwhile.

        Raises:
            InputError: it is no such folder, its modules are not those that were published, or they cannot be read.
        """
        for _ in range(_READS):
            stamp = _bytes_of(path / MARKER)
            manifest = _manifest(path, stamp)
            modules, index = _bytes_of(path / MODULES_FILE), _bytes_of(path / INDEX_FILE)
            if stamp == _bytes_of(path / MARKER):
                break
        if modules is None or not _is_published(modules, manifest, MODULES_FILE):
            raise InputError(
                f"{path / MODULES_FILE} is not the file that was published (its SHA-256 differs): "
                "approved wording is not guessed at, index the catalogue again from its source"
            )
        vectors = _vectors(index) if index is not None and _is_published(index, manifest, INDEX_FILE) else None
        return cls(path, manifest, Catalogue(tuple(_modules(path, modules))), vectors)

    def fits(self, encoder: Encoder) -> bool:
        """Whether the vectors are what the encoder would make."""
        return (self.manifest.encoder_digest, self.manifest.precision) == (encoder.digest, encoder.precision)


def is_catalogue_folder(path: Path) -> bool:
    """Whether `write_catalogue_folder` made it."""
    return (path / MARKER).is_file()


def write_catalogue_folder(
    target: Path, catalogue: Catalogue, vectors: Mapping[bytes, Vectors], manifest: CatalogueManifest
) -> None:
    """Publish modules and vectors together or not at all; `manifest.files` is filled in here.

    Raises:
        InputError: the target holds something else, or cannot be written.
        HcplensError: another process publishes there, or the disk is full.
    """
    with published_folder(target, marker=MARKER) as folder:
        lines = "".join(module.model_dump_json() + "\n" for module in catalogue.modules)
        contents = {MODULES_FILE: lines.encode(), INDEX_FILE: _index(vectors, manifest.dimension)}
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        files = {name: PublishedFile(bytes=len(content), sha256=_sha256(content)) for name, content in contents.items()}
        complete = manifest.model_copy(update={"files": files})
        (folder / MARKER).write_text(complete.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _index(vectors: Mapping[bytes, Vectors], dimension: int) -> bytes:
    """Keys (n, 16) of one byte each and vectors (n, dimension), in the order of the keys."""
    keys = sorted(vectors)
    rows = [vectors[key] for key in keys]
    return save(
        {
            "keys": np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), -1 if keys else 0),
            "vectors": np.stack(rows).astype(np.float32) if rows else np.empty((0, dimension), dtype=np.float32),
        }
    )


def _vectors(content: bytes) -> Mapping[bytes, Vectors] | None:
    try:
        arrays = load(content)
        return {key.tobytes(): vector for key, vector in zip(arrays["keys"], arrays["vectors"], strict=True)}
    except (SafetensorError, KeyError, ValueError):
        return None


def _manifest(path: Path, content: bytes | None) -> CatalogueManifest:
    if content is None:
        raise InputError(f"{path} is no indexed catalogue: it has no readable {MARKER}")
    try:
        return CatalogueManifest.model_validate_json(content)
    except ValidationError as e:
        raise InputError(f"{path / MARKER} is damaged: {e.errors()[0]['msg']}; index the catalogue again") from e


def _modules(path: Path, content: bytes) -> Iterator[Module]:
    r"""A module a line; a line ends at "\n" alone, for wording may hold every other character that ends one."""
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            yield Module.model_validate_json(line)
        except ValidationError as e:
            error = e.errors()[0]
            field = f", {'.'.join(map(str, error['loc']))}" if error["loc"] else ""
            raise InputError(
                f"{path / MODULES_FILE} line {number} is no module{field}: {error['msg']}; "
                "index the catalogue again from its source"
            ) from e


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_published(content: bytes, manifest: CatalogueManifest, name: str) -> bool:
    known = manifest.files.get(name)
    return known is not None and known.sha256 == _sha256(content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
