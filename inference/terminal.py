"""What pages for people are printed on: rich's console, which here styles data and never obeys it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from .control_characters import without_controls


class Terminal(Console):
    """A console on which control characters of data are U+FFFD; its own styles are sequences as ever."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Text without controls before it is laid out, so that nothing is cut off for the room that U+FFFD takes."""
        return super().render(_shown(renderable), options)


def _shown(renderable: RenderableType) -> RenderableType:
    if isinstance(renderable, str):
        return without_controls(renderable)
    if isinstance(renderable, Text) and (shown := without_controls(renderable.plain)) != renderable.plain:
        copied = renderable.copy()
        copied.plain = shown
        return copied
    return renderable
