"""A published run matched to a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from ..embeddings import Encoder
from ..errors import InputError
from .decision_log import decision_log
from .matching import Answer, ContentMatcher, Decision, MatchSettings, render
from .progress import Reporter
from .runs import Run


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
    indication: str | None = None,
    only_answering: bool = False,
    settings: MatchSettings | None = None,
    log: Path | None = None,
) -> list[Answer]:
    """Answers for every physician and brand of the run, or those asked for.

    With `log` every slot is written there with its propensity and candidates (.jsonl or .parquet), whole or not at all.

    Raises:
        InputError: an unknown physician, brand or channel, a log of another format, or what `ContentMatcher.load`
            raises.
    """
    matcher = ContentMatcher.load(run, modules, encoder=encoder, settings=settings, reporter=reporter)
    if as_of is None and run.as_of < date.today():
        reporter.notice(f"what may be shown is judged as of {run.as_of}, the run's day: --as-of names another")
    if as_of is not None and as_of < run.as_of:
        reporter.notice(f"what may be shown is judged as of {as_of}; what physicians think is known as of {run.as_of}")
    if hcp_id is not None and brand is not None:
        only = matcher.match(
            hcp_id,
            brand,
            channel=channel,
            as_of=as_of,
            k=k,
            indication=indication,
            only_answering=only_answering,
            log=log is not None,
        )
        with _decisions_to(log) as keep:
            keep(only.decisions)
        return [replace(only, decisions=())]
    answers = []
    total = len(matcher.pairs) if hcp_id is None and brand is None else None
    found = matcher.match_all(
        hcp_id=hcp_id,
        brand=brand,
        channel=channel,
        as_of=as_of,
        k=k,
        indication=indication,
        only_answering=only_answering,
        log=log is not None,
    )
    with reporter.stage("matching", total, "physicians × brands") as done, _decisions_to(log) as keep:
        for answer in found:
            keep(answer.decisions)
            answers.append(replace(answer, decisions=()))
            done(1)
    if not answers and (hcp_id or brand):
        if hcp_id is not None and matcher.knows_physician(hcp_id):
            raise InputError(f"nothing was said of or by {hcp_id} yet: name a --brand to match without a profile")
        raise InputError(f"{run.folder} has no profile of physician {hcp_id or 'any'}, brand {brand or 'any'}")
    return answers


def answers_page(answers: list[Answer]) -> RenderableType:
    """A panel an answer."""
    return Group(*map(render, answers)) if answers else Text("Nothing to match: the run has no profiles.")


def _decisions_to(log: Path | None) -> AbstractContextManager[Callable[[Iterable[Decision]], None]]:
    return nullcontext(_drop) if log is None else decision_log(log)


def _drop(decisions: Iterable[Decision]) -> None:
    """Decisions that nobody logs."""
