"""Answers as a table: what the CSV says, with types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
import pyarrow as pa

from ..records.catalogue import Module
from .answer import Answer, MatchedModule
from .needs import Need

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

_CODED = pa.schema(
    [
        field.with_type(pa.dictionary(pa.int32(), pa.string())) if field.name in ("title", "text") else field
        for field in ANSWERS
    ]
)
_NO_MODULE = (None,) * len(MatchedModule._fields)
_ANSWERS_AT_ONCE = 4096


def answers_table(answers: Iterable[Answer]) -> pa.Table:
    """One row a module with the schema ANSWERS; an answer without modules is one row."""
    return coded_table(answers).cast(ANSWERS)


def coded_table(answers: Iterable[Answer]) -> pa.Table:
    """The same, but dictionaries hold title and text: much smaller, and `cast` to ANSWERS makes it the same."""
    parts, waiting = [_CODED.empty_table()], iter(answers)
    while some := list(islice(waiting, _ANSWERS_AT_ONCE)):
        parts.append(_table(some))
    return pa.concat_tables(parts)


def _table(answers: Sequence[Answer]) -> pa.Table:
    rows = [each for answer in answers for each in answer.modules or (_NO_MODULE,)]
    cells = dict(zip(MatchedModule._fields, zip(*rows, strict=True), strict=True))
    counts = [len(answer.modules) for answer in answers]
    whose = np.repeat(np.arange(len(answers)), np.maximum(counts, 1))
    columns = {
        name: pa.array([getattr(answer, name) for answer in answers], ANSWERS.field(name).type).take(whose)
        for name in ("hcp_id", "brand", "as_of", "suppressed")
    }
    columns["rank"] = pa.array([rank for each in counts for rank in range(1, each + 1) or (None,)], pa.int32())
    for name in ("channel", "score", "propensity", "why", "decision_id"):
        columns[name] = pa.array(cells[name], ANSWERS.field(name).type)
    columns["addresses"] = _addresses(cells["addresses"])
    told = {id(each.module): each for answer in answers for each in answer.modules}
    columns |= _modules(cells["module"], list(told.values()))
    return pa.Table.from_arrays([columns[name] for name in _CODED.names], schema=_CODED)


def _addresses(addressed: Sequence[Sequence[Need] | None]) -> pa.ListArray:
    needs = [need for of_one in addressed for need in of_one or ()]
    columns = {name: [getattr(need, name) for need in needs] for name in _NEED.names}
    structs = pa.StructArray.from_arrays(
        [pa.array(columns[field.name], field.type) for field in _NEED], fields=list(_NEED)
    )
    ends = np.cumsum([0, *(len(of_one or ()) for of_one in addressed)])
    is_missing = pa.array([of_one is None for of_one in addressed], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), structs, mask=is_missing)


def _modules(modules: Sequence[Module | None], told: Sequence[MatchedModule]) -> dict[str, pa.Array]:
    """The columns that say of each row what its module says, taken from those `told`, where each module is once."""
    place_of = {id(each.module): place for place, each in enumerate(told)}
    places = pa.array([None if module is None else place_of[id(module)] for module in modules], pa.int32())
    cells = {
        name: [getattr(each.module, name) for each in told]
        for name in ("module_id", "title", "text", "approval_id", "approved_at", "expires_at")
    }
    cells["claims"] = [[claim.text for claim in each.claims] for each in told]
    cells["assets"] = [[asset.text or asset.asset_id for asset in each.assets] for each in told]
    columns = {name: pa.array(column, ANSWERS.field(name).type) for name, column in cells.items()}
    return {
        name: pa.DictionaryArray.from_arrays(places, column)
        if pa.types.is_dictionary(_CODED.field(name).type)
        else column.take(places)
        for name, column in columns.items()
    }
