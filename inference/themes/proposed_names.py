"""Names of themes that a language model proposes: only words that the theme's own physicians use."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ...prompts import Answer, AnswerCache, Decoding, LanguageModel, Prompt, Taxonomy, ask_all
from ..assist import Tally
from .naming import one_form, words_in
from .open_clauses import OpenClause
from .theme import ProposedName, Theme

PROMPT = "name_theme"
PASSAGES = 12
"""Clauses that a model is shown of a theme, the most typical ones."""
_ANSWER = Decoding(max_tokens=256)
_NO_TOPIC = "none"
_WORD = re.compile(r"[^\W_]+")
_FUNCTION_WORDS = frozenset(
    {
        *("a", "about", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it", "its"),
        *("of", "on", "or", "physician", "physicians", "that", "the", "their", "them", "these", "they", "this"),
        *("those", "to", "topic", "which", "with"),
    }
)
"""Words that say nothing by themselves. Those that turn what others say, such as "not" or "without", are none."""


@dataclass(frozen=True)
class NamedThemes:
    """Themes with the names that were accepted.

    Attributes:
        themes: in their order; one whose proposal was refused keeps the name of its own words.
        tally: what asking came to.
        refused: why a proposal was refused, a sentence each, which quotes it.
    """

    themes: list[Theme]
    tally: Tally
    refused: tuple[str, ...]


def with_proposed_names(
    themes: Sequence[Theme], taxonomy: Taxonomy, model: LanguageModel, answers: AnswerCache, names: Collection[str] = ()
) -> NamedThemes:
    """Ask a model to name each theme by its most typical clauses, and keep the names that its physicians' words carry.

    Each word of a name, but for function words, is one that two physicians of the theme or more use, and none of the
    `names`; so is each word of a description, or else it is left out. Clauses with an identifier or a name are not
    shown to the model.
    """
    begun = time.monotonic()
    shown = {place: passages for place, theme in enumerate(themes) if (passages := _passages(theme, frozenset(names)))}
    prompt = Prompt.load(PROMPT)
    requests = [prompt.request({"taxonomy": taxonomy, "passages": passages}, _ANSWER) for passages in shown.values()]
    said = ask_all(model, requests, answers)
    named, refused = list(themes), []
    for place, answer in zip(shown, said, strict=True):
        if answer.failure is not None:
            continue
        proposal = _proposal(answer, themes[place], frozenset(names))
        if isinstance(proposal, str):
            refused.append(proposal)
        else:
            named[place] = replace(themes[place], proposal=proposal)
    return NamedThemes(named, replace(Tally.of(said), seconds=time.monotonic() - begun), tuple(refused))


def unsupported(text: str, clauses: Sequence[OpenClause], names: Collection[str] = ()) -> list[str]:
    """The words of a text, in their order, that fewer than two physicians of the clauses use, or that are `names`."""
    users: dict[str, set[str]] = defaultdict(set)
    for clause in clauses:
        if not clause.masked:
            for word in _words(clause.text):
                users[one_form(word)].add(clause.hcp_id)
    return [word for word in _words(text) if word in names or len(users[one_form(word)]) < 2]


def _passages(theme: Theme, names: frozenset[str]) -> list[str]:
    """The words of the most typical clauses that hold neither an identifier nor a name."""
    texts = [clause.text for clause in theme.clauses if not clause.masked and not words_in([clause.text]) & names]
    return list(dict.fromkeys(texts))[:PASSAGES]


def _proposal(answer: Answer, theme: Theme, names: frozenset[str]) -> ProposedName | str:
    """What the model proposes, as far as it is supported; in words why not where its name is not."""
    said = answer.value
    name, description, topic = (" ".join(said[field].split()) for field in ("name", "description", "known_topic"))
    if not any(_words(name)):
        return f"{answer.model_name} called a theme “{name}”, which names nothing"
    if strange := unsupported(name, theme.clauses, names):
        return (
            f"{answer.model_name} called “{theme.own_name}” “{name}”: no two of its physicians say "
            f"{' or '.join(f'“{word}”' for word in strange)}"
        )
    return ProposedName(
        name=name,
        description="" if unsupported(description, theme.clauses, names) else description,
        known_topic=None if topic == _NO_TOPIC else topic,
        model=answer.model_name,
    )


def _words(text: str) -> Iterator[str]:
    """The words of a text but for function words."""
    return (word for word in _WORD.findall(text.casefold()) if word not in _FUNCTION_WORDS)
