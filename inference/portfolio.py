"""The portfolio of each physician: all brands side by side, and what they have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from .inspecting import inspect_run
from .last_contacts import Contact, Pair, last_contacts
from .profiles import EXPECTED, is_open
from .runs import Run

CSV_COLUMNS = (
    "hcp_id",
    "name",
    "as_of",
    "brand",
    "known",  # `segment` where nothing is known of the physician
    "stage",
    "stage_probability",
    "barriers",  # such as "coverage 0.93 | cost 0.61", the likeliest first
    "drivers",
    "shared_barriers",  # those of them that another brand has too
    "shared_drivers",
    "conflicts",
    "open_flags",
    "last_contact",
    "last_contact_how",
)
_KINDS = ("barriers", "drivers")
_ENTRY = ("topic", "state", "probability", "low", "high", "trend", "last_seen")

Row = dict[str, Any]


def portfolios(run: Run, *, hcp_id: str | None = None) -> list[Row]:
    """The objects of `hcplens portfolio --format json`, one a physician, sorted by id.

    `brands` are in their order: of each the stage, the open barriers and drivers (likeliest first), conflicts, open
    flags and the last contact. `shared` names the open barriers and drivers of two brands or more, with those brands.
    A physician who is listed but of whom nothing is known has what is expected of the segment, if asked for.

    Raises:
        InputError: the run knows no such physician.
    """
    hcps = run.table("hcps")
    names = dict(zip(hcps["hcp_id"].to_pylist(), hcps["name"].to_pylist(), strict=True))
    contacts = last_contacts(run)
    items = inspect_run(run, hcp_id=hcp_id)
    return [_portfolio(list(own), names.get(known), contacts) for known, own in groupby(items, lambda i: i["hcp_id"])]


def csv_rows(found: Iterable[Row]) -> list[Row]:
    """A row for each physician and brand with the columns CSV_COLUMNS."""
    return [_csv_row(item, brand) for item in found for brand in item["brands"]]


def _portfolio(items: Sequence[Row], name: str | None, contacts: Mapping[Pair, Contact]) -> Row:
    brands = [_brand(item, contacts.get((item["hcp_id"], item["brand"]))) for item in items]
    head = {"hcp_id": items[0]["hcp_id"], "name": name, "as_of": items[0]["as_of"]}
    return head | {"brands": brands, "shared": {kind: _shared(brands, kind) for kind in _KINDS}}


def _brand(item: Row, contact: Contact | None) -> Row:
    known = {"known": item["known"], "why": item["why"]} if "known" in item else {}
    return {
        "brand": item["brand"],
        **known,
        "adoption_stage": item["adoption_stage"],
        **{kind: [_entry(entry) for entry in item[kind] if _is_shown(entry)] for kind in _KINDS},
        "conflicts": [{"topic": conflict["topic"], "what": conflict["what"]} for conflict in item["conflicts"]],
        "open_flags": item["open_flags"],
        "last_contact": {"date": contact.day.isoformat(), "how": contact.how} if contact else None,
    }


def _is_shown(entry: Row) -> bool:
    return is_open(entry) or entry["state"] == EXPECTED


def _entry(entry: Row) -> Row:
    return {name: entry[name] for name in _ENTRY}


def _shared(brands: Sequence[Row], kind: str) -> list[Row]:
    """What two brands or more have open, the most widespread first; what is only expected is shared by none."""
    holders: defaultdict[str, list[str | None]] = defaultdict(list)
    for brand in brands:
        for entry in brand[kind]:
            if is_open(entry):
                holders[entry["topic"]].append(brand["brand"])
    shared = [{"topic": topic, "brands": names} for topic, names in holders.items() if len(names) > 1]
    return sorted(shared, key=lambda row: (-len(row["brands"]), row["topic"]))


def _csv_row(item: Row, brand: Row) -> Row:
    stage, contact = brand["adoption_stage"] or {}, brand["last_contact"] or {}
    shared = {
        f"shared_{kind}": " | ".join(row["topic"] for row in item["shared"][kind] if brand["brand"] in row["brands"])
        for kind in _KINDS
    }
    row = {
        "hcp_id": item["hcp_id"],
        "name": item["name"],
        "as_of": item["as_of"],
        "brand": brand["brand"],
        "known": brand.get("known"),
        "stage": stage.get("stage"),
        "stage_probability": stage.get("probability"),
        **{kind: " | ".join(f"{e['topic']} {e['probability']:.2f}" for e in brand[kind]) for kind in _KINDS},
        **shared,
        "conflicts": len(brand["conflicts"]),
        "open_flags": len(brand["open_flags"]),
        "last_contact": contact.get("date"),
        "last_contact_how": contact.get("how"),
    }
    return {name: row[name] for name in CSV_COLUMNS}
