"""What became of suggestions: feedback that Veeva CRM keeps, joined to the external ids that we gave them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..notices import Notices
from ..rejects import RejectLog
from .export_files import ExportFiles, require_object
from .object_rows import Row, VeevaReader, left_out_none
from .objects import FEEDBACKS, SUGGESTIONS
from .veeva_map import VeevaMap

_TABLE = "outcomes"
_EXTERNAL_ID = "Suggestion_vod__r.Suggestion_External_Id_vod__c"
_ELSEWHERE = "feedbacks on suggestions that are not ours, or not in the export"

OUTCOMES = pa.schema(
    [
        pa.field("outcome_id", pa.string(), nullable=False),
        pa.field("suggestion_id", pa.string(), nullable=False),  # the external id that `match --format veeva` wrote
        pa.field("outcome", pa.string(), nullable=False),  # completed | dismissed | executed
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("rep_id", pa.string()),
    ]
)


def read_feedback(
    path: Path, names: VeevaMap, rejects: RejectLog, notices: Notices, today: date | None = None
) -> pa.Table:
    """OUTCOMES from Suggestion_Feedback_vod__c, in the order of their times and ids; several of one suggestion stay.

    The external id stands in the feedback itself (the looked-up field), or in a file of Suggestion_vod__c beside it.

    Raises:
        InputError: no file of Suggestion_Feedback_vod__c, or what `read_batches` raises.
    """
    files = ExportFiles.of({_TABLE: path}, notices)
    require_object(files, FEEDBACKS.name, path)
    reader = VeevaReader(names, rejects, notices, today or date.today())
    suggestions = reader.rows(SUGGESTIONS, _TABLE, files.objects.get(SUGGESTIONS.name, ()), left_out_none)
    external = {row["Id"]: row["Suggestion_External_Id_vod__c"] for row in suggestions}
    outcomes = []
    for row in reader.rows(FEEDBACKS, _TABLE, files.objects[FEEDBACKS.name], left_out_none):
        suggestion_id = row[_EXTERNAL_ID] or external.get(row["Suggestion_vod__c"])
        if suggestion_id is None:
            reader.leave_out(_TABLE, _ELSEWHERE)
        else:
            outcomes.append(_outcome(row, suggestion_id))
    reader.finish()
    return pa.Table.from_pylist(sorted(outcomes, key=lambda row: (row["at"], row["outcome_id"])), schema=OUTCOMES)


def _outcome(row: Row, suggestion_id: str) -> dict[str, Any]:
    return {
        "outcome_id": row["Id"],
        "suggestion_id": suggestion_id,
        "outcome": row["RecordType.DeveloperName"],
        "at": row["CreatedDate"],
        "rep_id": row["CreatedById"],
    }
