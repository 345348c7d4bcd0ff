"""Themes of a published run: found, shown on a page, proposed as topics."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from ..embeddings import Encoder
from ..prompts import AnswerCache, LanguageModel, Taxonomy
from .inspecting import require_known
from .progress import Reporter
from .records.notices import counted
from .runs import Run, write_owner_only
from .themes import (
    Attitude,
    OpenClause,
    ProposedName,
    Theme,
    ThemeLimits,
    clauses_of,
    find_themes,
    proposed_taxonomy,
    taxonomy_yaml,
    with_proposed_names,
)
from .themes.naming import words_in

TABLES = ("raw_notes", "surveys", "redactions", "insights", "channel_statements", "flags")
_TREND_MARKS = {"rising": "↑ rising", "steady": "→ steady", "falling": "↓ falling"}


def themes_of(
    run: Run, encoder: Encoder, reporter: Reporter, *, brand: str | None = None, limits: ThemeLimits | None = None
) -> list[Theme]:
    """What the run's notes and answers say that no topic takes up, most physicians first.

    Raises:
        InputError: the run knows no such brand, lacks a table, or the encoder is not the default one.
    """
    tables = {name: run.table(name) for name in TABLES}
    records = [tables[name].select(["brand", "date"]).to_pylist() for name in ("raw_notes", "surveys")]
    rows = [row for some in records for row in some]
    require_known(brand, {row["brand"] for row in rows if row["brand"]}, "brand", run)
    clauses = clauses_of(tables, unread=run.manifest.unread, brand=brand)
    themes = find_themes(
        clauses,
        run.taxonomy,
        encoder,
        Attitude.default(),
        reporter,
        texts=[row["date"] for row in rows if brand in (None, row["brand"])],
        as_of=run.as_of,
        limits=limits,
        names=run_names(run),
    )
    in_them = sum(len(theme.clauses) for theme in themes)
    reporter.notice(
        f"{counted(len(themes), 'theme')} with {counted(in_them, 'clause')}, of {len(clauses.open):,} clauses "
        f"that nothing claims and {len(clauses.claimed):,} that something does"
    )
    return themes


def named_themes(
    run: Run, themes: Sequence[Theme], model: LanguageModel, answers: AnswerCache, reporter: Reporter
) -> list[Theme]:
    """The themes with the names that a language model proposes, where their own words carry them; why not is told."""
    found = with_proposed_names(themes, run.taxonomy, model, answers, run_names(run))
    for sentence in (*found.tally.sentences(model.name), *found.refused):
        reporter.notice(sentence)
    return found.themes


def run_names(run: Run) -> frozenset[str]:
    """The words of the names of physicians, brands and reps of a run: none names a theme."""
    notes = run.table("raw_notes")
    columns = (run.table("hcps")["name"], notes["brand"], notes["rep_id"], run.table("surveys")["brand"])
    return words_in(name for column in columns for name in column.unique().to_pylist())


def write_proposal(target: Path, run: Run, themes: Sequence[Theme]) -> Taxonomy:
    """Write the run's taxonomy and a topic a theme; the file holds words of notes, only its owner can read it."""
    proposal = proposed_taxonomy(run.taxonomy, themes, run_names(run))
    write_owner_only(target, taxonomy_yaml(proposal))
    return proposal


def themes_page(themes: Sequence[Theme], limits: ThemeLimits) -> RenderableType:
    """A paragraph a theme: its words, how many said it and when, and the most typical clauses."""
    if not themes:
        return Text(
            f"No theme: nothing outside the topics was said alike in {limits.clauses} clauses or more, by "
            f"{limits.physicians} physicians or more. --min-clauses and --min-physicians say otherwise."
        )
    return Group(*(part for theme in themes for part in _paragraph(theme)))


def _paragraph(theme: Theme) -> list[RenderableType]:
    record = theme.to_json()
    heard = f"{len(theme.clauses)} clauses by {theme.physicians} physicians"
    seen = f"{record['first_seen']} to {record['last_seen']}, {theme.recent} in the last 90 days"
    months = ", ".join(f"{month} {count}" for month, count in record["months"].items())
    drivers = record["drivers"]
    leaning = f"{drivers} speak for the brand, {len(theme.clauses) - drivers} against it"
    brands = ", ".join(f"{brand} {count}" for brand, count in record["brands"].items()) or "no brand"
    return [
        Text.assemble((theme.name, "bold"), f" - {heard}, {_TREND_MARKS[theme.trend]}"),
        *([Text(_proposed(theme, theme.proposal), style="dim")] if theme.proposal else []),
        Text(f"  {seen} ({months}); {leaning}; {brands}", style="dim"),
        *(
            Padding(Text.assemble((f"“{clause.text}” ", "italic"), (_where(clause), "dim")), (0, 0, 0, 4))
            for clause in theme.quotes
        ),
        Text(""),
    ]


def _proposed(theme: Theme, said: ProposedName) -> str:
    """Who proposes the name, and what it says besides."""
    told = f"  named by {said.model}, in words of the physicians: {theme.own_name}"
    known = f"; it takes this for the topic {said.known_topic}" if said.known_topic else ""
    return f"{told}{known}" + (f"\n  “{said.description}”" if said.description else "")


def _where(clause: OpenClause) -> str:
    return f"{clause.source} {clause.source_id}, {clause.date}"
