"""Names that may be read as an order to the reader: "phone the physician" names a channel and bids to use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..records.schemas import CHANNELS
from .vocabulary import Token
from .words import CLAIMS, NOUN_FOLLOWERS

_NEVER_ORDERS = frozenset({"trying"})
_NOT_BEHIND_A_NOUN = frozenset({"name", "title"})


def orders_in(clause: Sequence[Token]) -> Iterator[str]:
    """Why names in a clause may be orders, a line each."""
    tokens = [token for token in clause if token.kind != "space"]
    for place, token in enumerate(tokens):
        if token.subjects and token.words not in _NEVER_ORDERS:
            yield from _as_verb(token, tokens[place + 1 : place + 2])
        if not token.subjects.isdisjoint(CHANNELS):
            yield from _ahead_of_avoidance(token, tokens[:place], tokens[place + 1 :])


def _as_verb(name: Token, behind: Sequence[Token]) -> Iterator[str]:
    for token in behind:
        if token.kind in _NOT_BEHIND_A_NOUN or (token.kind == "word" and token.words not in NOUN_FOLLOWERS):
            yield f"{f'{name.text} {token.text}'!r} may be an order"


def _ahead_of_avoidance(channel: Token, before: Sequence[Token], behind: Sequence[Token]) -> Iterator[str]:
    """A channel that is avoided stands behind the word that says so: "by phone, avoids email" speaks of email alone."""
    wishes = [wish for token in behind if (wish := _wish(token))]
    if wishes and "avoids" in wishes[0] and not any(map(_wish, before)):
        yield f"{channel.text!r} stands ahead of what is avoided"


def _wish(token: Token) -> frozenset[str]:
    """The channel wishes that a token is true of."""
    dimension, values = CLAIMS[token.words] if token.kind == "claim" else (None, frozenset[str]())
    return values if dimension == "stance" else frozenset()
