"""What `annotate` writes: one JSON object a line, or the same records as Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import InputError

Record = dict[str, Any]

_SPAN = [("probability", pa.float64()), ("start", pa.int32()), ("end", pa.int32()), ("evidence", pa.string())]
_MASKED = ("masked", pa.bool_())
_STATEMENT = [(name, pa.string()) for name in ("topic", "polarity", "status", "holder")]
ANNOTATIONS = pa.schema(
    [
        ("note_id", pa.string()),
        ("insights", pa.list_(pa.struct([*_STATEMENT, *_SPAN, _MASKED, ("source", pa.string())]))),
        (
            "channel_preferences",
            pa.list_(pa.struct([("channel", pa.string()), ("stance", pa.string()), *_SPAN, _MASKED])),
        ),
        ("flags", pa.list_(pa.struct([("kind", pa.string()), *_SPAN, _MASKED]))),
        ("redactions", pa.list_(pa.struct([("kind", pa.string()), ("start", pa.int32()), ("end", pa.int32())]))),
        ("use", pa.struct([("use", pa.string()), *_SPAN, _MASKED])),
        ("unread", pa.string()),
    ]
)
LABELS = pa.schema([("id", pa.string()), ("labels", pa.list_(pa.struct([("label", pa.string()), *_SPAN])))])


class RecordWriter(Protocol):
    """Takes records batch by batch."""

    def write(self, records: Sequence[Record]) -> None:
        """Append them."""
        ...


@contextmanager
def record_writer(path: Path, target: Path, schema: pa.Schema) -> Iterator[RecordWriter]:
    """A writer to `path` in the format that the name of `target` asks for (.jsonl or .parquet).

    Raises:
        InputError: another suffix.
    """
    if target.suffix == ".parquet":
        with pq.ParquetWriter(path, schema, compression="zstd") as file:
            yield _Parquet(file, schema)
    elif target.suffix in (".jsonl", ".ndjson"):
        with path.open("wb") as stream:
            yield _JsonLines(stream)
    else:
        raise InputError(f"cannot tell the format of {target}: name it .jsonl or .parquet")


class _JsonLines:
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, records: Sequence[Record]) -> None:
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        self._stream.write("".join(lines).encode())


class _Parquet:
    def __init__(self, file: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._file = file
        self._schema = schema

    def write(self, records: Sequence[Record]) -> None:
        self._file.write_table(pa.Table.from_pylist(list(records), schema=self._schema))
