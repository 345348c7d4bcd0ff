"""Consent: what a physician allowed in which channel, limited to what may be concluded from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest

import pyarrow as pa

from ..schemas import CONSENTS as CONSENTS_TABLE
from ..table_files import TableFile
from .object_rows import Row, VeevaReader
from .objects import CONSENTS

_TABLE = "consents"
_LIMITS = ("Product_vod__c", "Detail_Group_vod__c", "Content_Type_vod__c")
_LIMITED = "opt-ins to one product, detail group or content type, which open no channel for the others"
_TRACKING = "consents to be tracked, which open no channel"
_CHANNEL_LABEL = "Consent_Type_vod__r.Channel_Label_vod__c"
_EXPIRES = "Opt_Expiration_Date_vod__c"

Consent = tuple[str, str, str, datetime]
"""(hcp_id, channel, status, captured_at)"""
_Key = tuple[str, str, datetime]
"""(hcp_id, channel, captured_at)"""


def read_consents(reader: VeevaReader, files: Sequence[TableFile]) -> pa.Table:
    """The consents table.

    Of records of one physician and channel captured at the same time, the one with the last id holds. An opt-in that
    expired by `reader.today` is followed by a `pending` on the day after; a later record overrides both.
    """
    latest: dict[_Key, tuple[str, date | None]] = {}
    for row in sorted(reader.rows(CONSENTS, _TABLE, files, _not_read), key=lambda row: row["Id"]):
        channel = _channel(row)
        if channel is None:
            reason = f"no channel: export {_CHANNEL_LABEL}, or RecordType.DeveloperName, too"
            reader.reject(CONSENTS, _TABLE, row, "Channel_Value_vod__c", reason)
            continue
        try:
            expires = _day(row[_EXPIRES])
        except ValueError:
            reader.reject(CONSENTS, _TABLE, row, _EXPIRES, "not an ISO date; write YYYY-MM-DD")
            continue
        latest[row["Account_vod__c"], channel, row["Capture_Datetime_vod__c"]] = (row["Opt_Type_vod__c"], expires)
    consents = list(_with_lapses(latest, reader.today))
    columns = zip(*consents, strict=True) if consents else ([], [], [], [])
    return pa.table(dict(zip(CONSENTS_TABLE.names, map(list, columns), strict=True)), schema=CONSENTS_TABLE.schema)


def _with_lapses(records: Mapping[_Key, tuple[str, date | None]], today: date) -> Iterator[Consent]:
    """The records in their order; an opt-in that nothing followed while it held lapses on the day after its last."""
    keys = sorted(records)
    for key, following in zip_longest(keys, keys[1:]):
        account, channel, captured_at = key
        status, expires = records[key]
        yield account, channel, status, captured_at
        if status != "opt_in" or expires is None or expires >= today:
            continue
        lapsed = max(captured_at, datetime.combine(expires + timedelta(days=1), time(), UTC))
        if following is None or following[:2] != key[:2] or following[2] > lapsed:
            yield account, channel, "pending", lapsed


def _channel(row: Row) -> str | None:
    """Of the consent's type, else of its record type; else e-mail where the value that it is for is an address."""
    label: str | None = row[_CHANNEL_LABEL]
    if label:
        return label
    is_address = "@" in (row["Channel_Value_vod__c"] or "")
    return "email" if is_address or row["RecordType.DeveloperName"] == "email" else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _not_read(row: Row) -> str | None:
    if row["RecordType.DeveloperName"] == "tracking":
        return _TRACKING
    if row["Opt_Type_vod__c"] == "opt_in" and any(row[name] for name in _LIMITS):
        return _LIMITED
    return None
