"""A published run, looked at: one object per physician and brand."""

from __future__ import annotations

from typing import Any

from ..errors import InputError
from .profiles import ProfileTables, inspect, segment_view
from .runs import Run

PROFILE_TABLES = ("profiles", "transitions", "conflicts", "channels", "stages")


def inspect_run(
    run: Run, *, hcp_id: str | None = None, brand: str | None = None, topic: str | None = None
) -> list[dict[str, Any]]:
    """The objects of `hcplens inspect --format json`.

    A physician who is listed but of whom no note, survey, event or flag speaks has what is expected of the segment, one
    object for each brand of the run, and only where `hcp_id` asks for it.

    Raises:
        InputError: the run knows no such physician, brand or topic.
    """
    pairs = physician_brand_pairs(run)
    spoken_of, brands = {known for known, _ in pairs}, {known for _, known in pairs if known}
    require_known(hcp_id, spoken_of | set(run.table("hcps")["hcp_id"].to_pylist()), "physician", run)
    require_known(brand, brands, "brand", run)
    require_known(topic, {*run.taxonomy.ids, "channel_preference", "consent"}, "topic", run)
    tables = ProfileTables(**{name: run.table(name) for name in PROFILE_TABLES})
    if hcp_id is not None and hcp_id not in spoken_of:
        return _expected(run, tables, hcp_id, [brand] if brand else sorted(brands), topic)
    return inspect(
        tables, pairs=pairs, flags=run.table("flags"), as_of=run.as_of, hcp_id=hcp_id, brand=brand, topic=topic
    )


def _expected(
    run: Run, tables: ProfileTables, hcp_id: str, brands: list[str], topic: str | None
) -> list[dict[str, Any]]:
    """What is expected of a physician of whom nothing is known; `topic` picks as in `inspect`."""
    hcps, consents = run.table("hcps"), run.table("consents")
    views = segment_view(tables, hcps=hcps, consents=consents, hcp_id=hcp_id, brands=brands, as_of=run.as_of)
    if topic is None:
        return views
    for view in views:
        for polarity in ("barriers", "drivers"):
            view[polarity] = [entry for entry in view[polarity] if entry["topic"] == topic]
    return [view for view in views if view["barriers"] or view["drivers"]]


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
