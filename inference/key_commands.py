"""The commands of the service's keys: `hcplens keys …`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .command_options import Format, Output, TableFormat
from .command_output import print_page, require_target, write_records
from .service.roles import Role

if TYPE_CHECKING:
    from .service.store import KeyRecord

app = typer.Typer(name="keys", help="Who may ask the service, and for what.", no_args_is_help=True)

COLUMNS = ("key_id", "role", "rep_id", "name", "created_at", "revoked_at")

Store = Annotated[Path, typer.Option(help="The file that `hcplens serve --store` was given.")]


@app.command("add")
def add(
    store: Annotated[Path, typer.Option(help="The store of the service; made if it is not there.")],
    role: Annotated[Role, typer.Option(help="What the key is for.")],
    name: Annotated[str, typer.Option(help="Who gets it, in plain words.")],
    rep_id: Annotated[str | None, typer.Option(help="Whose physicians a key of the role rep opens.")] = None,
) -> None:
    """Make a key and print it, this once: only a digest of it is kept."""
    from .service.store import ServiceStore

    with ServiceStore.open(store) as opened:
        record, secret = opened.add_key(role, name=name, rep_id=rep_id)
    typer.echo(secret)
    typer.echo(f"key {record.key_id} of the role {record.role}; it is not shown again: keep it safe", err=True)


@app.command("list")
def list_keys(store: Store, shape: Format = TableFormat.TABLE, output: Output = None) -> None:
    """All keys without their secrets, revoked ones too."""
    from .service.store import ServiceStore

    require_target(output)
    with ServiceStore.open(store, create=False) as opened:
        records = list(map(_record, opened.keys()))
    if shape is TableFormat.TABLE:
        print_page(_page(records), output)
    else:
        write_records(records, records, COLUMNS, shape, output)


@app.command("revoke")
def revoke(store: Store, key_id: Annotated[str, typer.Argument(help="As `hcplens keys list` shows it.")]) -> None:
    """The key opens nothing any more; running services notice within a second."""
    from .service.store import ServiceStore

    with ServiceStore.open(store, create=False) as opened:
        opened.revoke_key(key_id)
    typer.echo(f"key {key_id} is revoked")


def _record(key: KeyRecord) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "role": str(key.role),
        "rep_id": key.rep_id,
        "name": key.name,
        "created_at": _written(key.created_at),
        "revoked_at": _written(key.revoked_at),
    }


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _page(records: list[dict[str, Any]]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not records:
        return "There are no keys: `hcplens keys add` makes one."
    table = Table(*(name.replace("_", " ") for name in COLUMNS), box=box.SIMPLE_HEAD)
    for record in records:
        style = "dim" if record["revoked_at"] else ""
        table.add_row(*(Text(record[name] or "–", style=style) for name in COLUMNS))
    return table
