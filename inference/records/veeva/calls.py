"""Calls, as reps reported them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..brands import brand_key
from ..table_files import TableFile
from .object_rows import Row, VeevaReader
from .objects import CALLS, NO_CHANNEL

_NOT_REPORTED = {"planned": "calls that are planned", "saved": "calls that are saved and not submitted"}
_PRODUCT_SEPARATOR = ";"
_BETWEEN_FIELDS = "\n\n"


@dataclass(frozen=True, slots=True)
class Call:
    """A submitted call; `row` is the row that it was read from, kept only where no account is named."""

    id: str
    account: str | None
    day: date
    channel: str | None
    text: str
    products: tuple[str, ...]
    rep: str | None
    parent: str | None
    row: Row | None = None

    @classmethod
    def of(cls, row: Row) -> Call:
        """The call of a row of Call2_vod__c."""
        channel, parent = row["Call_Channel_vod__c"], row["Parent_Call_vod__c"]
        return cls(
            id=row["Id"],
            account=row["Account_vod__c"],
            day=row["Call_Date_vod__c"],
            channel=None if channel == NO_CHANNEL else channel,
            text=note_text(row["Call_Comments_vod__c"], row["Next_Call_Notes_vod__c"]),
            products=products_of(row["Detailed_Products_vod__c"]),
            rep=row["User_vod__c"],
            parent=None if parent == row["Id"] else parent,
            row=row if row["Account_vod__c"] is None else None,
        )

    @property
    def brand(self) -> str | None:
        """The only product detailed; of several the only one that the text names; else none.

        What is said in a call about several products belongs to none of them for certain.
        """
        if len(self.products) == 1:
            return self.products[0]
        named = [product for product in self.products if _names(self.text, product)]
        return named[0] if len(named) == 1 else None


def read_calls(reader: VeevaReader, files: Sequence[TableFile]) -> list[Call]:
    """Submitted calls in the order of their ids; what is planned or only saved is no conversation."""
    rows = reader.rows(CALLS, "notes", files, _not_reported)
    return sorted(map(Call.of, rows), key=lambda call: call.id)


def note_text(comments: str | None, next_call_notes: str | None) -> str:
    """Both fields as one text, comments first, an empty line between; the second is left out where it only repeats."""
    first, second = comments or "", next_call_notes or ""
    if repeats(second, first):
        return first
    if repeats(first, second):
        return second
    return f"{first}{_BETWEEN_FIELDS}{second}"


def repeats(part: str, whole: str) -> bool:
    """Whether all of a text stands in another, which it does if it is empty; case and white space do not count."""
    return not part.strip() or f" {_form(part)} " in f" {_form(whole)} "


def products_of(detailed: str | None) -> tuple[str, ...]:
    """The products of a list separated by `;`, each once, in their order."""
    names = [name.strip() for name in (detailed or "").split(_PRODUCT_SEPARATOR)]
    return tuple({brand_key(name): name for name in reversed(names) if name}.values())[::-1]


def _form(text: str) -> str:
    return " ".join(text.casefold().split())


def _names(text: str, product: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(product.casefold())}(?!\w)", text.casefold()) is not None


def _not_reported(row: Row) -> str | None:
    return _NOT_REPORTED.get(row["Status_vod__c"] or "")
