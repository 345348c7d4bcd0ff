"""Which notes are not read because they are surely not English."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from .lexicon import Lexicon

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

FEWEST_LETTERS = 20
CERTAIN = 0.95

# Languages in which a call note may be written; without the rarer ones telegraphic English is mistaken less often.
LANGUAGES = (
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hr", "hu", "it", "ja", "ko", "nl", "no", "pl",
    "pt", "ro", "ru", "sk", "sv", "tr", "uk", "zh",
)  # fmt: skip

# Words of English, and of English call notes, that are rare in the other languages.
_ENGLISH = Lexicon(
    """
    the, and, of, with, w/, his, she, him, they, their, that, this, from, but, not, would, wants?, likes?, says?, said
    asked, told, pts?, f/u, b/c, tier, still, only, about, after, before, when, because, which, every, what, our, we
    it's, doesn't, don't, won't, is, are, for, to, on, no, now, been, more, than, by, into, off, out, up, its, can, got
    next, step, objection, none, reaction, topic, driver, status, back, has, have, had, too, gone, it, if, thinks?
    needs?
    """
)
_LETTER = re.compile(r"[^\W\d_]")


def unread_reason(text: str) -> str | None:
    """`language: XX` where the text is surely in the language XX and not in English, else None.

    A text of fewer than 20 letters, or with English function words (two, in a longer text one in twelve words), is
    read; so is anything for which the classifier is less than 95 % sure.
    """
    if _looks_english(text) or sum(1 for _ in _LETTER.finditer(text)) < FEWEST_LETTERS:
        return None
    language, probability = _identifier().classify(text)
    return unread_in(language) if language != "en" and probability >= CERTAIN else None


def unread_in(language: str) -> str:
    """The reason for which a text in a language is not read."""
    return f"language: {language}"


def _looks_english(text: str) -> bool:
    return len(_ENGLISH.spans(text.lower())) >= max(2, text.count(" ") // 12)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
