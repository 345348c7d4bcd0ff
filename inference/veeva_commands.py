"""Commands for Veeva CRM: `hcplens feedback`. Heavy imports wait until a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError
from .command_output import require_target

app = typer.Typer()


@app.command()
def feedback(
    export: Annotated[
        Path,
        typer.Argument(help="A folder with Suggestion_Feedback_vod__c, and Suggestion_vod__c as exported, or a file."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .csv file of outcomes.")],
    suggestions: Annotated[
        Path | None, typer.Option(help="The folder that `match --format veeva` wrote: says what was suggested to whom.")
    ] = None,
    source: Annotated[Path, typer.Option("--source", help="`veeva`, or a YAML map that extends it.")] = Path("veeva"),
    max_rejects: Annotated[
        float, typer.Option("--max-rejects", min=0, max=1, help="Stop if more than this share of the rows is bad.")
    ] = 0.01,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors and results.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Progress as JSON lines on standard error.")] = False,
) -> None:
    """What became of the suggestions that `match --format veeva` wrote: completed, dismissed or executed, and when."""
    from .progress import reporter
    from .records import VeevaMap, load_source
    from .veeva_outcomes import write_outcomes

    require_target(output)
    names = load_source(source)
    if not isinstance(names, VeevaMap):
        raise InputError(f"{source} is no map of Veeva's objects: let it say `extends: veeva`")
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    count = write_outcomes(export, output, names, report_to, suggestions=suggestions, max_rejects=max_rejects)
    report_to.notice(f"{count:,} outcomes lie in {output}")
