"""Where a quote stands in a text, even if it was not copied letter by letter.

Three ways, from strict to lenient: letter by letter; the same but for white space, marks of quoting, dashes, case and
forms of the same letter; and with a few letters changed, added or left out. The last is Myers' bit-parallel search for
the nearest piece of a text (Myers, 1999; in the form of Hyyrö, 2003): one step a character of the text, whatever the
quote.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Way = Literal["exact", "normalised", "fuzzy"]

MOST_CHANGED = 0.1
"""The share of a quote's characters that may be changed, added or left out."""
SHORTEST_FUZZY = 8
"""Characters; a shorter quote that is a little wrong may be anything."""
LONGEST_FUZZY = 1000
"""Characters; a longer quote is found as it stands or not at all."""

_SAME = {
    **dict.fromkeys("‘’\u201a\u201b\u2032`\u00b4", "'"),
    **dict.fromkeys("“”„\u201f\u2033«»", '"'),
    **dict.fromkeys("\u2010\u2011\u2012–—\u2015−", "-"),
}
_UNSEEN = frozenset({"Cf", "Mn"})
_AROUND = " '\"."


@dataclass(frozen=True)
class Place:
    """Half-open span [start, end) of a text, and in which way the quote was found there."""

    start: int
    end: int
    way: Way


def locate(quote: str, text: str) -> Place | None:
    """The first place of a text that reads as the quote does, or else the place nearest to it; None if there is none.

    A quote without a letter or a digit is nowhere. The place is never empty.
    """
    if not any(map(str.isalnum, quote)):
        return None
    if (start := _first(quote, text)) >= 0:
        return Place(start, start + len(quote), "exact")
    words, plain = _Plain.of(quote).letters.strip(_AROUND), _Plain.of(text)
    if not words:
        return None
    if (start := _first(words, plain.letters)) >= 0:
        return Place(*plain.span(start, start + len(words)), "normalised")
    if span := nearest(words, plain.letters):
        return Place(*plain.span(*span), "fuzzy")
    return None


def _first(words: str, text: str) -> int:
    """Where words begin first as whole words, else where they begin first, else -1."""
    whole = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    return whole.start() if whole else text.find(words)


def nearest(words: str, text: str) -> tuple[int, int] | None:
    """The piece of a text with the fewest changes from the words, the first of several; None if they are too many."""
    most = int(len(words) * MOST_CHANGED)
    if not most or not SHORTEST_FUZZY <= len(words) <= LONGEST_FUZZY:
        return None
    end, changes = _best_end(words, text)
    if changes > most:
        return None
    first = max(0, end - len(words) - changes)
    length, _ = _best_end(words[::-1], text[first:end][::-1], anchored=True)
    return end - length, end


def _best_end(words: str, text: str, *, anchored: bool = False) -> tuple[int, int]:
    """Where the piece with the fewest changes ends, and how many there are.

    `anchored` pieces begin where the text does. Bit n of `more` and of `fewer` says whether the distance of the first
    n + 1 words' letters is one more, or one less, than that of the first n.
    """
    at = _places(words)
    last, every = 1 << (len(words) - 1), (1 << len(words)) - 1
    more, fewer, distance = every, 0, len(words)
    best, fewest = 0, distance
    for position, letter in enumerate(text, start=1):
        here = at.get(letter, 0)
        kept = here | fewer
        across = ((((here & more) + more) ^ more) | here | fewer) & every
        grows, shrinks = (fewer | ~(across | more)) & every, more & across
        distance += bool(grows & last) - bool(shrinks & last)
        grows, shrinks = (grows << 1 | anchored) & every, (shrinks << 1) & every
        more, fewer = (shrinks | ~(kept | grows)) & every, grows & kept
        if distance < fewest:
            best, fewest = position, distance
    return best, fewest


def _places(words: str) -> dict[str, int]:
    """The places of each letter, as bits."""
    at: dict[str, int] = {}
    for place, letter in enumerate(words):
        at[letter] = at.get(letter, 0) | 1 << place
    return at


@dataclass(frozen=True)
class _Plain:
    """A text without what writers and models vary; `places` (n + 1) leads from each letter to where it came from."""

    letters: str
    places: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> _Plain:
        letters: list[str] = []
        places: list[tuple[int, int]] = []
        for place, character in enumerate(text):
            for letter in _plain(character):
                if letter == " " and letters and letters[-1] == " ":
                    places[-1] = (places[-1][0], place + 1)
                    continue
                letters.append(letter)
                places.append((place, place + 1))
        return cls("".join(letters), tuple(places))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text for a span of letters that is not empty."""
        return self.places[start][0], self.places[end - 1][1]


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """What a character counts as: none, one or several."""
    if character.isspace():
        return " "
    known = _SAME.get(character)
    if known:
        return known
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(_SAME.get(letter, letter) for letter in folded if unicodedata.category(letter) not in _UNSEEN)
