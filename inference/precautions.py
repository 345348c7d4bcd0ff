"""What rejected rows forbid until somebody has mended them: they may have been a refusal, or a flag opened again.

The rejects of every function speak canonically (`rejected_records.canonical_records`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time

import pyarrow as pa

from .records.nearest import plain_form
from .records.schemas import ACTIONS, CHANNELS, CONSENTS, DISPOSITIONS_TABLE, FLAG_KINDS, TableSpec
from .rejected_records import record_fields

_WORD = re.compile(r"[\w-]+")
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


def refusals(
    rejects: pa.Table, consents: pa.Table, physicians: Collection[str], as_of: date, until: date = date.max
) -> pa.Table:
    """CONSENTS rows for rejected consents, and for rejected events that may be an opt-out.

    Whatever such a row said, nothing may be sent from its own time on, or at any time where that cannot be read: a
    refusal stands at that moment, beside every later consent of its physician and channel, and at the end of `as_of`.
    A row without a readable channel closes every channel; one that could not be split into fields does so for every
    physician whom it names.

    Args:
        rejects: rejected rows.
        consents: those that are used.
        physicians: known ids.
        as_of: the day that the run looks from.
        until: rows of later days say nothing.
    """
    end = datetime.combine(as_of, time.max, UTC)
    earliest: dict[tuple[str, str], datetime] = {}
    for table, record in zip(rejects["table"].to_pylist(), rejects["record"].to_pylist(), strict=True):
        for hcp_id, channel, moment in _refused(table, record or "", physicians):
            if moment.date() <= until:
                earliest[hcp_id, channel] = min(moment, earliest.get((hcp_id, channel), end))
    given = defaultdict(set)
    for hcp_id, channel, moment in zip(*(consents[name].to_pylist() for name in _OF_CONSENT), strict=True):
        given[hcp_id, channel].add(moment)
    rows = [
        (*pair, "never", moment)
        for pair, first in sorted(earliest.items())
        for moment in sorted({first, end} | {later for later in given[pair] if later > first})
    ]
    return _table(rows, CONSENTS)


_OF_CONSENT = ("hcp_id", "channel", "captured_at")


def reopenings(rejects: pa.Table, as_of: date) -> pa.Table:
    """DISPOSITIONS rows for rejected ones: whatever they decided, the flag stays open.

    A row without a readable kind opens every kind of its note.
    """
    rows = []
    for table, record in zip(rejects["table"].to_pylist(), rejects["record"].to_pylist(), strict=True):
        fields = (record_fields(record) or {}) if table == "dispositions" else {}
        if fields.get("note_id"):
            kind = plain_form(str(fields.get("kind")))
            rows += [
                (str(fields["note_id"]), each, "open", as_of, "a decision about it could not be read")
                for each in ((kind,) if kind in FLAG_KINDS else FLAG_KINDS)
            ]
    return _table(rows, DISPOSITIONS_TABLE)


def _refused(table: str, record: str, physicians: Collection[str]) -> Iterator[tuple[str, str, datetime]]:
    """Physician, channel and since when, of a row that may be a refusal."""
    if table not in ("consents", "content_events"):
        return
    fields = record_fields(record)
    if fields is None:
        if table == "consents" or "unsub" in record.lower():
            named = sorted(set(_WORD.findall(record)) & set(physicians))
            yield from ((hcp_id, channel, _LONG_AGO) for hcp_id in named for channel in CHANNELS)
        return
    action = plain_form(str(fields.get("action")))
    is_harmless = table == "content_events" and action in ACTIONS and action != "unsubscribed"
    if is_harmless or not fields.get("hcp_id"):
        return
    channel = plain_form(str(fields.get("channel")))
    moment = _moment(fields.get("captured_at" if table == "consents" else "timestamp"))
    for each in (channel,) if channel in CHANNELS else CHANNELS:
        yield str(fields["hcp_id"]), each, moment


def _moment(value: object) -> datetime:
    """The moment that is written, if it is; long ago else."""
    try:
        found = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return _LONG_AGO
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _table(rows: Sequence[tuple[object, ...]], spec: TableSpec) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in spec.names)
    return pa.table(dict(zip(spec.names, map(list, columns), strict=True)), schema=spec.schema)
