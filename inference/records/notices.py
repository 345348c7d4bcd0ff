"""What a user should know about a reading that is no error."""

from __future__ import annotations

from collections.abc import Iterator


def counted(count: int, noun: str) -> str:
    """The count with its noun, which takes an s unless there is exactly one: `1 row`, `12,000 rows`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


class Notices:
    """Sentences in the order they were noticed, each once."""

    def __init__(self) -> None:
        self._messages: dict[str, None] = {}

    def add(self, message: str) -> None:
        """Keep the message unless it was said before."""
        self._messages[message] = None

    @property
    def messages(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._messages)

    def __iter__(self) -> Iterator[str]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)
