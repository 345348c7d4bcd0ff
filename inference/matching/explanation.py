"""Why a module was chosen, in one line of plain English."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..records.catalogue import Claim
from .evidence import Evidence
from .needs import Need

_LONGEST_QUOTE = 120
_CHANNELS_KEPT = 64


class Addressed(NamedTuple):
    """Needs that modules answer, heaviest first, and how that is told.

    Attributes:
        named: which they are.
        heard: the newest quote of the first.
    """

    needs: tuple[Need, ...]
    named: str
    heard: str

    @classmethod
    def of(cls, needs: tuple[Need, ...]) -> Addressed:
        """Any number of a physician's needs."""
        if not needs:
            return cls(needs, "Answers none of the known needs directly: the best of what may still be shown", "")
        newest = needs[0].newest
        listed = " and ".join([f"the {_kind(need)} “{need.topic}”" for need in needs])
        return cls(needs, f"Answers {listed}", _quoted(newest) if newest else "")


def why(addressed: Addressed, claim: Claim | None, channel: str, p_engage: float | None, shown: bool) -> str:
    """One line: the needs that the module answers, the closest claim, the newest quote, channel and novelty.

    `claim` is the one closest to the first need; `p_engage` is None where nothing is known.
    """
    with_claim = f" with claim {claim.claim_id}" if claim else ""
    before = "; shown before" if shown else ""
    return f"{addressed.named}{with_claim}{addressed.heard}; {_channel(channel, p_engage)}{before}."


def _kind(need: Need) -> str:
    return "open barrier" if need.polarity == "barrier" else "driver"


def _quoted(quote: Evidence) -> str:
    words = " ".join((quote.text or "").split())
    if len(words) > _LONGEST_QUOTE:
        words = words[: _LONGEST_QUOTE - 1].rstrip() + "…"
    day = f", {quote.date.isoformat()}" if quote.date else ""
    return f", heard as “{words}” ({quote.source} {quote.id}{day})"


@lru_cache(maxsize=_CHANNELS_KEPT)  # the modules of a physician share a few
def _channel(channel: str, p_engage: float | None) -> str:
    name = channel.replace("_", " ")
    return f"by {name}" if p_engage is None else f"by {name} ({p_engage:.0%} likely to engage)"
