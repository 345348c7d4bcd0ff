"""Results for people: one page that opens without network, and a summary for the terminal."""

from .named_results import NamedResult, named_result, read_results, result_folders
from .page import render_report, write_report
from .terminal import summary

__all__ = [
    "NamedResult",
    "named_result",
    "read_results",
    "render_report",
    "result_folders",
    "summary",
    "write_report",
]
