"""Where the pages of commands go: to standard output, or to a file that appears whole."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

_WIDTH = 100
"""Where no terminal says how wide it is."""


class PageFormat(StrEnum):
    """How a comparison is shown."""

    TABLE = "table"
    JSON = "json"


def show(page: RenderableType, output: Path | None = None) -> None:
    """Print a page, or write it to `output`; text, such as JSON, as it is."""
    import typer

    from ...inference.runs import published_file
    from ...inference.terminal import Terminal

    if output is not None:
        with published_file(output) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
            if isinstance(page, str):
                file.write(page)
            else:
                Terminal(file=file, width=_WIDTH).print(page)
    elif isinstance(page, str):
        typer.echo(page, nl=False)
    else:
        Terminal(width=None if sys.stdout.isatty() else _WIDTH).print(page)
