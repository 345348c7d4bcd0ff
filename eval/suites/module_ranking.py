"""Modules answered against graded gold modules, and against what chance would order."""

from __future__ import annotations

from collections.abc import Mapping

from ..datasets import GoldProfile
from ..metrics import RATIO, SHARE, expected_ndcg, means, ranking_scores
from ..results import Figure, ItemSet, measured
from .matched_modules import K, MatchedModules

_NDCG = f"nDCG@{K}"
_MEASURES = {_NDCG: _NDCG, f"MRR@{K}": "RR", f"recall@{K}": f"R@{K}", f"hit@{K}": f"Success@{K}"}
"""Names of the figures, and what ir-measures calls them; the gain of a grade is 2^grade - 1 (Burges et al., 2005)."""


def ranking_figures(suite: str, matched: MatchedModules, items: ItemSet) -> list[Figure]:
    """Figures over those who have graded modules; where promotion is withheld from them they score 0."""
    rows = [row for row, profile in enumerate(matched.gold) if profile.best_modules]
    if not rows:
        return []
    gains = [{best.module_id: 2**best.grade - 1 for best in matched.gold[row].best_modules} for row in rows]
    scores = ranking_scores(list(_MEASURES.values()), [matched.rankings[row] for row in rows], gains)
    chance = [_chance(matched, matched.gold[row], of_row) for row, of_row in zip(rows, gains, strict=True)]
    shares = {name: scores[measure] for name, measure in _MEASURES.items()}
    figures = [
        measured(suite, name, SHARE, items, means(values), part=matched.part, rows=rows)
        for name, values in shares.items()
    ]
    name, gain = f"{_NDCG} gain over a random order", scores[_NDCG] - chance
    figures.append(measured(suite, name, RATIO, items, means(gain), part=matched.part, rows=rows))
    name = f"{_NDCG} of a random order"
    random = measured(suite, name, SHARE, items, means(chance), part=matched.part, rows=rows, better="neither")
    return [*figures, random]


def _chance(matched: MatchedModules, profile: GoldProfile, gains: Mapping[str, int]) -> float:
    """The nDCG that a random order of all modules of the brand that may be shown has on average."""
    allowed = [
        module.module_id
        for module in matched.catalogue.modules
        if module.brand.casefold() == profile.brand.casefold()
        and not matched.permissions.problems(module, profile.hcp_id)
    ]
    return expected_ndcg([gains.get(module_id, 0) for module_id in allowed], list(gains.values()), K)
