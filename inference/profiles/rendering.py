"""Bars of probabilities and shares for the terminal."""

from __future__ import annotations

BAR_WIDTH = 10


def bar(probability: float) -> str:
    """A bar of ten cells, filled to the nearest tenth."""
    filled = round(probability * BAR_WIDTH)
    return "█" * filled + "░" * (BAR_WIDTH - filled)


def interval_bar(probability: float, low: float, high: float) -> str:
    """Ten cells: filled up to the low end, shaded up to the high end, and a mark at the probability."""
    first, last = round(low * BAR_WIDTH), round(high * BAR_WIDTH)
    cells = ["█" if cell < first else "▒" if cell < last else "░" for cell in range(BAR_WIDTH)]
    cells[min(int(probability * BAR_WIDTH), BAR_WIDTH - 1)] = "┃"
    return "".join(cells)
