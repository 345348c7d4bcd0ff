"""What a run over timelines answers for each physician and brand that gold is known of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...embeddings import Encoder
from ...inference.matching import Answer, ContentMatcher, MatchSettings, MatchTables
from ...inference.records.catalogue import Catalogue
from ..datasets import GoldProfile
from ..results import part_of
from .permission_check import PermissionCheck
from .timeline_runs import TimelineRun

K = 5
"""Modules in an answer."""


@dataclass(frozen=True)
class MatchedModules:
    """Answers of one run in the order of the gold profiles, None where it gives none.

    Attributes:
        run: the run.
        catalogue: the modules, without gold.
        gold: the profiles.
        answers: one a profile.
        permissions: what may be shown to whom.
        ablation: what was left out or done otherwise; empty for the matcher as it ships.
    """

    run: TimelineRun
    catalogue: Catalogue
    gold: Sequence[GoldProfile]
    answers: Sequence[Answer | None]
    permissions: PermissionCheck
    ablation: str = ""

    @classmethod
    def of(
        cls,
        run: TimelineRun,
        catalogue: Catalogue,
        gold: Sequence[GoldProfile],
        encoder: Encoder,
        settings: MatchSettings | None = None,
        ablation: str = "",
    ) -> MatchedModules:
        """Match every physician of a run to a catalogue."""
        tables = {name: run.tables[name] for name in ("hcps", "consents", "content_events", "flags")}
        profiles = MatchTables(profiles=run.profiles.profiles, channels=run.profiles.channels, **tables)
        matcher = ContentMatcher(profiles, catalogue, encoder, run.taxonomy, as_of=run.as_of, settings=settings)
        known = {(answer.hcp_id, answer.brand): answer for answer in matcher.match_all(k=K)}
        answers = [known.get(profile.pair) for profile in gold]
        return cls(run, catalogue, gold, answers, PermissionCheck.of(run.tables, run.as_of), ablation)

    @property
    def part(self) -> str:
        """How figures of the run are told apart."""
        return part_of(self.run.part, f"ablation={self.ablation}") if self.ablation else self.run.part

    @property
    def rankings(self) -> list[list[str]]:
        """Ids of the modules answered, best first; none where promotion is withheld."""
        return [[module.module_id for module in answer.modules] if answer else [] for answer in self.answers]

    @property
    def withheld(self) -> list[bool]:
        """Whether nothing is promoted because of an adverse event."""
        return [answer is not None and answer.suppressed is not None for answer in self.answers]
