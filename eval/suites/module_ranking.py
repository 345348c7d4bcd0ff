"""Modules answered against graded gold modules, and against what chance would order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..datasets import GoldProfile
from ..metrics import RATIO, SHARE, Floats, expected_ndcg, means, ranking_scores
from ..results import Figure, ItemSet, part_of
from .matched_modules import K, MatchedModules
from .measures import Measure, figures

_NDCG = f"nDCG@{K}"
_MEASURES = {_NDCG: _NDCG, f"MRR@{K}": "RR", f"recall@{K}": f"R@{K}", f"hit@{K}": f"Success@{K}"}
"""Names of the figures, and what ir-measures calls them; the gain of a grade is 2^grade - 1 (Burges et al., 2005)."""

GAIN = f"{_NDCG} gain over a random order"
_GAIN_NOTE = f"normalised: ({_NDCG} - that of a random order) / (1 - that of a random order), of the means"


def ranking_figures(suite: str, matched: MatchedModules, items: ItemSet) -> list[Figure]:
    """Figures over those who have graded modules; where promotion is withheld from them they score 0.

    By language of the physician, and where promotion is not withheld, as parts.
    """
    rows = [row for row, profile in enumerate(matched.gold) if profile.best_modules]
    if not rows:
        return []
    measures = _measures(matched, rows)
    whole = figures(suite, items, measures, {matched.part: rows})
    told = [measure for measure in measures if measure.metric in (_NDCG, GAIN)]
    return whole + figures(suite, items, told, _parts(matched, rows))


def gain_figures(suite: str, matched: MatchedModules, items: ItemSet) -> list[Figure]:
    """NDCG and its gain alone, as ablations are told by."""
    rows = [row for row, profile in enumerate(matched.gold) if profile.best_modules]
    told = [measure for measure in _measures(matched, rows) if measure.metric in (_NDCG, GAIN)] if rows else []
    return figures(suite, items, told, {matched.part: rows})


def _measures(matched: MatchedModules, rows: Sequence[int]) -> list[Measure]:
    """Every measure, with zeros for those who have no graded modules."""
    gains = [{best.module_id: 2**best.grade - 1 for best in matched.gold[row].best_modules} for row in rows]
    scores = ranking_scores(list(_MEASURES.values()), [matched.rankings[row] for row in rows], gains)
    chance = np.array([_chance(matched, matched.gold[row], of_row) for row, of_row in zip(rows, gains, strict=True)])
    gain = np.column_stack([scores[_NDCG] - chance, 1 - chance])
    count = len(matched.gold)
    return [
        *(Measure(name, SHARE, _of_all(means(scores[key]), rows, count)) for name, key in _MEASURES.items()),
        Measure(GAIN, RATIO, _of_all(gain, rows, count), note=_GAIN_NOTE),
        Measure(f"{_NDCG} of a random order", SHARE, _of_all(means(chance), rows, count), better="neither"),
    ]


def _of_all(statistics: Floats, rows: Sequence[int], count: int) -> Floats:
    every = np.zeros((count, statistics.shape[1]))
    every[rows] = statistics
    return every


def _parts(matched: MatchedModules, rows: Sequence[int]) -> dict[str, list[int]]:
    """Rows by language of the physician, where there are several, and those from whom promotion is not withheld."""
    hcps = matched.run.tables["hcps"]
    language = dict(zip(hcps["hcp_id"].to_pylist(), hcps["language"].to_pylist(), strict=True))
    parts: dict[str, list[int]] = {}
    for row in rows:
        parts.setdefault(f"language={language.get(matched.gold[row].hcp_id) or 'unknown'}", []).append(row)
    parts = dict(sorted(parts.items())) if len(parts) > 1 else {}
    free = [row for row in rows if not matched.withheld[row]]
    if 0 < len(free) < len(rows):
        parts["promotion not withheld"] = free
    return {part_of(matched.part, name): members for name, members in parts.items()}


def _chance(matched: MatchedModules, profile: GoldProfile, gains: Mapping[str, int]) -> float:
    """The nDCG that a random order of all modules of the brand that may be shown has on average."""
    allowed = [
        module.module_id
        for module in matched.catalogue.modules
        if module.brand.casefold() == profile.brand.casefold()
        and not matched.permissions.problems(module, profile.hcp_id)
    ]
    return expected_ndcg([gains.get(module_id, 0) for module_id in allowed], list(gains.values()), K)
