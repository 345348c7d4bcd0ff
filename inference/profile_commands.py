"""Commands that show what a run inferred: `hcplens inspect`, `portfolio`, `segments`, `themes`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .command_options import Brand, Format, Hcp, JsonLogs, Output, PageFormat, Quiet, TableFormat
from .command_output import print_page, require_target, write_confidential, write_records
from .llm_options import LlmCache, LlmModel, LlmName, require_llm_model

app = typer.Typer()


@app.command()
def inspect(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    hcp: Hcp = None,
    brand: Brand = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    shape: Annotated[PageFormat, typer.Option("--format", help="How to show it.")] = PageFormat.TABLE,
    output: Output = None,
) -> None:
    """Drivers, barriers, channels, stage, conflicts and open flags of each physician, with the words behind them.

    Of a physician who is listed but of whom nothing is known: what is expected of the segment.
    """
    from .inspecting import inspect_run
    from .pages import inspection_page, physician_pages, render_html
    from .profiles import CSV_COLUMNS, csv_rows
    from .runs import Run

    require_target(output)
    opened = Run.open(run)
    found = inspect_run(opened, hcp_id=hcp, brand=brand, topic=topic)
    if shape is PageFormat.TABLE:
        print_page(inspection_page(physician_pages(opened, found, topic)), output)
    elif shape is PageFormat.HTML:
        write_confidential(render_html(physician_pages(opened, found, topic)), output)
    else:
        write_records(found, list(csv_rows(found)), CSV_COLUMNS, TableFormat(shape.value), output)


@app.command()
def portfolio(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    hcp: Hcp = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
) -> None:
    """All brands of each physician side by side: stage, what is open and what they share, flags, last contact."""
    from .portfolio import CSV_COLUMNS, csv_rows, portfolios
    from .portfolio_page import portfolio_page
    from .runs import Run

    require_target(output)
    found = portfolios(Run.open(run), hcp_id=hcp)
    if shape is TableFormat.TABLE:
        print_page(portfolio_page(found), output)
    else:
        write_records(found, csv_rows(found), CSV_COLUMNS, shape, output)


@app.command()
def segments(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    by: Annotated[
        str, typer.Option(help="segment, specialty, country, region, tier or stage (of adoption).")
    ] = "segment",
    brand: Brand = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
) -> None:
    """How common each open driver and barrier is among physicians of a kind, with 90 % intervals."""
    from .population import segments_of, segments_page
    from .profiles.segments import COLUMNS
    from .runs import Run

    require_target(output)
    rows = segments_of(Run.open(run), by=by, brand=brand, topic=topic)
    if shape is TableFormat.TABLE:
        print_page(segments_page(rows, by), output)
    else:
        write_records(rows, rows, COLUMNS, shape, output)


@app.command()
def themes(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    brand: Brand = None,
    min_physicians: Annotated[int, typer.Option(min=2, help="A theme is said by as many physicians or more.")] = 3,
    min_clauses: Annotated[int, typer.Option(min=2, help="A theme has as many clauses or more.")] = 5,
    propose: Annotated[
        Path | None, typer.Option(help="Write the run's topics and a topic a theme there, as --taxonomy takes them.")
    ] = None,
    llm_model: LlmModel = None,
    llm_name: LlmName = None,
    llm_cache: LlmCache = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """What physicians say that no topic takes up: clauses that belong together, named by their own words.

    With --llm-model a language model proposes a name for each; one with a word that no two of its physicians use is
    refused.
    """
    from ..embeddings.loading import load_encoder
    from .emerging_themes import named_themes, themes_of, themes_page, write_proposal
    from .named_language_model import named_language_model, opened_answers
    from .progress import reporter
    from .runs import Run
    from .themes import COLUMNS, PROPOSED_COLUMNS, ThemeLimits

    require_target(output)
    require_target(propose)
    require_llm_model(llm_model, llm_name, llm_cache)
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    opened, limits = Run.open(run), ThemeLimits(min_physicians, min_clauses)
    found = themes_of(opened, load_encoder(), report_to, brand=brand, limits=limits)
    if llm_model is not None:
        with named_language_model(llm_model, llm_name) as model, opened_answers(llm_cache) as cache:
            found = named_themes(opened, found, model, cache, report_to)
    if propose is not None:
        proposal = write_proposal(propose, opened, found)
        report_to.notice(f"{len(found)} of {len(proposal.topics)} topics proposed in {propose}: read them before use")
    if shape is TableFormat.TABLE:
        print_page(themes_page(found, limits), output)
    else:
        records = [theme.to_json() for theme in found]
        columns = COLUMNS if llm_model is None else (*COLUMNS, *PROPOSED_COLUMNS)
        rows = [{**theme.to_csv(), **theme.proposal_csv()} for theme in found]
        write_records(records, [{name: row[name] for name in columns} for row in rows], columns, shape, output)
