"""The commands of the evaluation harness: `hcplens eval …`."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="eval",
    help="How right it is, whether it is better than before, and whether it helped.",
    no_args_is_help=True,
)
