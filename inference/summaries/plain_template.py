"""The plain template: at most two sentences from the facts, without any model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .fact import Fact, long_day
from .summary import Sentence, Summary

_HOLDS = {"barrier": "held back by", "driver": "moved by"}
_HELD_BY = {"rep": " by the rep's guess", "other": " by somebody else's view"}
_SAYS = {"open": "open since", "reopened": "reopened", "contradicted": "contradicted", "resolved": "resolved"}

Part = tuple[str, Sequence[Fact]]
"""A piece of a sentence, and what it rests on."""


def plain_summary(facts: Sequence[Fact]) -> Summary:
    """What is open, and then what is over, the adoption stage and the channel wishes; empty without facts."""
    sentences = (_sentence(list(parts(facts))) for parts in (_open, _rest))
    return Summary(tuple(sentence for sentence in sentences if sentence is not None))


def worded(fact: Fact) -> str:
    """One fact as a clause, such as "cost is an open barrier since 3 March 2026"."""
    if fact.stage is not None:
        return f"the {fact.name} is {fact.stage}"
    if fact.stance is not None:
        return f"the physician {fact.stance} {_named(fact)}"
    article = "an" if fact.state == "open" else "a"
    since = f" since {long_day(fact.since)}" if fact.since else ""
    return f"{_named(fact)} is {article} {fact.state} {fact.polarity}{since}{_HELD_BY.get(fact.holder or '', '')}"


def _sentence(parts: Sequence[Part]) -> Sentence | None:
    if not parts:
        return None
    text = "; ".join(words for words, _ in parts)
    return Sentence(f"{text[0].upper()}{text[1:]}.", tuple(fact for _, facts in parts for fact in facts))


def _open(facts: Sequence[Fact]) -> Iterator[Part]:
    for polarity, words in _HOLDS.items():
        found = [fact for fact in facts if fact.polarity == polarity and fact.state != "resolved"]
        if found:
            yield f"{words} {_listed(found, _dated)}", found


def _rest(facts: Sequence[Fact]) -> Iterator[Part]:
    for polarity in _HOLDS:
        found = [fact for fact in facts if fact.polarity == polarity and fact.state == "resolved"]
        if found:
            yield f"no longer a {polarity}: {_listed(found, _dated)}", found
    for fact in facts:
        if fact.stage is not None:
            yield f"{fact.name}: {fact.stage}", [fact]
    for stance in ("prefers", "avoids"):
        found = [fact for fact in facts if fact.stance == stance]
        if found:
            yield f"{stance} {_listed(found, _named)}", found


def _listed(facts: Sequence[Fact], worded: Callable[[Fact], str]) -> str:
    words = list(map(worded, facts))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _dated(fact: Fact) -> str:
    state = fact.state or ""
    says = f"{_SAYS[state]} {long_day(fact.since)}" if fact.since else state
    return f"{_named(fact)} ({says}{_HELD_BY.get(fact.holder or '', '')})"


def _named(fact: Fact) -> str:
    """The name as it stands inside a sentence: "Payer coverage" loses its capital, "HbA1c" and "US payers" do not."""
    first, _, rest = fact.name.partition(" ")
    return f"{first.lower()} {rest}".strip() if first.istitle() and len(first) > 1 else fact.name
