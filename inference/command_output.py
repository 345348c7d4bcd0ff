"""Results on standard output or in a file, as a page for people or as JSON or CSV."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import typer

from .command_options import TableFormat


def require_target(output: Path | None) -> None:
    """Raise InputError, before the work, where the results could not be written."""
    from .targets import require_file_target

    if output is not None:
        require_file_target(output)


def print_page(page: Any, output: Path | None) -> None:
    """Anything that rich renders."""
    from .runs import published_file
    from .terminal import Terminal

    if output is None:
        Terminal().print(page)
        return
    with published_file(output) as partial, partial.open("w", encoding="utf-8") as file:
        Terminal(file=file, width=120).print(page)


def write_confidential(page: str, output: Path | None) -> None:
    """A page that quotes notes, HTML or Markdown: a file is readable by its owner only."""
    from .runs import write_owner_only

    if output is None:
        typer.echo(page, nl=False)
    else:
        write_owner_only(output, page)


def write_records(
    records: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    fields: tuple[str, ...],
    shape: TableFormat,
    output: Path | None,
    verbatim: Collection[str] = (),
) -> None:
    """The records as JSON, or their rows with the columns `fields` as CSV, those of `verbatim` without any change."""
    from .formatting import csv_text, json_text
    from .runs import published_file

    text = json_text(records) if shape is TableFormat.JSON else csv_text(rows, fields, verbatim)
    if output is None:
        typer.echo(text, nl=False)
        return
    with published_file(output) as partial:
        partial.write_text(text, encoding="utf-8", newline="")
