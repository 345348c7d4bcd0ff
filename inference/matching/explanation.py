"""Why a module was chosen, in one line of plain English."""

from __future__ import annotations

from collections.abc import Sequence

from ..records.catalogue import Claim
from .evidence import Evidence
from .needs import Need

_LONGEST_QUOTE = 120


def why(answered: Sequence[Need], claim: Claim | None, channel: str, p_engage: float | None, shown: bool) -> str:
    """One line: the needs that the module answers, the closest claim, the newest quote, channel and novelty.

    `answered` is heaviest first, `claim` the one closest to its first; `p_engage` is None where nothing is known.
    """
    parts = [_needs(answered, claim), _channel(channel, p_engage)]
    if shown:
        parts.append("shown before")
    return "; ".join(parts) + "."


def _needs(answered: Sequence[Need], claim: Claim | None) -> str:
    if not answered:
        return "Answers none of the known needs directly: the best of what may still be shown"
    first = answered[0]
    listed = " and ".join(f"the {_kind(need)} “{need.topic}”" for need in answered)
    with_claim = f" with claim {claim.claim_id}" if claim else ""
    return f"Answers {listed}{with_claim}{_quoted(first.newest) if first.newest else ''}"


def _kind(need: Need) -> str:
    return "open barrier" if need.polarity == "barrier" else "driver"


def _quoted(quote: Evidence) -> str:
    words = " ".join((quote.text or "").split())
    if len(words) > _LONGEST_QUOTE:
        words = words[: _LONGEST_QUOTE - 1].rstrip() + "…"
    day = f", {quote.date.isoformat()}" if quote.date else ""
    return f", heard as “{words}” ({quote.source} {quote.id}{day})"


def _channel(channel: str, p_engage: float | None) -> str:
    name = channel.replace("_", " ")
    return f"by {name}" if p_engage is None else f"by {name} ({p_engage:.0%} likely to engage)"
