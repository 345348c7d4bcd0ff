"""The command line: the packages' commands under one name, and errors as one plain sentence."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from . import __version__
from .errors import HcplensError
from .eval import cli as eval_cli
from .inference import cli as inference_cli
from .inference.control_characters import without_controls

app = typer.Typer(
    name="hcplens",
    help="What drives and what holds back each physician's prescribing, in whose words, and what to say next.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(inference_cli.app)
app.add_typer(eval_cli.app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hcplens {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run a command; exit 0 done, 1 failed, 2 bad usage or input, 3 a gate was missed."""
    try:
        app()
    except HcplensError as e:
        sys.stderr.write(f"hcplens: {without_controls(str(e))}\n")
        raise SystemExit(e.exit_code) from None
    except OSError as e:
        where = f": {e.filename}" if e.filename else ""
        sys.stderr.write(f"hcplens: the operating system says: {e.strerror or e}{where}\n")
        raise SystemExit(HcplensError.exit_code) from None
