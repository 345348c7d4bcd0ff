"""A published run, looked at: one object per physician and brand, or a page of them."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ..errors import InputError
from .profiles import ProfileTables, inspect
from .profiles.rendering import render_physician
from .runs import Run

PROFILE_TABLES = ("profiles", "transitions", "conflicts", "channels", "stages")


def inspect_run(
    run: Run, *, hcp_id: str | None = None, brand: str | None = None, topic: str | None = None
) -> list[dict[str, Any]]:
    """The objects of `hcplens inspect --format json`.

    Raises:
        InputError: the run knows no such physician, brand or topic.
    """
    pairs = physician_brand_pairs(run)
    require_known(hcp_id, {known for known, _ in pairs}, "physician", run)
    require_known(brand, {known for _, known in pairs if known}, "brand", run)
    require_known(topic, {*run.taxonomy.ids, "channel_preference", "consent"}, "topic", run)
    tables = ProfileTables(**{name: run.table(name) for name in PROFILE_TABLES})
    return inspect(
        tables, pairs=pairs, flags=run.table("flags"), as_of=run.as_of, hcp_id=hcp_id, brand=brand, topic=topic
    )


def inspection_page(run: Run, found: list[dict[str, Any]]) -> RenderableType:
    """A panel per physician and brand."""
    hcps = run.table("hcps")
    names = dict(zip(hcps["hcp_id"].to_pylist(), hcps["name"].to_pylist(), strict=True))
    if not found:
        return Text("Nothing in this run fits.")
    return Group(*(render_physician(item, name=names.get(item["hcp_id"])) for item in found))


def physician_brand_pairs(run: Run) -> set[tuple[str, str | None]]:
    """Every physician and brand that a note, survey, event or flag of the run speaks of.

    A physician of whom records without a brand are known stands alone only if there are no others.
    """
    pairs: set[tuple[str, str | None]] = set()
    for name in ("raw_notes", "surveys", "content_events", "flags"):
        table = run.table(name)
        pairs |= set(zip(table["hcp_id"].to_pylist(), table["brand"].to_pylist(), strict=True))
    pairs = {(hcp_id, brand) for hcp_id, brand in pairs if hcp_id}  # a flag in a rejected row may lack both
    branded = {hcp_id for hcp_id, brand in pairs if brand is not None}
    return {(hcp_id, brand) for hcp_id, brand in pairs if brand is not None or hcp_id not in branded}


def require_known(value: str | None, known: set[str], what: str, run: Run) -> None:
    """Raise InputError where a value was asked for that the run does not have."""
    if value is not None and value not in known:
        some = ", ".join(sorted(known)[:20])
        raise InputError(f"{run.folder} knows no {what} {value!r}; it has {some}{' …' if len(known) > 20 else ''}")
