"""What the service keeps: keys, events and decisions, in one SQLite file, durable before it is acknowledged."""

from .events import ContentEvent, EventOutcome
from .keys import KeyRecord
from .sqlite_file import is_sqlite_file
from .store import ServiceStore

__all__ = ["ContentEvent", "EventOutcome", "KeyRecord", "ServiceStore", "is_sqlite_file"]
