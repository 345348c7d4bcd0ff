from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.errors import InputError
from hcplens.eval.results import ItemSet
from hcplens.eval.suites.match_ablations import ABLATIONS
from hcplens.eval.suites.matched_modules import MatchedModules
from hcplens.eval.suites.matching import ITEMS, matching_suite
from hcplens.eval.suites.module_permissions import permission_figures
from hcplens.eval.suites.module_ranking import ranking_figures
from hcplens.eval.suites.module_topic_figures import module_items, module_topic_figures, require_unseen_modules
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.eval.suites.timeline_data import timelines_in
from hcplens.eval.suites.timeline_runs import GOLD, INFERRED, timeline_runs
from hcplens.inference.demo import sample_folder
from hcplens.inference.matching import EligibilityRules, EligibilitySettings, MatchTables, read_catalogue_topics
from hcplens.inference.matching.labelled_modules import read_labelled_modules
from hcplens.inference.matching.physicians import Physicians
from hcplens.inference.records.catalogue import Catalogue, load_catalogue

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"
TIRELESS = EligibilitySettings(caps=())


@pytest.fixture(scope="module")
def context(small_context: SuiteContext) -> SuiteContext:
    return small_context


@pytest.fixture(scope="module")
def findings(context: SuiteContext) -> Findings:
    return matching_suite(SHIPPED, context)


@pytest.fixture(scope="module")
def value(findings: Findings) -> Callable[[str, str], float]:
    by_key = {(figure.metric, figure.part): figure.estimate.value for figure in findings.figures}
    return lambda metric, part: by_key[metric, part]


@pytest.fixture(scope="module")
def matched_by_statements(context: SuiteContext) -> dict[str, MatchedModules]:
    timelines = timelines_in(SHIPPED)
    with sample_folder() as sample:
        catalogue = load_catalogue(sample / "modules.jsonl")
    return {
        run.statements: MatchedModules.of(run, catalogue, timelines.profiles, context.encoder)
        for run in timeline_runs(timelines, context)
    }


@pytest.fixture(scope="module")
def matched(matched_by_statements: dict[str, MatchedModules]) -> MatchedModules:
    """Answers to gold statements."""
    return matched_by_statements[GOLD]


@pytest.fixture(scope="module")
def items(findings: Findings) -> ItemSet:
    return next(items for items in findings.item_sets if items.name == ITEMS)


def test_matching_to_gold_statements_ranks_as_was_seen_before(value: Callable[[str, str], float]) -> None:
    assert value("nDCG@5", "statements=gold") == pytest.approx(0.89, abs=0.04)


def test_the_model_that_ships_ranks_better_than_a_random_order(context: SuiteContext) -> None:
    found = matching_suite(SHIPPED, replace(context, model=None, encoder_folder=None))
    [gain] = [f for f in found.figures if f.key == "matching/nDCG@5 gain over a random order"]
    assert gain.estimate.value > 0


def test_a_random_order_scores_what_is_known_of_it_and_the_gain_is_the_share_of_what_it_leaves(
    value: Callable[[str, str], float],
) -> None:
    for part in ("all", "statements=gold"):
        random = value("nDCG@5 of a random order", part)
        assert random == pytest.approx(0.568, abs=0.001)
        gain = (value("nDCG@5", part) - random) / (1 - random)
        assert value("nDCG@5 gain over a random order", part) == pytest.approx(gain)


def test_what_is_withheld_scores_0_and_is_told_apart(matched: MatchedModules, items: ItemSet) -> None:
    graded = [row for row, profile in enumerate(matched.gold) if profile.best_modules]
    answers = list(matched.answers)
    shown = [row for row in graded if (answer := answers[row]) is not None and answer.suppressed is None]
    for row in shown[:8]:
        answer = answers[row]
        assert answer is not None
        answers[row] = replace(answer, suppressed="an adverse event", modules=())
    found = ranking_figures("matching", replace(matched, answers=answers), items)
    value = {figure.part: figure.estimate for figure in found if figure.metric == "nDCG@5"}
    rest = value["statements=gold, promotion not withheld"]
    assert rest.items == len(shown) - 8
    assert value["statements=gold"].value == pytest.approx(rest.value * rest.items / len(graded))


def test_german_and_english_physicians_are_told_apart(findings: Findings) -> None:
    sizes = {
        figure.part: figure.estimate.items
        for figure in findings.figures
        if figure.metric == "nDCG@5" and "language" in figure.part and "ablation" not in figure.part
    }
    assert sizes["language=de"] + sizes["language=en"] == 32
    assert sizes["statements=gold, language=de"] == sizes["language=de"]


def test_every_ablation_is_measured_and_topics_that_were_learned_are_worth_something(
    value: Callable[[str, str], float],
) -> None:
    for name in ABLATIONS:
        assert 0 < value("nDCG@5", f"ablation={name}") < 1
    without = value("nDCG@5", "statements=gold, ablation=topics by similarity")
    assert value("nDCG@5", "statements=gold") > without + 0.02


def test_topics_of_modules_are_read_in_both_languages(value: Callable[[str, str], float]) -> None:
    assert value("topics of modules F1", "all") > 0.5
    for part in ("", ", language=de", ", language=en"):
        by_similarity = value("topics of modules F1", f"ablation=topics by similarity{part}")
        assert value("topics of modules F1", part[2:] or "all") > by_similarity


def test_a_module_counts_for_the_topics_that_gold_names(context: SuiteContext, matched: MatchedModules) -> None:
    timelines = timelines_in(SHIPPED)
    read = read_catalogue_topics(matched.catalogue.modules, matched.run.taxonomy, context.encoder)
    as_read = {module_id: frozenset((topic, "barrier") for topic in topics) for module_id, topics in read.items()}
    agreeing = replace(timelines, addresses=as_read)
    items = module_items(agreeing, matched.catalogue)
    figures = module_topic_figures(
        "matching", agreeing, matched.catalogue, items, matched.run.taxonomy, context.encoder
    )
    learned = [figure for figure in figures if "ablation" not in figure.part]
    assert {figure.estimate.value for figure in learned} == {1.0}
    assert all(figure.estimate.value < 1.0 for figure in figures if figure not in learned)


def test_a_catalogue_that_the_reader_of_topics_learned_from_is_refused(
    context: SuiteContext, matched: MatchedModules
) -> None:
    learned = read_labelled_modules([SHIPPED / "modules" / "a.jsonl"])[0]
    seen = matched.catalogue.modules[0].model_copy(update={"title": learned.title, "text": learned.text})
    with pytest.raises(InputError, match="learned from 1 modules of the catalogue"):
        require_unseen_modules(Catalogue((seen,)), context.encoder)


def test_nothing_is_recommended_that_may_not_be_shown(findings: Findings, value: Callable[[str, str], float]) -> None:
    for part in ("all", "statements=gold"):
        assert value("ineligible recommendations", part) == 0.0
        assert value("must not promote respected", part) == 1.0
    [figure] = [f for f in findings.figures if f.key == "matching/ineligible recommendations/statements=gold"]
    assert figure.basis is not None
    assert figure.basis.statistics[:, 1].sum() > 100


def test_a_module_that_may_not_be_shown_is_found_out(matched: MatchedModules, items: ItemSet) -> None:
    expired = matched.catalogue.modules[0].model_copy(update={"status": "expired"})
    catalogue = replace(matched.catalogue, modules=(expired, *matched.catalogue.modules[1:]))
    figures = permission_figures("matching", replace(matched, catalogue=catalogue), items)
    shown = sum(expired.module_id in ranking for ranking in matched.rankings)
    assert shown > 0
    assert figures[0].basis is not None
    assert figures[0].basis.statistics[:, 0].sum() == shown


def test_the_check_of_its_own_agrees_with_the_matchers_rules(matched: MatchedModules) -> None:
    tables = matched.run.tables
    known = MatchTables(**{name: tables[name] for name in ("hcps", "consents", "content_events")})
    physicians, modules = Physicians(known), matched.catalogue.modules
    rules = EligibilityRules(modules, TIRELESS)
    for hcp_id in tables["hcps"]["hcp_id"].to_pylist():
        eligible = rules.check(physicians.physician(hcp_id, matched.run.as_of), matched.run.as_of).eligible
        ours = [row for row, module in enumerate(modules) if not matched.permissions.problems(module, hcp_id)]
        assert ours == eligible.tolist(), hcp_id


def test_every_graded_module_may_be_shown(matched: MatchedModules) -> None:
    by_id = {module.module_id: module for module in matched.catalogue.modules}
    graded = [(profile.hcp_id, best.module_id) for profile in matched.gold for best in profile.best_modules]
    assert len(graded) == 65
    assert all(not matched.permissions.problems(by_id[module_id], hcp_id) for hcp_id, module_id in graded)


def test_answers_in_the_order_of_the_grades_score_1(matched: MatchedModules, items: ItemSet) -> None:
    some = next(shown for answer in matched.answers if answer for shown in answer.modules)
    graded = [[best.module_id for best in profile.best_modules[:5]] for profile in matched.gold]
    by_id = {module.module_id: module for module in matched.catalogue.modules}
    answers = [
        answer and replace(answer, modules=tuple(some._replace(module=by_id[module_id]) for module_id in ids))
        for answer, ids in zip(matched.answers, graded, strict=True)
    ]
    ndcg, mrr, recall, hit, *_ = ranking_figures("matching", replace(matched, answers=answers), items)
    assert {figure.estimate.value for figure in (ndcg, mrr, hit)} == {1.0}
    assert 0.9 < recall.estimate.value <= 1.0


def test_nothing_answered_scores_0(matched: MatchedModules, items: ItemSet) -> None:
    none = replace(matched, answers=[None] * len(matched.gold))
    for figure in ranking_figures("matching", none, items)[:4]:
        assert figure.estimate.value == 0.0


def test_permuting_the_physicians_changes_nothing(matched: MatchedModules, items: ItemSet) -> None:
    order = np.random.default_rng(7).permutation(len(items))
    permuted = replace(
        matched, gold=[matched.gold[row] for row in order], answers=[matched.answers[row] for row in order]
    )
    shuffled = ItemSet(ITEMS, tuple(items.ids[row] for row in order), tuple(items.clusters[row] for row in order))
    for one, other in zip(
        ranking_figures("matching", matched, items), ranking_figures("matching", permuted, shuffled), strict=True
    ):
        assert one.estimate.value == pytest.approx(other.estimate.value)


def test_diversity_coverage_and_gaps_are_told(value: Callable[[str, str], float]) -> None:
    for part in ("all", "statements=gold"):
        assert 0.4 < value("intra-list diversity", part) < 0.8
        assert 0.5 < value("catalogue coverage", part) <= 1.0
    assert value("content gaps recall", "statements=gold") > 0.8


def test_those_are_shown_whose_first_module_is_not_a_best_one(
    findings: Findings, matched_by_statements: dict[str, MatchedModules]
) -> None:
    inferred = matched_by_statements[INFERRED]
    wrong = set()
    for profile, ranking in zip(inferred.gold, inferred.rankings, strict=True):
        best = max((graded.grade for graded in profile.best_modules), default=None)
        first_is_best = any(g.module_id in ranking[:1] and g.grade == best for g in profile.best_modules)
        if profile.best_modules and not first_is_best:
            wrong.add("|".join(profile.pair))
    assert {example.item_id for example in findings.examples} == wrong
    assert 0 < len(wrong) < len(inferred.gold)


def test_a_folder_without_a_catalogue_is_left_to_other_suites(context: SuiteContext, tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "timelines" / "notes.jsonl", tmp_path / "notes.jsonl")
    with pytest.raises(MissingDataError, match="no gold profiles with a catalogue"):
        matching_suite(tmp_path, context)
