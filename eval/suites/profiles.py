"""The profiles suite: barriers, drivers, stages and conflicts of whole physicians against gold profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...inference.triage import triage_text
from ..datasets import GoldProfile, Timelines
from ..metrics import SHARE, means
from ..results import Confusion, Example, Figure, ItemSet, measured, part_of
from .adoption_figures import stage_confusion, stage_figures
from .barrier_calibration import barrier_calibration
from .latest_statement import latest_statement_sets
from .set_figures import set_figures
from .suite import Findings, MissingDataError, SuiteContext
from .timeline_data import data_digests, scored_apart, timelines_in
from .timeline_runs import INFERRED, TimelineRun, timeline_runs
from .topic_sets import SETS, TopicSets

SUITE = "profiles"
ITEMS = "profiles: physicians × brands"
ADVERSE_EVENT = "adverse_event"
BASELINE = "latest own statement wins"


@dataclass(frozen=True)
class _Found:
    """What a run says of each gold pair, in the order of the gold profiles."""

    objects: Sequence[Mapping[str, Any]]
    sets: Sequence[TopicSets]

    @classmethod
    def of(cls, run: TimelineRun, gold: Sequence[GoldProfile]) -> _Found:
        known = run.inspected()
        objects = [known.get(profile.pair, _NOTHING) for profile in gold]
        return cls(objects, [TopicSets.of_inspected(item) for item in objects])

    @property
    def conflicts(self) -> list[frozenset[str]]:
        return [frozenset(conflict["topic"] for conflict in item["conflicts"]) for item in self.objects]

    @property
    def held(self) -> list[bool]:
        """Whether an open adverse event forbids to promote."""
        return [any(flag["kind"] == ADVERSE_EVENT for flag in item["open_flags"]) for item in self.objects]

    @property
    def stages(self) -> list[str | None]:
        return [item["adoption_stage"] and item["adoption_stage"]["stage"] for item in self.objects]


_NOTHING: Mapping[str, Any] = {
    "barriers": [],
    "drivers": [],
    "adoption_stage": None,
    "conflicts": [],
    "open_flags": [],
}


def profiles_suite(data: Path, context: SuiteContext) -> Findings:
    """Measure profiles on timelines, with statements inferred and with gold statements.

    Raises:
        MissingDataError: the folder holds no timelines with gold profiles.
        InputError: what `timelines_in` and `timeline_runs` raise.
    """
    timelines = timelines_in(data)
    if not timelines.profiles:
        raise MissingDataError(f"{timelines.folder} holds no gold profiles")
    gold = timelines.profiles
    items = ItemSet(ITEMS, tuple("|".join(p.pair) for p in gold), tuple(p.hcp_id for p in gold))
    runs = timeline_runs(timelines, context)
    found = {run.statements: _Found.of(run, gold) for run in runs}
    calibrations = [barrier_calibration(SUITE, run, gold, items) for run in runs]
    figures = [figure for run in runs for figure in _figures(run, found[run.statements], gold, items)]
    return Findings(
        figures=(*figures, *(figure for calibration in calibrations for figure in calibration.figures)),
        item_sets=(items,),
        reliability=tuple(curve for calibration in calibrations for curve in calibration.curves),
        confusions=tuple(_confusion(run, found[run.statements], gold) for run in runs),
        examples=_examples(found[INFERRED], gold, items),
        data=data_digests(timelines),
        scored_by={ITEMS: scored_apart(timelines)},
        notices=_notices(timelines, runs),
    )


def _notices(timelines: Timelines, runs: Sequence[TimelineRun]) -> tuple[str, ...]:
    told = dict.fromkeys(notice for run in runs for notice in run.notices)
    if not timelines.survey_statements:
        told["profiles: no gold of the survey answers, so the run with gold statements infers what they state"] = None
    return tuple(told)


def _figures(run: TimelineRun, found: _Found, gold: Sequence[GoldProfile], items: ItemSet) -> list[Figure]:
    true = [TopicSets.of_gold(profile) for profile in gold]
    trivial = latest_statement_sets(run.tables["insights"], run.as_of)
    simple = [trivial.get(profile.pair, TopicSets()) for profile in gold]
    figures = []
    for field, what in SETS.items():
        ours, theirs, truth = _fields(field, found.sets, simple, true)
        figures += set_figures(SUITE, what, items, ours, truth, run.part)
        figures += set_figures(SUITE, what, items, theirs, truth, part_of(run.part, BASELINE))[:1]
        figures += _by_topic(what, items, ours, truth, run)
    conflicts = [frozenset(conflict.topic for conflict in profile.conflicts) for profile in gold]
    figures += set_figures(SUITE, "conflicts", items, found.conflicts, conflicts, run.part)
    figures += stage_figures(SUITE, items, found.stages, [profile.adoption_stage for profile in gold], run.part)
    return [*figures, _held(run, found, gold, items)]


def _fields(field: str, *systems: Sequence[TopicSets]) -> list[list[frozenset[str]]]:
    return [[getattr(sets, field) for sets in system] for system in systems]


def _by_topic(
    what: str,
    items: ItemSet,
    found: Sequence[AbstractSet[str]],
    true: Sequence[AbstractSet[str]],
    run: TimelineRun,
) -> list[Figure]:
    """The metric of each topic, on those of whom it is claimed or true; a topic of nobody is left out."""
    figures = []
    for topic in run.taxonomy.ids:
        claims, truths = ([sets & {topic} for sets in side] for side in (found, true))
        figures += set_figures(SUITE, what, items, claims, truths, part_of(run.part, f"topic={topic}"))[:1]
    return figures


def _held(run: TimelineRun, found: _Found, gold: Sequence[GoldProfile], items: ItemSet) -> Figure:
    right = [held == profile.must_not_promote for held, profile in zip(found.held, gold, strict=True)]
    true = sum(profile.must_not_promote for profile in gold)
    note = f"{true} must not be promoted to; {sum(found.held)} are held by an open adverse event"
    return measured(SUITE, "must not promote accuracy", SHARE, items, means(right), part=run.part, note=note)


def _confusion(run: TimelineRun, found: _Found, gold: Sequence[GoldProfile]) -> Confusion:
    true = [profile.adoption_stage for profile in gold]
    return stage_confusion(SUITE, f"adoption stage, {run.named}", found.stages, true)


def _examples(found: _Found, gold: Sequence[GoldProfile], items: ItemSet) -> tuple[Example, ...]:
    """Every physician and brand of whom something inferred is wrong: what is true beside what was found."""
    rows = zip(gold, found.sets, found.conflicts, found.stages, found.held, items.ids, strict=True)
    examples = []
    for profile, sets, conflicts, stage, held, item_id in rows:
        truth = TopicSets.of_gold(profile)
        compared = {what: (getattr(truth, field), getattr(sets, field)) for field, what in SETS.items()}
        compared["conflicts"] = (frozenset(conflict.topic for conflict in profile.conflicts), conflicts)
        compared["adoption stage"] = (frozenset({profile.adoption_stage}), frozenset({stage or "nothing claimed"}))
        compared["must not promote"] = (frozenset({_yes(profile.must_not_promote)}), frozenset({_yes(held)}))
        facts = [
            (f"{what}, {side}", ", ".join(sorted(topics)) or "none")
            for what, sides in compared.items()
            if sides[0] != sides[1]
            for side, topics in zip(("true", "found"), sides, strict=True)
        ]
        if facts:
            text = triage_text(profile.why).redacted.text
            examples.append(Example(SUITE, item_id, profile.hcp_id, text, facts=tuple(facts)))
    return tuple(examples)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
