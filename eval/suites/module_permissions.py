"""Modules that may not be shown, physicians to whom nothing may be promoted, and needs that no module meets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...inference.matching import Answer
from ..metrics import COUNTED_SHARE, Floats
from ..results import Figure, ItemSet, measured
from .matched_modules import MatchedModules
from .set_figures import set_figures
from .topic_sets import TopicSets


def permission_figures(suite: str, matched: MatchedModules, items: ItemSet) -> list[Figure]:
    """The share of modules answered that may not be shown, and whether promotion stops where it must, only there."""
    part, gold, withheld = matched.part, matched.gold, matched.withheld
    counts = [_ineligible(matched, answer) for answer in matched.answers]
    note = f"of {sum(shown for _, shown in counts):,} modules answered"
    name = "ineligible recommendations"
    figures = [measured(suite, name, COUNTED_SHARE, items, _shares(counts), part=part, better="lower", note=note)]
    held = [row for row, profile in enumerate(gold) if profile.must_not_promote]
    free = [row for row, profile in enumerate(gold) if not profile.must_not_promote]
    if held:
        respected = _shares([(not matched.rankings[row], 1) for row in held])
        figures.append(
            measured(suite, "must not promote respected", COUNTED_SHARE, items, respected, part=part, rows=held)
        )
    if free:
        needless = _shares([(withheld[row], 1) for row in free])
        name = "promotion withheld without need"
        figures.append(measured(suite, name, COUNTED_SHARE, items, needless, part=part, rows=free, better="lower"))
    return figures


def gap_figures(suite: str, matched: MatchedModules, items: ItemSet) -> list[Figure]:
    """Open barriers that no module which may be shown answers: those found against those that are true."""
    objects = matched.run.inspected()
    found = []
    for profile, answer in zip(matched.gold, matched.answers, strict=True):
        item = objects.get(profile.pair)
        barriers = TopicSets.of_inspected(item).barriers_open if item else frozenset()
        gaps = {refusal.topic for refusal in answer.refused if not refusal.eligible} if answer else set()
        found.append(gaps & barriers)
    true = [frozenset(profile.no_eligible_module_for) for profile in matched.gold]
    return set_figures(suite, "content gaps", items, found, true, matched.part)


def _ineligible(matched: MatchedModules, answer: Answer | None) -> tuple[int, int]:
    """Modules of an answer that may not be shown, and all of them."""
    if answer is None:
        return 0, 0
    by_id = {module.module_id: module for module in matched.catalogue.modules}
    problems = [
        matched.permissions.problems(by_id[shown.module_id], answer.hcp_id, shown.channel) for shown in answer.modules
    ]
    return sum(map(bool, problems)), len(problems)


def _shares(counts: Sequence[tuple[int, int]]) -> Floats:
    return np.asarray(counts, dtype=np.float64).reshape(-1, 2)
