"""The commands of the safety queue: `hcplens flags …`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ..errors import GateMissedError
from .command_options import DAY_FORMATS, Brand, Format, Hcp, Output, TableFormat, as_day
from .command_output import print_page, require_target, write_records
from .control_characters import without_controls


class FlagKind(StrEnum):
    """Kinds of flags, as `records.schemas.FLAG_KINDS` has them."""

    ADVERSE_EVENT = "adverse_event"
    PRODUCT_COMPLAINT = "product_complaint"
    OFF_LABEL = "off_label"
    MEDICAL_INQUIRY = "medical_inquiry"


class FlagStatus(StrEnum):
    """What to list; overdue flags are open ones."""

    OPEN = "open"
    CLOSED = "closed"
    OVERDUE = "overdue"


class ListByDefault(TyperGroup):
    """`flags RUN` is `flags list RUN`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the command that is meant where none is named."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="flags",
    cls=ListByDefault,
    help="The safety queue: `hcplens flags RUN` lists it, `hcplens flags close RUN FLAG_ID` closes a flag.",
    no_args_is_help=True,
)

RunFolder = Annotated[Path, typer.Argument(help="A run folder.")]


@app.command("list")
def list_flags(
    run: RunFolder,
    kind: Annotated[FlagKind | None, typer.Option(help="Only this kind.")] = None,
    brand: Brand = None,
    hcp: Hcp = None,
    status: Annotated[FlagStatus | None, typer.Option(help="Only these; overdue ones are open too.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=DAY_FORMATS, help="Open and overdue on this day, not today.")
    ] = None,
    dispositions: Annotated[
        Path | None, typer.Option(help="What people have decided since, as `flags close` writes it.")
    ] = None,
    fail_on_overdue: Annotated[
        bool,
        typer.Option("--fail-on-overdue", help="Exit 3 if an open flag of this kind, brand, physician is overdue."),
    ] = False,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
) -> None:
    """Flags with the day they are due, most urgent first, and how many texts were searched for them."""
    from .progress import reporter
    from .runs import Run
    from .safety_queue import SafetyQueue
    from .safety_queue_page import COLUMNS, csv_rows, queue_page, reconciliation, records

    require_target(output)
    queue = SafetyQueue.of(Run.open(run), dispositions, as_day(as_of))
    asked = queue.about(kind, brand, hcp)
    shown = asked.having(status) if status else asked
    if shape is TableFormat.TABLE:
        print_page(queue_page(queue, shown), output)
    else:
        found = records(shown)
        write_records(found, csv_rows(found), COLUMNS, shape, output)
        reporter().notice(reconciliation(queue, shown))
    overdue = asked.having("overdue").flags
    if fail_on_overdue and overdue:
        first = overdue[0]
        raise GateMissedError(
            f"{len(overdue):,} overdue, the first since {first['due_at']}: {first['kind']} in {first['note_id']}"
        )


@app.command("close")
def close(
    run: RunFolder,
    flag_id: Annotated[str, typer.Argument(help="As `hcplens flags RUN` shows it.")],
    reason: Annotated[str, typer.Option(help="Why, in plain words.")],
    dispositions: Annotated[
        Path, typer.Option(help="The CSV file that the decision is added to; made if it is not there.")
    ],
    decided_at: Annotated[
        datetime | None, typer.Option(formats=DAY_FORMATS, help="The day of the decision. Default: today.")
    ] = None,
) -> None:
    """A person's decision: it closes the flags of this kind in the note. A run counts it with --dispositions."""
    from .closing_flags import close_flag
    from .runs import Run
    from .safety_queue import SafetyQueue

    queue = SafetyQueue.of(Run.open(run))
    closed = close_flag(queue, flag_id, reason, as_day(decided_at) or date.today(), dispositions)
    typer.echo(without_controls(closed))
