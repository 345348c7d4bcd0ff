"""Key messages that were shown in calls: content events, and how the physician took them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from ..brands import brand_key
from ..salesforce_ids import whole_id_if_any
from ..table_files import TableFile
from .calls import Call
from .events import Event
from .group_calls import Conversations
from .object_rows import Row, VeevaReader, left_out_none
from .objects import KEY_MESSAGES

_NO_CALL = "key messages of calls that are planned, deleted, rejected or not in the export"
_NO_CHANNEL = "key messages of calls without a channel"


@dataclass(frozen=True)
class ShownMessages:
    """Content events of key messages, and the reaction by call where all its key messages got the same one."""

    events: tuple[Event, ...]
    reactions: dict[str, str]


def read_key_messages(reader: VeevaReader, files: Sequence[TableFile], conversations: Conversations) -> ShownMessages:
    """What was shown to each physician; the messages of a group call's head were shown to every attendee.

    A message that an attendee's own call lists too was shown once. A reaction is that of the call's own messages about
    its brand; a head's says nothing of a single attendee.
    """
    rows = sorted(reader.rows(KEY_MESSAGES, "content_events", files, left_out_none), key=lambda row: row["Id"])
    by_id = {call.id: call for call in conversations.calls}
    shown: dict[tuple[str, object], Event] = {}
    reactions: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        own = by_id.get(row["Call2_vod__c"])
        if own is not None and row["Reaction_vod__c"] and _is_about(row, own.brand):
            reactions[own.id].add(row["Reaction_vod__c"])
    for row in sorted(rows, key=lambda row: row["Call2_vod__c"] in conversations.attendees):
        calls = list(_calls_of(row, by_id, conversations))
        if not calls:
            reader.leave_out("content_events", _NO_CALL)
        elif all(call.channel is None for call in calls):
            reader.leave_out("content_events", _NO_CHANNEL)
        for call in calls:
            if call.channel is not None:
                shown.setdefault((call.id, row["Key_Message_vod__c"] or row["Id"]), _event(row, call, call.channel))
    events = tuple(sorted(shown.values(), key=lambda event: event.event_id))
    return ShownMessages(events, {call: next(iter(told)) for call, told in reactions.items() if len(told) == 1})


def _calls_of(row: Row, by_id: dict[str, Call], conversations: Conversations) -> Iterator[Call]:
    attendees = conversations.attendees.get(row["Call2_vod__c"])
    if attendees:
        yield from attendees
    elif row["Call2_vod__c"] in by_id:
        yield by_id[row["Call2_vod__c"]]


def _is_about(row: Row, brand: str | None) -> bool:
    product = row["Product_vod__r.Name"]
    return product is None or (brand is not None and brand_key(product) == brand_key(brand))


def _event(row: Row, call: Call, channel: str) -> Event:
    content = row["Key_Message_vod__c"]
    return Event(
        event_id=row["Id"] if row["Call2_vod__c"] == call.id else f"{row['Id']}:{call.id}",
        hcp_id=call.account or "",
        timestamp=row["Start_Time_vod__c"] or datetime.combine(call.day, time(), UTC),
        channel=channel,
        action="viewed",
        content_id=whole_id_if_any(content) if content else None,
        brand=row["Product_vod__r.Name"] or call.brand,
        seconds=row["Duration_vod__c"],
    )
