from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings import Vectors
from hcplens.inference.progress import QuietReporter
from hcplens.inference.themes import Attitude, Clauses, OpenClause, Theme, ThemeLimits, find_themes
from hcplens.prompts import Taxonomy
from hcplens.prompts.taxonomy import Topic

from .conftest import DAY, said

AS_OF = date(2026, 9, 30)
BARE = Taxonomy(name="t", version="1", topics=(Topic(id="cost", name="Cost", scientific=False, description="Cost."),))
ABOUT = ("landfill", "denied", "brochure")
"""What a clause is about; the first two are stated with an attitude."""


class SubjectEncoder:
    """A direction for each subject, and a little of the rest of the words."""

    dimension = 64 + len(ABOUT)
    digest = "subjects".ljust(64, "0")
    precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, 64 + next(place for place, word in enumerate(ABOUT) if word in text)] = 1
            vectors[row, sum(map(ord, text)) % 64] = 0.3
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


STATING = tuple(64 * [0.0] + [9.0, 9.0, -9.0])
ATTITUDE = Attitude(SubjectEncoder.digest, STATING, 0.0, tuple([0.0] * SubjectEncoder.dimension), -1.0)


def clauses(subject: str, count: int, physicians: int) -> list[OpenClause]:
    words = ("box", "carton", "pen", "foil", "tray", "cap", "lid")
    return [said(f"{words[n % 7]} {subject} {n}", f"H{n % physicians}", f"{subject}{n}") for n in range(count)]


def themes(
    found: list[OpenClause], claimed: tuple[str, ...] = (), limits: ThemeLimits | None = None
) -> list[tuple[str, int, int]]:
    return [(theme.id, len(theme.clauses), theme.physicians) for theme in all_of(found, claimed, limits)]


def all_of(found: list[OpenClause], claimed: tuple[str, ...] = (), limits: ThemeLimits | None = None) -> list[Theme]:
    return find_themes(
        Clauses(tuple(sorted(found)), dict.fromkeys(claimed, 1.0)),
        BARE,
        SubjectEncoder(),
        ATTITUDE,
        QuietReporter(),
        texts=[DAY],
        as_of=AS_OF,
        limits=limits,
    )


def test_clauses_that_are_alike_and_state_something_are_a_theme() -> None:
    [theme] = all_of([*clauses("landfill", 7, 4), *clauses("brochure", 9, 5)])
    assert (theme.words[0], len(theme.clauses), theme.physicians) == ("landfill", 7, 4)


def test_what_is_claimed_elsewhere_is_no_theme() -> None:
    claimed = tuple(
        f"{word} denied" for word in ("twice", "again", "today", "once", "flatly", "all", "quick", "thrice")
    )
    found = [*clauses("landfill", 7, 4), *clauses("denied", 5, 5)]
    assert len(themes(found)) == 2
    assert [theme[0].split("_")[0] for theme in themes(found, claimed)] == ["landfill"]


@pytest.mark.parametrize(("count", "physicians", "found"), [(5, 3, 1), (4, 4, 0), (9, 2, 0), (40, 1, 0)])
def test_a_theme_has_five_clauses_of_three_physicians(count: int, physicians: int, found: int) -> None:
    assert len(themes(clauses("landfill", count, physicians))) == found


def test_limits_are_the_users_to_set() -> None:
    assert themes(clauses("landfill", 4, 2), limits=ThemeLimits(2, 4))


def test_the_same_words_of_many_physicians_are_a_theme() -> None:
    [theme] = all_of([said("landfill again", f"H{n}", f"N{n}") for n in range(5)])
    assert len(theme.clauses) == 5


def test_without_clauses_there_are_no_themes() -> None:
    assert themes([]) == []


@given(st.integers(0, 30), st.integers(1, 8), st.randoms())
def test_no_theme_is_smaller_than_the_limits_and_order_does_not_matter(
    count: int, physicians: int, shuffled: random.Random
) -> None:
    found = [*clauses("landfill", count, physicians), *clauses("denied", 6, 3)]
    expected = all_of(found)
    shuffled.shuffle(found)
    assert all_of(found) == expected
    assert all(theme.physicians >= 3 and len(theme.clauses) >= 5 for theme in expected)
    assert len({theme.id for theme in expected} | {"cost"}) == len(expected) + 1
