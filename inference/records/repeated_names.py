"""JSON whose objects may name a field more than once: `json` keeps the last value and says nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class JsonReading:
    """A JSON value, and the values of each name that an object in it has more than once, in their order."""

    value: Any
    repeated: Mapping[str, list[Any]]

    @classmethod
    def of(cls, text: str | bytes) -> JsonReading:
        """Read a JSON text; raises what `json.loads` raises."""
        repeated: dict[str, list[Any]] = {}

        def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            if len(fields := dict(pairs)) < len(pairs):
                twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
                repeated.update({name: [value for other, value in pairs if other == name] for name in twice})
            return fields

        return cls(json.loads(text, object_pairs_hook=noted), repeated)
