"""A published run matched to a catalogue."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from ..embeddings import Encoder
from ..errors import InputError
from .matching import Answer, ContentMatcher, MatchTables, render
from .progress import Reporter
from .records.catalogue import Catalogue, load_catalogue
from .runs import Run


def load_matcher(run: Run, modules: Path | None, encoder: Encoder, reporter: Reporter) -> ContentMatcher:
    """A matcher over the run's profiles and a catalogue: the one named, else the one kept with the run.

    Raises:
        InputError: neither is there, or the catalogue cannot be read.
    """
    tables = MatchTables(
        profiles=run.table("profiles"),
        hcps=run.table("hcps"),
        consents=run.table("consents"),
        content_events=run.table("content_events"),
        flags=run.table("flags"),
        channels=run.table("channels"),
    )
    return ContentMatcher(tables, _catalogue(run, modules, reporter), encoder, run.taxonomy, as_of=run.as_of)


def match_run(
    run: Run,
    modules: Path | None,
    encoder: Encoder,
    reporter: Reporter,
    *,
    hcp_id: str | None = None,
    brand: str | None = None,
    channel: str | None = None,
    as_of: date | None = None,
    k: int = 5,
) -> list[Answer]:
    """Answers for every physician and brand of the run, or those asked for.

    Raises:
        InputError: an unknown physician, brand or channel, or what `load_matcher` raises.
    """
    matcher = load_matcher(run, modules, encoder, reporter)
    if as_of is None and run.as_of < date.today():
        reporter.notice(f"what may be shown is judged as of {run.as_of}, the run's day: --as-of names another")
    if hcp_id is not None and brand is not None:
        return [matcher.match(hcp_id, brand, channel=channel, as_of=as_of, k=k)]
    answers = []
    total = len(matcher.pairs) if hcp_id is None and brand is None else None
    with reporter.stage("matching", total, "physicians") as done:
        for answer in matcher.match_all(hcp_id=hcp_id, brand=brand, channel=channel, as_of=as_of, k=k):
            answers.append(answer)
            done(1)
    if not answers and (hcp_id or brand):
        raise InputError(f"{run.folder} has no profile of physician {hcp_id or 'any'}, brand {brand or 'any'}")
    return answers


def answers_page(answers: list[Answer]) -> RenderableType:
    """A panel an answer."""
    return Group(*map(render, answers)) if answers else Text("Nothing to match: the run has no profiles.")


def _catalogue(run: Run, modules: Path | None, reporter: Reporter) -> Catalogue:
    path = modules or run.catalogue_file()
    if path is None:
        raise InputError(f"name the catalogue with --modules: {run.folder} keeps none")
    catalogue = load_catalogue(path)
    for notice in catalogue.notices:
        reporter.notice(notice)
    for reject in catalogue.rejects:
        reporter.notice(f"not used: {reject}")
    return catalogue
