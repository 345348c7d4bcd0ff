"""What comes in: canonical tables, their readers, column maps and rejects."""

from __future__ import annotations

from .column_maps import ColumnMap, TableMap
from .inputs import INPUT_TABLES, InputFile, Inputs, input_file, input_files, load_inputs
from .notices import Notices
from .rejects import Reject, RejectLog, TooManyRejectsError, check_rejects
from .row_count import estimated_rows
from .schemas import TABLES, Column, TableSpec
from .sources import read_rows
from .tables import read_batches, read_table
from .veeva import VeevaMap, load_source

__all__ = [
    "INPUT_TABLES",
    "TABLES",
    "Column",
    "ColumnMap",
    "InputFile",
    "Inputs",
    "Notices",
    "Reject",
    "RejectLog",
    "TableMap",
    "TableSpec",
    "TooManyRejectsError",
    "VeevaMap",
    "check_rejects",
    "estimated_rows",
    "input_file",
    "input_files",
    "load_inputs",
    "load_source",
    "read_batches",
    "read_rows",
    "read_table",
]
