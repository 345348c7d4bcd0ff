"""The commands of the catalogue: `hcplens catalogue …`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError
from .command_options import (
    AsOfToday,
    EligibilityFile,
    EncoderFolder,
    Format,
    JsonLogs,
    MaxRejects,
    Output,
    Quiet,
    TableFormat,
    TopicsFile,
    as_day,
)
from .command_output import print_page, require_target, write_records

app = typer.Typer(
    name="catalogue",
    help="Approved modules: `hcplens catalogue check MODULES`, `hcplens catalogue index MODULES -o FOLDER`.",
    no_args_is_help=True,
)

Modules = Annotated[
    Path,
    typer.Argument(
        help="One JSON object a module (.jsonl), an export of documents (.csv, .json), or a folder of either."
    ),
]


@app.command("check")
def check(
    modules: Modules,
    as_of: AsOfToday = None,
    eligibility: EligibilityFile = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
) -> None:
    """Everything that is wrong with a catalogue today, by module; exits 2 if anything is an error."""
    from .catalogue import read_catalogue
    from .catalogue_check import COLUMNS, check_catalogue, check_page, summary
    from .matching import EligibilitySettings
    from .progress import reporter

    require_target(output)
    settings = EligibilitySettings.load(eligibility) if eligibility else None
    catalogue = read_catalogue(modules, need_modules=False)
    found = check_catalogue(catalogue, as_day(as_of) or date.today(), settings)
    if shape is TableFormat.TABLE:
        print_page(check_page(found), output)
    else:
        records = [problem.to_json() for problem in found.problems]
        write_records(records, records, COLUMNS, shape, output)
    for notice in catalogue.notices:
        reporter().notice(notice)
    if found.errors:
        raise InputError(f"{modules}: {summary(found)}")


@app.command("index")
def index(
    modules: Modules,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to publish, for `match --modules`.")],
    encoder: EncoderFolder = None,
    max_rejects: MaxRejects = 0.01,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Publish a catalogue with the vectors of its wording, whole or not at all; only changed modules are embedded."""
    from ..embeddings.loading import load_encoder
    from .catalogue import index_catalogue
    from .progress import reporter

    report_to = reporter(quiet=quiet, json_logs=json_logs)
    report = index_catalogue(modules, output, load_encoder(encoder), report_to, max_rejects=max_rejects)
    report_to.notice(
        f"{report.embedded:,} of {report.modules:,} modules embedded, {report.removed:,} gone, "
        f"{report.rejected:,} not used; the catalogue lies in {output}"
    )


@app.command("topics")
def topics(
    modules: Modules,
    taxonomy: TopicsFile = None,
    encoder: EncoderFolder = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
) -> None:
    """The topics that each module answers, main one first: those that it names, else as read from its wording."""
    from ..embeddings.loading import load_encoder
    from ..prompts import Taxonomy
    from .catalogue import read_catalogue
    from .topic_table import COLUMNS, topic_rows, topics_page

    require_target(output)
    known = Taxonomy.load(taxonomy) if taxonomy else Taxonomy.default()
    rows = topic_rows(read_catalogue(modules).modules, known, load_encoder(encoder))
    if shape is TableFormat.TABLE:
        print_page(topics_page(rows), output)
    else:
        write_records(rows, rows, COLUMNS, shape, output)
