from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hcplens.embeddings import Encoder
from hcplens.errors import InputError
from hcplens.eval.off_policy import RefusedLogError, simulate_log
from hcplens.eval.results import Figure
from hcplens.eval.suites.policy import policy_suite
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.inference.progress import QuietReporter

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"
TOO_LITTLE = "item_id,click,propensity\n" + "a,1,0.5\nb,0,0.5\n" * 4


@pytest.fixture
def context(hashing_encoder: Encoder) -> SuiteContext:
    return SuiteContext(hashing_encoder, QuietReporter())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Data with one log that can tell."""
    (tmp_path / "policy").mkdir()
    simulate_log(900, 90, seed=1).table.to_csv(tmp_path / "policy" / "spring.csv", index=False)
    return tmp_path


def figure(findings: Findings, key: str) -> Figure:
    return next(figure for figure in findings.figures if figure.key == key)


@pytest.fixture(scope="module")
def shipped(hashing_encoder: Encoder) -> Findings:
    return policy_suite(SHIPPED, SuiteContext(hashing_encoder, QuietReporter()))


@pytest.mark.parametrize("name", ["IPS", "SNIPS", "doubly robust", "Switch-DR"])
def test_intervals_from_the_shipped_log_hold_the_truth(shipped: Findings, name: str) -> None:
    truth = json.loads((SHIPPED / "policy" / "truth.json").read_text(encoding="utf-8"))["value"]
    estimate = figure(shipped, f"policy/{name} value").estimate
    assert (estimate.items, estimate.clusters) == (4000, 400)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < truth < estimate.high


@pytest.mark.parametrize("name", ["IPS", "SNIPS", "direct method", "doubly robust", "Switch-DR"])
def test_the_distance_to_the_truth_is_reported_as_synthetic(shipped: Findings, name: str) -> None:
    truth = json.loads((SHIPPED / "policy" / "truth.json").read_text(encoding="utf-8"))["value"]
    distance = figure(shipped, f"policy/{name} distance to the truth")
    assert distance.estimate.value == pytest.approx(abs(figure(shipped, f"policy/{name} value").estimate.value - truth))
    assert distance.estimate.value < 0.02
    assert distance.better == "lower"
    assert "synthetic" in distance.note


def test_the_shipped_log_is_told_to_be_synthetic(shipped: Findings) -> None:
    assert shipped.notices == ("log 'simulated_log' is synthetic: drawn by a simulator",)
    assert "synthetic" in figure(shipped, "policy/IPS value").note


def test_readings_say_how_much_the_log_can_tell(shipped: Findings) -> None:
    assert 1000 < figure(shipped, "policy/effective sample size").estimate.value < 4000
    assert figure(shipped, "policy/mean weight").estimate.value == pytest.approx(1, abs=0.05)
    assert figure(shipped, "policy/never logged").estimate.value == 0
    assert figure(shipped, "policy/largest weight").estimate.value > 1


def test_figures_can_be_compared_row_by_row(shipped: Findings) -> None:
    basis = figure(shipped, "policy/SNIPS value").basis
    assert basis is not None
    (items,) = shipped.item_sets
    assert (basis.item_set, len(basis.rows)) == (items.name, len(items))
    assert items.ids[0] == "simulated_log row 2"
    assert items.clusters[0] == "H0000"
    assert "cross-fitted" in shipped.scored_by[items.name]


def test_a_log_file_alone_will_do(folder: Path, context: SuiteContext) -> None:
    findings = policy_suite(folder / "policy" / "spring.csv", context)
    assert list(findings.data) == ["spring.csv"]
    assert [items.name for items in findings.item_sets] == ["policy spring"]
    assert figure(findings, "policy/IPS value").part == "all"


def test_without_a_truth_there_is_no_distance(folder: Path, context: SuiteContext) -> None:
    findings = policy_suite(folder, context)
    assert not any("truth" in figure.metric for figure in findings.figures)
    assert "synthetic" not in figure(findings, "policy/IPS value").note


def test_another_policy_is_evaluated_and_has_no_truth(folder: Path, tmp_path: Path, hashing_encoder: Encoder) -> None:
    truth = {"log": "spring.csv", "policy": "uniform", "value": 0.2, "seed": 1}
    (folder / "policy" / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    lines = ["item_id,probability", *(f"M{number:02d},{0.5 if number < 2 else 0}" for number in range(12))]
    target = tmp_path / "target.csv"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    findings = policy_suite(folder, SuiteContext(hashing_encoder, QuietReporter(), policy=target))
    uniform = policy_suite(folder, SuiteContext(hashing_encoder, QuietReporter()))
    assert sorted(findings.data) == ["policy/spring.csv", "target.csv"]
    assert not any("truth" in figure.metric for figure in findings.figures)
    assert any("truth" in figure.metric for figure in uniform.figures)
    size = "policy/effective sample size"
    assert figure(findings, size).estimate.value < figure(uniform, size).estimate.value / 2


def test_of_several_logs_each_is_a_part_and_the_refused_is_told(folder: Path, context: SuiteContext) -> None:
    simulate_log(900, 90, seed=2).table.to_csv(folder / "policy" / "autumn.csv.gz", index=False)
    (folder / "policy" / "tiny.csv").write_text(TOO_LITTLE, encoding="utf-8")
    findings = policy_suite(folder, context)
    assert {figure.part for figure in findings.figures} == {"spring", "autumn"}
    assert [items.name for items in findings.item_sets] == ["policy autumn", "policy spring"]
    assert any("log 'tiny' cannot tell" in notice for notice in findings.notices)


def test_a_log_that_cannot_tell_is_refused_where_it_is_the_only_one(tmp_path: Path, context: SuiteContext) -> None:
    (tmp_path / "tiny.csv").write_text(TOO_LITTLE, encoding="utf-8")
    with pytest.raises(RefusedLogError, match=r"effective sample size is 8\.0 of 8 rows") as refusal:
        policy_suite(tmp_path / "tiny.csv", context)
    assert refusal.value.exit_code == 2


def test_a_folder_without_logs_is_no_data(tmp_path: Path, context: SuiteContext) -> None:
    with pytest.raises(MissingDataError, match="is no log with propensities and has none"):
        policy_suite(tmp_path, context)


def test_logs_are_found_by_their_propensities_elsewhere(tmp_path: Path, context: SuiteContext) -> None:
    for name in ("random", "greedy"):
        (tmp_path / name).mkdir()
        simulate_log(900, 90, seed=1).table.to_csv(tmp_path / name / "all.csv.gz", index=False)
    (tmp_path / "hcps.csv").write_text("hcp_id,name\nH1,Dr. A\n", encoding="utf-8")
    (tmp_path / "broken.csv").write_bytes(b"\xff\xfe\xff")
    findings = policy_suite(tmp_path, context)
    assert {figure.part for figure in findings.figures} == {"random/all", "greedy/all"}
    assert sorted(findings.data) == ["greedy/all.csv.gz", "random/all.csv.gz"]


def test_an_estimate_to_be_careful_with_says_so(tmp_path: Path, context: SuiteContext) -> None:
    log = tmp_path / "poor.csv"
    rows = ["H{0},a,1,0.9\n" if row % 10 else "H{0},b,0,0.1\n" for row in range(100)]
    log.write_text("hcp_id,item_id,click,propensity\n" + "".join(map(str.format, rows, range(100))), encoding="utf-8")
    findings = policy_suite(log, context)
    assert "read the notices" in figure(findings, "policy/IPS value").note
    assert any("effective sample size is only" in notice for notice in findings.notices)


def test_a_truth_that_cannot_be_read_is_refused(folder: Path, context: SuiteContext) -> None:
    (folder / "policy" / "truth.json").write_text('{"log": "spring.csv"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"truth.json"):
        policy_suite(folder, context)


@pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="needs Open Bandit's logs")
def test_open_bandits_thompson_sampling_log_is_reported_with_its_warnings(context: SuiteContext) -> None:
    path = Path(os.environ["HCPLENS_PUBLIC_DATA"]) / "open_bandit" / "bts" / "all.csv.gz"
    findings = policy_suite(path, context)
    assert figure(findings, "policy/IPS value").estimate.value == pytest.approx(0.0024, abs=0.0002)
    assert figure(findings, "policy/effective sample size").estimate.value == pytest.approx(340.4, abs=0.1)
    assert any("never logged at their position (77)" in notice for notice in findings.notices)
