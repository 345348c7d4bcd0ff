"""A run on disk: Parquet tables, the taxonomy, the manifest that vouches for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import InputError
from ...prompts import Taxonomy
from ..records.catalogue import Catalogue
from .manifest import MANIFEST, Manifest, PublishedFile
from .owner_only import make_owner_only
from .publishing import clear_os_errors, published_folder

RAW_TABLES = frozenset({"raw_notes", "surveys", "rejects"})
"""What people wrote, as they wrote it."""
MODULES_FILE = "modules.jsonl"
TAXONOMY_FILE = "taxonomy.json"


def write_run(
    target: Path,
    tables: Mapping[str, pa.Table],
    taxonomy: Taxonomy,
    manifest: Manifest,
    catalogue: Catalogue | None = None,
) -> None:
    """Publish a run whole; `manifest.files` is filled in here. Tables of raw text are readable by their owner only."""
    with published_folder(target) as folder:
        for name, table in tables.items():
            path = folder / f"{name}.parquet"
            if name in RAW_TABLES:
                make_owner_only(path)
            with clear_os_errors(target):
                pq.write_table(table, path, compression="zstd")
        (folder / TAXONOMY_FILE).write_text(taxonomy.model_dump_json(indent=1), encoding="utf-8")
        if catalogue is not None:
            lines = (module.model_dump_json() + "\n" for module in catalogue.modules)
            (folder / MODULES_FILE).write_text("".join(lines), encoding="utf-8")
        files = {path.name: _published(path) for path in sorted(folder.iterdir())}
        complete = manifest.model_copy(update={"files": files})
        (folder / MANIFEST).write_text(complete.to_json(), encoding="utf-8")


def _published(path: Path) -> PublishedFile:
    content = path.read_bytes()
    return PublishedFile(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class Run:
    """A published run; each table is read when asked for, and refused if it is not what was published."""

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, folder: Path | str) -> Run:
        """Open a run folder; InputError if it is none."""
        return cls(Path(folder), Manifest.read(Path(folder)))

    @property
    def as_of(self) -> date:
        """The day the run looks from."""
        return self.manifest.as_of

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The topics the run speaks of."""
        return Taxonomy.from_yaml(self._content(TAXONOMY_FILE).decode(), where=str(self.folder / TAXONOMY_FILE))

    def table(self, name: str) -> pa.Table:
        """A table by its name, e.g. "profiles"; InputError if it is missing or damaged."""
        content = pa.BufferReader(self._content(f"{name}.parquet"))
        return pq.ParquetFile(content, pre_buffer=False).read(use_threads=False)  # its threads can outlive the process

    def catalogue_file(self) -> Path | None:
        """The catalogue kept with the run, checked; None where the run was made without one."""
        if MODULES_FILE not in self.manifest.files:
            return None
        self._content(MODULES_FILE)
        return self.folder / MODULES_FILE

    def _content(self, name: str) -> bytes:
        path = self.folder / name
        known = self.manifest.files.get(name)
        if known is None:
            raise InputError(f"{self.folder} has no {name}: it was made by another version, make the run again")
        try:
            content = path.read_bytes()
        except OSError as e:
            raise InputError(f"cannot read {path}: {e.strerror}") from e
        if hashlib.sha256(content).hexdigest() != known.sha256:
            raise InputError(f"{path} is not the file that was published (its SHA-256 differs): make the run again")
        return content
