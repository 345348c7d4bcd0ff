"""The catalogue that a run is matched to."""

from __future__ import annotations

from pathlib import Path

from ...embeddings.encoder import Encoder
from ...errors import InputError
from ..catalogue import open_catalogue
from ..progress import Reporter
from ..records.catalogue import Catalogue
from ..runs import Run


def catalogue_of(run: Run, modules: Path | None, encoder: Encoder, reporter: Reporter) -> tuple[Catalogue, Encoder]:
    """The catalogue named, else the one kept with the run, and an encoder that has its vectors where it is indexed.

    Raises:
        InputError: neither is there, or the catalogue cannot be read.
    """
    path = modules or run.catalogue_file()
    if path is None:
        raise InputError(f"name the catalogue with --modules: {run.folder} keeps none")
    catalogue, encoder = open_catalogue(path, encoder, reporter)
    for notice in catalogue.notices:
        reporter.notice(notice)
    for reject in catalogue.rejects:
        reporter.notice(f"not used: {reject}")
    return catalogue, encoder
