"""How much of a note is familiar: what other physicians' old notes have as well.

A physician's own old notes never count, for old notes and new ones alike. So both sides are measured with the same
stick, and a period drawn from the same notes is as familiar as the old one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from ..metrics import Floats
from .period import PeriodNote


def unseen(before: Sequence[PeriodNote], now: Sequence[PeriodNote], pieces: Callable[[str], Iterable[str]]) -> Floats:
    """(n, 2) pieces (words, characters) of each note, old ones first: those unfamiliar, and all."""
    users = physicians_by_piece(before, pieces)
    return np.array([_count(note, pieces, users) for note in (*before, *now)], dtype=np.float64)


def physicians_by_piece(notes: Sequence[PeriodNote], pieces: Callable[[str], Iterable[str]]) -> dict[str, set[str]]:
    """Of whom each piece is used."""
    users: dict[str, set[str]] = {}
    for note in notes:
        for piece in set(pieces(note.text or "")):
            users.setdefault(piece, set()).add(note.physician)
    return users


def _count(note: PeriodNote, pieces: Callable[[str], Iterable[str]], users: Mapping[str, set[str]]) -> tuple[int, int]:
    found = Counter(pieces(note.text or ""))
    strange = sum(count for piece, count in found.items() if users.get(piece, set()) <= {note.physician})
    return strange, sum(found.values())
