"""`hcplens eval report`: results as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    results: Annotated[
        list[Path], typer.Argument(help="Result folders that `hcplens eval run` wrote, or a folder of such folders.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .html file to write.")],
) -> None:
    """One HTML page that opens without network: figures, pictures, trend over results, and examples to look through."""
    from ...inference.targets import require_file_target
    from ..report import read_results, result_folders, write_report

    folders = result_folders(results)
    require_file_target(output, sources=folders)
    found = read_results(folders)
    write_report(found, output)
    newest = found[0]
    count = f"{len(found):,} results, the newest" if len(found) > 1 else "the result"
    typer.echo(f"{count} of {newest.measured_at:%Y-%m-%d %H:%M} UTC: the page lies in {output}")
