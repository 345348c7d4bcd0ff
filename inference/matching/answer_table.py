"""Answers as a table: what the CSV says, with types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
        ("decision_id", pa.string()),
    ]
)

_ANSWERS_AT_ONCE = 1024


def answers_table(answers: Iterable[Answer]) -> pa.Table:
    """One row a module with the schema ANSWERS; an answer without modules is one row."""
    parts, waiting = [ANSWERS.empty_table()], list[Answer]()
    for answer in answers:
        waiting.append(answer)
        if len(waiting) == _ANSWERS_AT_ONCE:
            parts.append(_table(waiting))
            waiting.clear()
    return pa.concat_tables([*parts, _table(waiting)])


def _table(answers: Sequence[Answer]) -> pa.Table:
    rows = [
        (answer, rank, module)
        for answer in answers
        for rank, module in (enumerate(answer.modules, start=1) if answer.modules else [(None, None)])
    ]
    cells: dict[str, list[Any]] = {name: [getattr(answer, name) for answer, _, _ in rows] for name in _OF_ANSWER}
    cells["rank"] = [rank for _, rank, _ in rows]
    matched = [module for _, _, module in rows]
    for name in _AS_THEY_ARE:
        cells[name] = [None if module is None else getattr(module, name) for module in matched]
    for name in _OF_MODULE:
        cells[name] = [None if module is None else getattr(module.module, name) for module in matched]
    for name, of in _MADE.items():
        cells[name] = [None if module is None else of(module) for module in matched]
    return pa.Table.from_arrays([pa.array(cells[field.name], field.type) for field in ANSWERS], schema=ANSWERS)


def _addresses(module: MatchedModule) -> list[dict[str, Any]]:
    return [{"topic": need.topic, "polarity": need.polarity, "weight": need.weight} for need in module.addresses]


_OF_ANSWER = ("hcp_id", "brand", "as_of", "suppressed")
_AS_THEY_ARE = ("channel", "score", "propensity", "why", "decision_id")
_OF_MODULE = ("module_id", "title", "text", "approval_id", "approved_at", "expires_at")
_MADE: dict[str, Callable[[MatchedModule], object]] = {
    "claims": lambda module: [claim.text for claim in module.claims],
    "assets": lambda module: [asset.text or asset.asset_id for asset in module.assets],
    "addresses": _addresses,
}
