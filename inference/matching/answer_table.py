"""Answers as a table: what the CSV says, with types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
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
        (answer, rank, matched)
        for answer in answers
        for rank, matched in (enumerate(answer.modules, start=1) if answer.modules else [(None, None)])
    ]
    matched = [each for _, _, each in rows]
    columns = {
        name: pa.array([getattr(answer, name) for answer, _, _ in rows], ANSWERS.field(name).type)
        for name in ("hcp_id", "brand", "as_of", "suppressed")
    }
    columns["rank"] = pa.array([rank for _, rank, _ in rows], pa.int32())
    for name in ("channel", "score", "propensity", "why", "decision_id"):
        column = [None if each is None else getattr(each, name) for each in matched]
        columns[name] = pa.array(column, ANSWERS.field(name).type)
    columns["addresses"] = _addresses(matched)
    columns |= _modules(matched)
    return pa.Table.from_arrays([columns[name] for name in ANSWERS.names], schema=ANSWERS)


def _addresses(matched: Sequence[MatchedModule | None]) -> pa.ListArray:
    addressed = [() if each is None else each.addresses for each in matched]
    needs = [need for of_one in addressed for need in of_one]
    columns = {name: [getattr(need, name) for need in needs] for name in _NEED.names}
    structs = pa.StructArray.from_arrays(
        [pa.array(columns[field.name], field.type) for field in _NEED], fields=list(_NEED)
    )
    ends = np.cumsum([0, *(len(of_one) for of_one in addressed)])
    is_missing = pa.array([each is None for each in matched], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), structs, mask=is_missing)


def _modules(matched: Sequence[MatchedModule | None]) -> dict[str, pa.Array]:
    """The columns that say of each row what its module says; each module is told once and taken from there."""
    told = {id(each.module): each for each in matched if each is not None}
    place_of = {key: place for place, key in enumerate(told)}
    places = pa.array([None if each is None else place_of[id(each.module)] for each in matched], pa.int64())
    cells = {
        name: [getattr(each.module, name) for each in told.values()]
        for name in ("module_id", "title", "text", "approval_id", "approved_at", "expires_at")
    }
    cells["claims"] = [[claim.text for claim in each.claims] for each in told.values()]
    cells["assets"] = [[asset.text or asset.asset_id for asset in each.assets] for each in told.values()]
    return {name: pa.array(column, ANSWERS.field(name).type).take(places) for name, column in cells.items()}
