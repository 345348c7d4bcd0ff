"""The run folder: published whole, read back with its digests checked."""

from .atomic_file import published_file
from .manifest import AssistanceRecord, InputFileRecord, Manifest, PromptRecord, PublishedFile
from .owner_only import make_owner_only, write_owner_only
from .publishing import published_folder, require_publishable
from .run_folder import RAW_TABLES, Run, write_run

__all__ = [
    "RAW_TABLES",
    "AssistanceRecord",
    "InputFileRecord",
    "Manifest",
    "PromptRecord",
    "PublishedFile",
    "Run",
    "make_owner_only",
    "published_file",
    "published_folder",
    "require_publishable",
    "write_owner_only",
    "write_run",
]
