"""How different the modules of one answer are, and how much of the catalogue is used at all."""

from __future__ import annotations

from ...embeddings import Encoder
from ...inference.records.catalogue import texts_of
from ..metrics import RATIO, catalogue_coverage, intra_list_diversity, means
from ..results import Figure, ItemSet, measured, reading
from .matched_modules import MatchedModules


def variety_figures(suite: str, matched: MatchedModules, items: ItemSet, encoder: Encoder) -> list[Figure]:
    """Diversity of the answers with two modules or more, and coverage of the modules that anybody may see.

    Coverage is no mean over physicians (fewer of them always cover less), so it has no interval.
    """
    modules, rankings = matched.catalogue.modules, matched.rankings
    vectors = encoder.encode([texts_of(module)[0] for module in modules])
    row_of = {module.module_id: row for row, module in enumerate(modules)}
    rows = [row for row, ranking in enumerate(rankings) if len(ranking) > 1]
    figures = []
    if rows:
        lists = [vectors[[row_of[module_id] for module_id in rankings[row]]] for row in rows]
        diversity = means([intra_list_diversity(of_list) for of_list in lists])
        figures.append(measured(suite, "intra-list diversity", RATIO, items, diversity, part=matched.part, rows=rows))
    usable = {
        module.module_id
        for module in modules
        if any(not matched.permissions.problems(module, hcp_id) for hcp_id in set(items.clusters))
    }
    coverage = catalogue_coverage([set(ranking) for ranking in rankings], usable)
    note = "share of the modules that may be shown to anybody which are shown to somebody"
    covered = reading(
        suite, "catalogue coverage", coverage, items=len(usable), part=matched.part, better="higher", note=note
    )
    return [*figures, covered]
