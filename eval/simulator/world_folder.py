"""A simulated world on disk: the files that `hcplens run` reads, and the truth beside them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...inference.runs import published_folder
from .world import World

MARKER = "simulation.json"
_NOTICE = (
    "Synthetic. The words of the notes come from a stock of phrases: they carry the labels and must not be used to "
    "train or to measure the reading of notes."
)
_TRUTH = "truth_"
_STATEMENT = ("topic", "polarity", "status", "holder", "probability", "start", "end", "evidence")
_CHANNEL = ("channel", "stance", "probability", "start", "end", "evidence")


def write_world(world: World, target: Path) -> dict[str, int]:
    """Write a folder that appears whole, and count the rows of its files by name.

    `notes.jsonl` holds the notes and what was read out of them; `truth_*.csv` what nobody who infers may see.

    Raises:
        InputError: the target holds something that is no simulated world, or cannot be written.
        HcplensError: no room left, or another process writes there.
    """
    tables = _tables(world)
    counts = {"notes.jsonl": len(world.notes)} | {f"{name}.csv": len(table) for name, table in tables.items()}
    with published_folder(target, marker=MARKER) as folder:
        with (folder / "notes.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(note, ensure_ascii=False) + "\n" for note in labelled_notes(world))
        for name, table in tables.items():
            _write_csv(table, folder / f"{name}.csv")
        (folder / MARKER).write_text(json.dumps(_record(world, counts), indent=1) + "\n", encoding="utf-8")
    return counts


def labelled_notes(world: World) -> Iterator[dict[str, Any]]:
    """Each note with its statements, as labelled notes are shaped; it says that there is nothing to flag."""
    insights = _by_note(world.statements, _STATEMENT)
    preferences = _by_note(world.channel_statements, _CHANNEL)
    for note in world.notes.to_pylist():
        known = {name: value for name, value in note.items() if value is not None}
        yield known | {
            "date": note["date"].isoformat(),
            "insights": insights[note["note_id"]],
            "channel_preferences": preferences[note["note_id"]],
            "flags": [],
            "phi": [],
        }


def _by_note(table: pa.Table, names: tuple[str, ...]) -> Mapping[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in table.filter(pc.equal(table["source"], "note")).to_pylist():
        found[row["source_id"]].append({name: row[name] for name in names})
    return found


def _tables(world: World) -> dict[str, pa.Table]:
    records = ("hcps", "rep_assignments", "surveys", "content_events", "consents")
    truth = {f"{_TRUTH}{name}": table for name, table in vars(world.truth).items()}
    return {name: getattr(world, name) for name in records} | truth


def _write_csv(table: pa.Table, path: Path) -> None:
    from pyarrow import csv

    columns = [_plain(column) for column in table.columns]
    csv.write_csv(pa.table(columns, names=table.column_names), path)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as ISO text to the second."""
    if not pa.types.is_timestamp(column.type):
        return column
    return pc.strftime(column.cast(pa.timestamp("s", tz="UTC")), "%Y-%m-%dT%H:%M:%SZ")


def _record(world: World, counts: Mapping[str, int]) -> dict[str, Any]:
    options = asdict(world.options) | {"as_of": world.options.as_of.isoformat()}
    return {"hcplens": version("hcplens"), "notice": _NOTICE, "options": options, "rows": dict(counts)}
