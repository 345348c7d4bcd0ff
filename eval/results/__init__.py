"""What an evaluation found, and the files it is kept in."""

from .figure import ALL, Better, Figure, ItemSet, measured, part_of, reading
from .pictures import Bin, Confusion, Example, Mark, Reliability
from .result import Provenance, Result
from .result_folder import RESULT_FILE, read_result, write_result

__all__ = [
    "ALL",
    "RESULT_FILE",
    "Better",
    "Bin",
    "Confusion",
    "Example",
    "Figure",
    "ItemSet",
    "Mark",
    "Provenance",
    "Reliability",
    "Result",
    "measured",
    "part_of",
    "read_result",
    "reading",
    "write_result",
]
