"""The matching suite: modules answered for whole physicians against graded modules and what may be shown."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from ...inference.records.catalogue import Catalogue, load_catalogue
from ...inference.triage import triage_text
from ..datasets import Timelines, stripped_modules
from ..results import Example, ItemSet
from .match_ablations import ablation_figures
from .matched_modules import MatchedModules
from .module_permissions import gap_figures, permission_figures
from .module_ranking import ranking_figures
from .module_topic_figures import TOPIC_ITEMS, module_items, module_topic_figures, require_unseen_modules
from .module_variety import variety_figures
from .suite import Findings, MissingDataError, SuiteContext
from .timeline_data import data_digests, scored_apart, timelines_in
from .timeline_runs import INFERRED, timeline_runs

SUITE = "matching"
ITEMS = "matching: physicians × brands"


def matching_suite(data: Path, context: SuiteContext) -> Findings:
    """Measure matching on timelines, with statements inferred and with gold statements.

    Raises:
        MissingDataError: the folder holds no timelines with gold profiles and a catalogue.
        InputError: the reader of topics learned from the catalogue, or what `timelines_in`, `timeline_runs` and
            `load_catalogue` raise.
    """
    timelines = timelines_in(data)
    gold, catalogue = timelines.profiles, _catalogue(timelines)
    if not gold or catalogue is None:
        raise MissingDataError(f"{timelines.folder} holds no gold profiles with a catalogue")
    require_unseen_modules(catalogue, context.encoder)
    items = ItemSet(ITEMS, tuple("|".join(p.pair) for p in gold), tuple(p.hcp_id for p in gold))
    runs = timeline_runs(timelines, context)
    matched = [MatchedModules.of(run, catalogue, gold, context.encoder) for run in runs]
    figures = [
        figure
        for one in matched
        for figure in (
            *ranking_figures(SUITE, one, items),
            *variety_figures(SUITE, one, items, context.encoder),
            *permission_figures(SUITE, one, items),
            *gap_figures(SUITE, one, items),
        )
    ]
    figures += ablation_figures(SUITE, matched, items, context.encoder)
    modules = module_items(timelines, catalogue)
    figures += module_topic_figures(SUITE, timelines, catalogue, modules, runs[0].taxonomy, context.encoder)
    return Findings(
        figures=tuple(figures),
        item_sets=(items, modules),
        examples=tuple(example for one in matched for example in _examples(one, items)),
        data=data_digests(timelines),
        scored_by={ITEMS: scored_apart(timelines), TOPIC_ITEMS: "the reader of topics learned from other modules"},
        notices=tuple(dict.fromkeys(notice for run in runs for notice in run.notices)),
    )


def _catalogue(timelines: Timelines) -> Catalogue | None:
    with TemporaryDirectory(prefix="hcplens-eval-") as folder:
        modules = stripped_modules(timelines, Path(folder))
        return load_catalogue(modules) if modules else None


def _examples(matched: MatchedModules, items: ItemSet) -> list[Example]:
    """Physicians and brands whose inferred first module is not the best one: what is graded beside what was shown."""
    examples = []
    if matched.run.statements != INFERRED:
        return []
    for item_id, profile, ranking, answer in zip(
        items.ids, matched.gold, matched.rankings, matched.answers, strict=True
    ):
        grades = {best.module_id: best.grade for best in profile.best_modules}
        if not grades or (ranking and grades.get(ranking[0]) == max(grades.values())):
            continue
        shown = [f"{module_id} ({grades.get(module_id, 0)})" for module_id in ranking]
        facts = [
            ("graded modules", ", ".join(f"{module_id} ({grade})" for module_id, grade in grades.items())),
            ("modules answered", ", ".join(shown) or "none"),
        ]
        if answer and answer.suppressed:
            facts.append(("withheld", answer.suppressed))
        text = triage_text(profile.why).redacted.text
        examples.append(Example(SUITE, item_id, profile.hcp_id, text, facts=tuple(facts)))
    return examples
