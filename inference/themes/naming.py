"""Names of themes: the words that set a theme's clauses apart from all others."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from .open_clauses import OpenClause

WORDS_OF_A_NAME = 3
_PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SHORTEST = 3
_EVERYDAY = frozenset(
    {
        *("doctor", "physician", "patient", "patients", "pts", "dr", "doc", "said", "says", "say", "told", "tell"),
        *("asked", "asks", "ask", "thinks", "think", "feels", "feel", "wants", "want", "really", "still", "also"),
        *("just", "like", "likes", "don't", "doesn't", "didn't", "isn't", "can't", "won't", "it's", "he's", "she's"),
    }
)
"""Words of any note, besides scikit-learn's English stop words."""


class WordCounts:
    """How often each word stands in the clauses of a run; what clauses of a theme are compared with."""

    def __init__(self, texts: Iterable[str], left_out: Collection[str]) -> None:
        self._left_out = stop_words() | frozenset(left_out)
        self._counts: Counter[str] = Counter()
        for text in texts:
            self._counts.update(self.words(text))

    def words(self, text: str) -> set[str]:
        """The words of a clause that may name a theme, lower-cased, in one form for one and many."""
        found = (word.casefold() for word in _WORD.findall(_PLACEHOLDER.sub(" ", text)))
        return {one_form(word) for word in found if len(word) >= _SHORTEST and word not in self._left_out}

    def name(self, clauses: Sequence[OpenClause]) -> tuple[str, ...]:
        """Up to three words, the most telling first, each used by two physicians or more; empty if there is none.

        A word tells as much as the physicians who use it, times log(1 + A / f): f is how often it stands in all
        clauses, A how many words those of the theme have together (class-based TF-IDF, Grootendorst 2022).
        """
        users = self._users(clauses)
        size = sum(len(self.words(clause.text)) for clause in clauses)
        telling = {
            word: len(who) * math.log1p(size / max(1, self._counts[word]))
            for word, who in users.items()
            if len(who) > 1
        }
        best = sorted(telling, key=lambda word: (-telling[word], word))[:WORDS_OF_A_NAME]
        return tuple(_shown(word, clauses) for word in best)

    def _users(self, clauses: Sequence[OpenClause]) -> Mapping[str, set[str]]:
        users: dict[str, set[str]] = defaultdict(set)
        for clause in clauses:
            for word in self.words(clause.text):
                users[word].add(clause.hcp_id)
        return users


def stop_words() -> frozenset[str]:
    """Words that say nothing of a theme."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS) | _EVERYDAY


def words_in(names: Iterable[str | None]) -> frozenset[str]:
    """The words of names, such as those of physicians and brands, as they are compared."""
    return frozenset(word.casefold() for name in names if name for word in _WORD.findall(name))


def one_form(word: str) -> str:
    """A lower-cased word, in one form for one and many."""
    return word[:-1] if len(word) > _SHORTEST and word.endswith("s") and not word.endswith("ss") else word


def _shown(word: str, clauses: Sequence[OpenClause]) -> str:
    """The form of a word that the clauses use most."""
    used = (form.casefold() for clause in clauses for form in _WORD.findall(clause.text))
    forms = Counter(form for form in used if one_form(form) == word)
    best: str = min(forms, key=lambda form: (-forms[form], form))
    return best
