from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from hcplens.eval.drift import Claim, Period, PeriodNote

WORDS = tuple(f"{first}{last}" for first in ("ka", "lo", "mi", "ru", "te", "so") for last in "bdfgklmnprst")
TOPICS = ("coverage barrier", "cost barrier", "efficacy driver", "safety barrier")

DrawPeriod = Callable[..., Period]


@pytest.fixture(scope="session")
def draw_period() -> DrawPeriod:
    """A period of notes drawn at random; what is named differs from the usual, all else is alike."""

    def draw(
        seed: int,
        *,
        name: str = "new",
        physicians: Sequence[str] = (),
        notes_each: int = 6,
        topic_shares: Sequence[float] = (0.15, 0.2, 0.25, 0.1),
        brand_words: Sequence[str] = ("zelvanta",),
        repeats: int = 1,
        sureness: float = 1.0,
        phone: float = 0.2,
        german: float = 0.0,
    ) -> Period:
        random = np.random.default_rng(seed)
        notes, claims = [], []
        for physician in physicians or [f"{name}-{number}" for number in range(60)]:
            talk = random.dirichlet(np.full(len(WORDS), 2.0))  # physicians differ in what they talk about
            for number in range(notes_each):
                note_id = f"{name} {physician} {number}"
                words = random.choice(WORDS, size=int(random.integers(15, 30)), p=talk).tolist()
                words += [str(random.choice(brand_words))] * int(random.random() < 0.6)
                notes.append(
                    PeriodNote(
                        note_id,
                        physician,
                        date=date(2026, 1, 1) + timedelta(days=int(random.integers(90))),
                        text=" ".join(words * repeats),
                        channel="phone" if random.random() < phone else "face_to_face",
                        unread="language: de" if random.random() < german else None,
                    )
                )
                for topic, share in zip(TOPICS, topic_shares, strict=True):
                    if random.random() < share:
                        probability = float(random.beta(4, 2) ** (1 / sureness))
                        claims.append(Claim(note_id, topic, probability, f"words on {topic}"))
        return Period.of(name, notes, statements=claims)

    return draw
