"""What speaks for a need, in the evidence shape of every hcplens answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Evidence:
    """A quote or an event; `start` and `end` are code points of the source's text, None where it is no text."""

    source: str
    id: str
    date: date | None
    start: int | None
    end: int | None
    text: str | None

    def to_json(self) -> dict[str, Any]:
        """The evidence shape of every hcplens answer."""
        return {
            "source": self.source,
            "id": self.id,
            "date": self.date.isoformat() if self.date else None,
            "start": self.start,
            "end": self.end,
            "text": self.text,
        }
