"""Veeva CRM: an export of its objects read into canonical tables, and feedback on suggestions into outcomes."""

from .export import exported_files, read_export, read_exported_notes, with_whole_ids
from .export_files import TABLE_OBJECTS
from .feedback import OUTCOMES, read_feedback
from .veeva_map import VeevaMap, load_source

__all__ = [
    "OUTCOMES",
    "TABLE_OBJECTS",
    "VeevaMap",
    "exported_files",
    "load_source",
    "read_export",
    "read_exported_notes",
    "read_feedback",
    "with_whole_ids",
]
