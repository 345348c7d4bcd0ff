"""A sentence as tokens: names of subjects, quotations, days, words that say something of a fact, and all the rest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ...prompts import Taxonomy
from ..pages.wording import plain
from ..records.schemas import CHANNELS
from .fact import MONTHS, STAGE_SUBJECT
from .words import CLAIMS, JOINS, NEGATIONS, SYNONYMS, TURNS

_MONTH = "(?-i:" + "|".join(f"{month}|{month[:3]}" for month in MONTHS) + ")"
_PATTERNS = {
    "quote": r'“(?P<curly>[^“”"]*)”|"(?P<straight>[^“”"]*)"',
    "day": (
        r"(?<!\w)(?:(?P<iso>\d{4}-\d{2}-\d{2})"
        rf"|(?:(?P<day_of>\d{{1,2}}) )?(?P<month>{_MONTH}) (?P<year>\d{{4}})"
        rf"|(?P<its_day>\d{{1,2}}) (?P<its_month>{_MONTH})"
        rf"|(?:(?<=since )|(?<=in ))(?P<only_month>{_MONTH}))(?!\w)"
    ),
    "claim": "",
    "negation": "",
    "turn": "",
    "join": "",
    "bracket": r"[()]",
    "title": r"(?<!\w)(?:dr|prof)\.(?!\w)",
    "number": r"\d+(?:[.,:/]\d+)*%?",
    "word": r"[a-z]+(?:'[a-z]+)?",
    "space": r"\s+",
    "unknown": r"(?s:.)",
}
_PHRASES = {"claim": CLAIMS, "negation": NEGATIONS, "turn": TURNS, "join": JOINS}
_SIGNS = {"turn": ";", "join": r"[,:]|(?<=\s)[-–—](?=\s)"}


@dataclass(frozen=True)
class Token:
    """A piece of a sentence.

    Attributes:
        kind: name, one of the kinds of `_PATTERNS`, or unknown.
        text: as it stands in the sentence.
        subjects: ids that a name may stand for; none for the brand and for what is no name.
        parts: of a day its year, month and number; of a quotation its words.
    """

    kind: str
    text: str
    subjects: frozenset[str]
    parts: Mapping[str, str]

    @property
    def words(self) -> str:
        """In small letters, with single spaces."""
        return _folded(self.text)


@dataclass(frozen=True)
class Vocabulary:
    """What sentences about a brand may name: topics of the taxonomy, channels, the adoption stage, the brand."""

    taxonomy: Taxonomy
    brand: str | None = None

    def tokens(self, text: str) -> Iterator[Token]:
        """The whole of the text, piece by piece; typographic apostrophes are plain ones."""
        for found in self._pattern.finditer(_plain_apostrophes(text)):
            parts = {name: part for name, part in found.groupdict().items() if part is not None}
            kind, words = found.lastgroup or "unknown", _folded(found[0])
            if kind in self._phrases and words not in self._phrases[kind]:
                kind = (
                    "unknown"  # a letter that only looks alike, such as the dotless i, matches without regard to case
                )
            yield Token(kind, found[0], self._subjects.get(words, frozenset()), parts)

    def without_names(self, text: str) -> str:
        """The text less the names of subjects and of the brand."""
        return "".join(" " if token.kind == "name" else token.text for token in self.tokens(text))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = [*(name for name, _ in self._named()), *([self.brand] if self.brand else [])]
        patterns = {"name": _any_of(names)} | {
            kind: "|".join(filter(None, (_SIGNS.get(kind), _any_of(_PHRASES.get(kind, ())), pattern)))
            for kind, pattern in _PATTERNS.items()
        }
        return re.compile("(?i)" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in patterns.items()))

    @cached_property
    def _phrases(self) -> Mapping[str, frozenset[str]]:
        """What may stand in tokens of these kinds."""
        names = {*self._subjects, *([_folded(self.brand)] if self.brand else [])}
        return {"name": frozenset(names), "claim": frozenset(CLAIMS), "negation": frozenset(NEGATIONS)}

    @cached_property
    def _subjects(self) -> Mapping[str, frozenset[str]]:
        """What each name, and each word of a stage, may stand for."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name, subject in self._named():
            found[_folded(name)].add(subject)
        for phrase, (dimension, _) in CLAIMS.items():
            if dimension == "stage":
                found[phrase].add(STAGE_SUBJECT)
        return {name: frozenset(ids) for name, ids in found.items()}

    def _named(self) -> Iterator[tuple[str, str]]:
        """Each name of a subject, and the subject."""
        for topic in self.taxonomy.topics:
            for name in (topic.name, topic.id, plain(topic.id), *SYNONYMS.get(topic.id, ())):
                if name.strip():
                    yield name, topic.id
        yield from ((plain(subject), subject) for subject in (*CHANNELS, STAGE_SUBJECT))


def _folded(words: str) -> str:
    return " ".join(_plain_apostrophes(words).casefold().split())


def _plain_apostrophes(text: str) -> str:
    return text.replace("’", "'")


def _any_of(phrases: Iterable[str]) -> str:
    """Any of these as whole words, the longest first; spaces may be any."""
    longest_first = sorted(map(_plain_apostrophes, phrases), key=lambda phrase: (-len(phrase), phrase))
    wordings = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    return rf"(?<!\w)(?:{wordings})(?!\w)" if wordings else ""
