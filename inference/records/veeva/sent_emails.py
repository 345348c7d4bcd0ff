"""Approved e-mails: what was sent, what arrived, what was opened and clicked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..salesforce_ids import whole_id_if_any
from ..table_files import TableFile
from .events import Event
from .object_rows import Row, VeevaReader
from .objects import SENT_EMAILS

_TABLE = "content_events"
_NOT_READ = {
    "unsent": "e-mails that were never sent, or only head a group of e-mails",
    "lost": "e-mails that bounced or were dropped, and so were shown to nobody",
}
_YES = frozenset({"true", "1"})
_ARRIVED = frozenset({"delivered", "unsubscribed"})


def read_sent_emails(reader: VeevaReader, files: Sequence[TableFile]) -> Iterator[Event]:
    """Up to five events an e-mail, in the order of its id: sent, delivered, opened, clicked, unsubscribed."""
    rows = reader.rows(SENT_EMAILS, _TABLE, files, _not_read)
    for row in sorted(rows, key=lambda row: row["Id"]):
        if row["Email_Sent_Date_vod__c"] is None:
            reader.reject(SENT_EMAILS, _TABLE, row, "Email_Sent_Date_vod__c", "empty, but required of what was sent")
        else:
            yield from _events(row)


def _events(row: Row) -> Iterator[Event]:
    """An open, however often, is one event at the time of the last one, the only time that is kept; so is a click."""
    sent = row["Email_Sent_Date_vod__c"]
    clicked = _happened(row["Clicked_vod__c"], row["Click_Count_vod__c"])
    opened = clicked or _happened(row["Opened_vod__c"], row["Open_Count_vod__c"])
    times = {"sent": sent}
    if opened or row["Status_vod__c"] in _ARRIVED:
        times["delivered"] = sent
    if opened:
        times["opened"] = row["Last_Open_Date_vod__c"] or row["Last_Click_Date_vod__c"] or sent
    if clicked:
        times["clicked"] = row["Last_Click_Date_vod__c"] or row["Last_Open_Date_vod__c"] or sent
    if row["Status_vod__c"] == "unsubscribed":
        times["unsubscribed"] = row["Last_Activity_Date_vod__c"] or max(times.values())
    template = row["Approved_Email_Template_vod__c"]
    for action, at in times.items():
        yield Event(
            event_id=f"{row['Id']}:{action}",
            hcp_id=row["Account_vod__c"],
            timestamp=at,
            channel="email",
            action=action,
            content_id=whole_id_if_any(template) if template else None,
            brand=row["Product_vod__r.Name"],
        )


def _happened(flag: str | None, count: float | None) -> bool:
    return flag in _YES or (count or 0) > 0


def _not_read(row: Row) -> str | None:
    return _NOT_READ.get(row["Status_vod__c"] or "")
