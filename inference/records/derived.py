"""Derived tables: what the stages hand to one another and what a run publishes.

`source` says which record a span points into (note, survey, event) and `source_id` which one; `start` and `end` are
Unicode code points of the original text, null where the evidence is not a piece of text (a picklist, a click).
"""

from __future__ import annotations

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")

EVIDENCE = pa.struct(
    [
        ("source", pa.string()),  # note | survey | event
        ("id", pa.string()),
        ("date", pa.date32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("text", pa.string()),
    ]
)

STATEMENTS = pa.schema(
    [
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("date", pa.date32()),
        ("rep_id", pa.string()),
        ("topic", pa.string()),
        ("polarity", pa.string()),  # driver | barrier
        ("status", pa.string()),  # current | resolved | hypothetical
        ("holder", pa.string()),  # hcp | other | rep
        ("probability", pa.float64()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("evidence", pa.string()),
        ("masked", pa.bool_()),
        ("annotator", pa.string()),  # heads@VERSION | picklist | scale | choice | file
    ]
)

USE_STATEMENTS = pa.schema(
    [
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("date", pa.date32()),
        ("use", pa.string()),  # unaware | considering | trial | adopter | advocate | lapsed, the likeliest
        ("shares", pa.list_(pa.float64())),  # the probability of each of these six, in this order
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("evidence", pa.string()),
        ("masked", pa.bool_()),
        ("annotator", pa.string()),
    ]
)

CHANNEL_STATEMENTS = pa.schema(
    [
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("hcp_id", pa.string()),
        ("date", pa.date32()),
        ("channel", pa.string()),
        ("stance", pa.string()),  # prefers | avoids
        ("probability", pa.float64()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("evidence", pa.string()),
        ("masked", pa.bool_()),
        ("annotator", pa.string()),
    ]
)

FLAGS = pa.schema(
    [
        ("flag_id", pa.string()),
        ("note_id", pa.string()),  # the record's id: a note's, or a survey response's
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("date", pa.date32()),
        ("aware_at", pa.date32()),  # the day of the record; null where it has none
        ("detected_at", pa.date32()),  # the day the run looked from
        ("due_at", pa.date32()),
        ("kind", pa.string()),
        ("probability", pa.float64()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("evidence", pa.string()),
        ("masked", pa.bool_()),
        ("detector", pa.string()),  # rule:NAME | tagger@VERSION | both, joined by "+"
        ("disposition", pa.string()),  # open | closed
        ("decided_at", pa.date32()),
        ("reason", pa.string()),
    ]
)

REDACTIONS = pa.schema(
    [
        ("note_id", pa.string()),
        ("kind", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
    ]
)

PROFILES = pa.schema(
    [
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("topic", pa.string()),
        ("polarity", pa.string()),
        ("state", pa.string()),  # open | contradicted | resolved | reopened
        ("probability", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("trend", pa.string()),  # rising | steady | falling
        ("first_seen", pa.date32()),
        ("last_seen", pa.date32()),
        ("evidence", pa.list_(EVIDENCE)),  # newest first
    ]
)

TRANSITIONS = pa.schema(
    [
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("topic", pa.string()),
        ("polarity", pa.string()),
        ("date", pa.date32()),
        ("from_state", pa.string()),  # null at the first one
        ("to_state", pa.string()),
        ("cause", pa.string()),
        ("evidence", EVIDENCE),
    ]
)

CONFLICTS = pa.schema(
    [
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("topic", pa.string()),  # a topic, channel_preference or consent
        ("between", pa.list_(pa.string())),
        ("what", pa.string()),
        ("evidence", pa.list_(EVIDENCE)),
    ]
)

CHANNEL_PREFERENCES = pa.schema(
    [
        ("hcp_id", pa.string()),
        ("channel", pa.string()),
        ("p_engage", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("rank", pa.int32()),
        ("exposures", pa.int32()),
        ("responses", pa.int32()),
        ("stated", pa.string()),  # prefers | avoids | null
        ("consented", pa.bool_()),
        ("why", pa.string()),
        ("evidence", pa.list_(EVIDENCE)),
    ]
)

STAGES = pa.schema(
    [
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("stage", pa.string()),  # unaware | aware | trial | adopter | advocate | lapsed
        ("probability", pa.float64()),
        ("since", pa.date32()),  # the day of the note or answer since which it is the likeliest
        ("why", pa.string()),
        ("evidence", pa.list_(EVIDENCE)),
    ]
)

REJECTS = pa.schema(
    [
        ("table", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),  # 1-based line of the file (CSV, JSONL) or row (Parquet); null for a whole file
        ("field", pa.string()),
        ("value", pa.string()),  # shortened to 200 characters
        ("reason", pa.string()),
        ("record", pa.string()),  # the whole row as JSON, so that nothing is lost
    ]
)
