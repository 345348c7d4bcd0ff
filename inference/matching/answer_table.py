"""Answers as a table: what the CSV says, with types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from .answer import Answer, MatchedModule

_NEED = pa.struct([("topic", pa.string()), ("polarity", pa.string()), ("weight", pa.float64())])
ANSWERS = pa.schema(
    [
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("as_of", pa.date32()),
        ("suppressed", pa.string()),  # why nothing may be shown; null otherwise
        ("rank", pa.int32()),  # null, like all that follows, where there is no module
        ("module_id", pa.string()),
        ("channel", pa.string()),
        ("score", pa.float64()),
        ("propensity", pa.float64()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("claims", pa.list_(pa.string())),
        ("assets", pa.list_(pa.string())),
        ("approval_id", pa.string()),
        ("approved_at", pa.date32()),
        ("expires_at", pa.date32()),
        ("addresses", pa.list_(_NEED)),
        ("why", pa.string()),
    ]
)


def answers_table(answers: Iterable[Answer]) -> pa.Table:
    """One row a module with the schema ANSWERS; an answer without modules is one row."""
    return pa.Table.from_pylist([row for answer in answers for row in _rows(answer)], schema=ANSWERS)


def _rows(answer: Answer) -> Iterator[dict[str, Any]]:
    shared = {
        "hcp_id": answer.hcp_id,
        "brand": answer.brand,
        "as_of": answer.as_of,
        "suppressed": answer.suppressed,
    }
    for rank, module in enumerate(answer.modules, start=1):
        yield {**shared, "rank": rank, **_module_cells(module)}
    if not answer.modules:
        yield shared


def _module_cells(module: MatchedModule) -> dict[str, Any]:
    return {
        "module_id": module.module_id,
        "channel": module.channel,
        "score": module.score,
        "propensity": module.propensity,
        "title": module.title,
        "text": module.text,
        "claims": [claim.text for claim in module.claims],
        "assets": [asset.text or asset.asset_id for asset in module.assets],
        "approval_id": module.approval.id,
        "approved_at": module.approval.approved_at,
        "expires_at": module.approval.expires_at,
        "addresses": [
            {"topic": need.topic, "polarity": need.polarity, "weight": need.weight} for need in module.addresses
        ],
        "why": module.why,
    }
