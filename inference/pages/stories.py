"""Stories: how each topic and the adoption stage came to be where they are, from the transitions of the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from .physician_page import Moment, Quotation
from .wording import plain, turn

Subject = tuple[str, str | None, str, str | None]
"""Physician, brand, topic and polarity; the adoption stage has no polarity."""


def stories(transitions: Iterable[Mapping[str, Any]]) -> dict[Subject, tuple[Moment, ...]]:
    """The moments of each subject, oldest first, from rows of TRANSITIONS."""
    found: defaultdict[Subject, list[Moment]] = defaultdict(list)
    for row in transitions:
        found[row["hcp_id"], row["brand"], row["topic"], row["polarity"]].append(_moment(row))
    return {subject: tuple(sorted(moments, key=lambda moment: moment.day)) for subject, moments in found.items()}


def quotation(evidence: Mapping[str, Any]) -> Quotation:
    """An EVIDENCE struct as a page shows it."""
    return Quotation(evidence["text"], evidence["source"], evidence["id"], evidence["date"])


def _moment(row: Mapping[str, Any]) -> Moment:
    before, after, polarity, cause = (row[name] for name in ("from_state", "to_state", "polarity", "cause"))
    what = plain(after) if polarity is None else turn(before, after, polarity, cause)
    return Moment(row["date"], what, after, cause, quotation(row["evidence"]) if row["evidence"] else None)
