"""Catalogues embedded once: only what is worded anew is embedded again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ... import __version__
from ...embeddings.encoder import Encoder, Vectors
from ...embeddings.remembering import KnownVectors
from ...embeddings.vector_cache import text_key
from ...errors import InputError
from ..progress import Reporter
from ..records.catalogue import Catalogue, load_catalogue, texts_of
from ..records.rejects import RejectLog, check_rejects
from ..runs import require_publishable
from .folder import MARKER, CatalogueFolder, CatalogueManifest, is_catalogue_folder, write_catalogue_folder

_TEXTS_AT_ONCE = 1024


@dataclass(frozen=True)
class IndexReport:
    """What was done: modules in the catalogue, those of them that were embedded, those that left, lines not used."""

    modules: int
    embedded: int
    removed: int
    rejected: int

    @property
    def counts(self) -> dict[str, int]:
        """By name, as the manifest keeps them."""
        return {
            "modules": self.modules,
            "embedded": self.embedded,
            "removed": self.removed,
            "rejected": self.rejected,
        }


def read_catalogue(path: Path, *, need_modules: bool = True) -> Catalogue:
    """The modules of a file, a folder of files, or an indexed catalogue, whose digest is checked.

    Without `need_modules` a catalogue in which no module can be read is one of faults alone.

    Raises:
        InputError: there is no catalogue, or an indexed one is damaged.
    """
    if is_catalogue_folder(path):
        return CatalogueFolder.open(path).catalogue
    return load_catalogue(path, need_modules=need_modules)


def open_catalogue(path: Path, encoder: Encoder, reporter: Reporter) -> tuple[Catalogue, Encoder]:
    """The modules, and an encoder that has their vectors at hand where the catalogue is an indexed one.

    An index that is damaged or another encoder's is not used, with a notice; the encoder then embeds all wording anew.

    Raises:
        InputError: there is no catalogue, or the modules of an indexed one are damaged.
    """
    if not is_catalogue_folder(path):
        return load_catalogue(path), encoder
    folder = CatalogueFolder.open(path)
    return folder.catalogue, KnownVectors(encoder, _usable_vectors(folder, encoder, reporter))


def index_catalogue(
    source: Path, target: Path, encoder: Encoder, reporter: Reporter, *, max_rejects: float = 0.01
) -> IndexReport:
    """Publish a catalogue with its vectors in the folder `target`, over the one that may be there.

    A module of which every wording is known there keeps its vectors. Lines that are no module are told and not used.

    Raises:
        InputError: the source holds no valid module, or the target holds something else.
        TooManyRejectsError: more than the share `max_rejects` of the source's modules was bad; nothing is published.
        HcplensError: another process publishes there, or the disk is full.
    """
    require_publishable(target, marker=MARKER)
    catalogue = read_catalogue(source)
    _check_rejects(catalogue, max_rejects)
    for notice in (*catalogue.notices, *(f"not used: {reject}" for reject in catalogue.rejects)):
        reporter.notice(notice)
    before = _previous(target, reporter)
    known = dict(_usable_vectors(before, encoder, reporter)) if before else {}
    texts = {module.module_id: {text_key(text): text for text in texts_of(module)} for module in catalogue.modules}
    changed = [module_id for module_id, wording in texts.items() if not wording.keys() <= known.keys()]
    missing = {key: text for wording in texts.values() for key, text in wording.items() if key not in known}
    known |= _embedded(missing, encoder, reporter)
    there = {module.module_id for module in before.catalogue.modules} if before else set()
    report = IndexReport(len(texts), len(changed), len(there - texts.keys()), len(catalogue.rejects))
    needed = {key: known[key] for wording in texts.values() for key in wording}
    manifest = CatalogueManifest(
        hcplens=__version__,
        indexed_at=datetime.now(UTC),
        source=source.name,
        catalogue_digest=catalogue.digest,
        encoder_digest=encoder.digest,
        precision=encoder.precision,
        dimension=encoder.dimension,
        counts=report.counts,
        files={},
    )
    write_catalogue_folder(target, catalogue, needed, manifest)
    return report


def _check_rejects(catalogue: Catalogue, max_rejects: float) -> None:
    log = RejectLog()
    log.count_read("modules", len(catalogue.modules) + len(catalogue.rejects))
    for reject in catalogue.rejects:
        log.append(reject)
    check_rejects(log, max_rejects)


def _previous(target: Path, reporter: Reporter) -> CatalogueFolder | None:
    if not is_catalogue_folder(target):
        return None
    try:
        return CatalogueFolder.open(target)
    except InputError as e:
        reporter.notice(f"{e}; everything is embedded anew")
        return None


def _usable_vectors(folder: CatalogueFolder, encoder: Encoder, reporter: Reporter) -> Mapping[bytes, Vectors]:
    if folder.vectors is None:
        reporter.notice(
            f"the index of {folder.path} is not the file that was published and is refused: its catalogue is embedded "
            f"anew (`hcplens catalogue index {folder.path} -o {folder.path}` mends it)"
        )
        return {}
    if not folder.fits(encoder):
        reporter.notice(f"the index of {folder.path} was made with another encoder: its catalogue is embedded anew")
        return {}
    return folder.vectors


def _embedded(texts: Mapping[bytes, str], encoder: Encoder, reporter: Reporter) -> dict[bytes, Vectors]:
    keys = list(texts)
    found: dict[bytes, Vectors] = {}
    with reporter.stage("embedding", len(keys), "wordings") as done:
        for start in range(0, len(keys), _TEXTS_AT_ONCE):
            some = keys[start : start + _TEXTS_AT_ONCE]
            found.update(zip(some, encoder.encode([texts[key] for key in some]), strict=True))
            done(len(some))
    return found
