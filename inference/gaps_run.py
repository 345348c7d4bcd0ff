"""The content gaps of a published run and a catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..embeddings import Encoder
from ..errors import InputError
from .content_gaps import Gap, Unmet, content_gaps
from .matching import Answer, ContentMatcher, MatchSettings
from .progress import Reporter
from .records.notices import counted
from .runs import Run


@dataclass(frozen=True)
class GapReport:
    """Gaps, the greatest first, and for how many physicians and brands promotion is on hold."""

    gaps: tuple[Gap, ...]
    on_hold: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides the gaps."""
        if not self.on_hold:
            return ()
        held = counted(self.on_hold, "answer")
        return (f"Not counted: {held} of `match` that say why promotion of the brand to the physician is on hold.",)


def gaps_of(
    run: Run,
    modules: Path | None,
    encoder: Encoder,
    reporter: Reporter,
    *,
    brand: str | None = None,
    channel: str | None = None,
    as_of: date | None = None,
    settings: MatchSettings | None = None,
) -> GapReport:
    """What the physicians of a run need and no module may tell them; with `channel`, through it alone.

    Raises:
        InputError: a brand of which there is no profile, or what `match_run` raises.
    """
    matcher = ContentMatcher.load(run, modules, encoder=encoder, settings=settings, reporter=reporter)
    if as_of is None and run.as_of < date.today():
        reporter.notice(f"what may be shown is judged as of {run.as_of}, the run's day: --as-of names another")
    hcps = run.table("hcps")
    countries = dict(zip(hcps["hcp_id"].to_pylist(), hcps["country"].to_pylist(), strict=True))
    unmet: list[Unmet] = []
    needing: Counter[tuple[str, str | None, str, str]] = Counter()
    asked = on_hold = 0
    with reporter.stage("matching", None if brand else len(matcher.pairs), "physicians × brands") as done:
        for answer in matcher.match_all(brand=brand, channel=channel, as_of=as_of, k=1):
            asked += 1
            on_hold += answer.suppressed is not None
            country = countries.get(answer.hcp_id)
            unmet += _unmet(matcher, answer, country)
            needing.update(_needing(matcher, answer, country))
            done(1)
    if not asked and brand:
        raise InputError(f"{run.folder} has no profile of brand {brand!r}")
    return GapReport(tuple(content_gaps(unmet, needing)), on_hold)


def _unmet(matcher: ContentMatcher, answer: Answer, country: str | None) -> Iterator[Unmet]:
    refused = {refusal.topic: refusal for refusal in answer.refused if not refusal.eligible}
    for need in matcher.needs(answer.hcp_id, answer.brand, answer.as_of):
        if need.topic in refused:
            yield Unmet(answer.hcp_id, answer.brand, country, need, refused[need.topic].reasons)


def _needing(
    matcher: ContentMatcher, answer: Answer, country: str | None
) -> Iterator[tuple[str, str | None, str, str]]:
    if answer.suppressed is None:
        for need in matcher.needs(answer.hcp_id, answer.brand, answer.as_of):
            yield answer.brand, country, need.topic, need.polarity
