"""What a brief says, apart from how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..matching import MatchedModule
from ..pages import PhysicianPage
from ..pages.physician_page import Quotation
from ..records.catalogue import Asset
from ..summaries import Fact, Summary


@dataclass(frozen=True)
class Change:
    """Something that is otherwise since the last contact, that day included, and the words where there are any."""

    day: date
    what: str
    quotation: Quotation | None = None


@dataclass(frozen=True)
class Caution:
    """What not to say or do, and why; `words` are those of a note that it rests on."""

    what: str
    words: str | None = None


@dataclass(frozen=True)
class CallBrief:
    """One physician and brand before a call.

    Attributes:
        page: what is believed, as `inspect` shows it.
        as_of: the day from which it is judged what may be shown.
        last_contact: its day, None where none is logged.
        changes: the latest first.
        cautions: the gravest first.
        modules: what may be shown, best first; none where promotion is suppressed.
        suppressed: why nothing may be promoted, None where something may.
        facts: what may be summarised.
        summary: of them, in two sentences at most.
    """

    page: PhysicianPage
    as_of: date
    last_contact: date | None
    changes: tuple[Change, ...]
    cautions: tuple[Caution, ...]
    modules: tuple[MatchedModule, ...]
    suppressed: str | None
    facts: tuple[Fact, ...]
    summary: Summary

    @property
    def title(self) -> str:
        """Physician and brand."""
        return f"{self.page.person.heading} · {self.page.brand or 'no brand'}"

    def stands_above(self, place: int, asset: Asset) -> bool:
        """Whether a module above the one at `place` (from 0) has the very same asset: its text need not be repeated."""
        return any(asset in module.assets for module in self.modules[:place])
