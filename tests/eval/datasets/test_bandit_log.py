from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets import BanditLog, read_bandit_log

OPEN_BANDIT = Path(os.environ.get("HCPLENS_PUBLIC_DATA", "")) / "open_bandit"


def written(folder: Path, *lines: str, name: str = "log.csv") -> Path:
    path = folder / name
    content = "".join(line + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def read(folder: Path, *lines: str) -> BanditLog:
    return read_bandit_log(written(folder, *lines))


def test_an_open_bandit_log_is_read(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "timestamp,item_id,position,click,propensity_score,user_feature_0",
        "2019-11-24 00:00:17,79,2,0,0.087125,x",
        "2019-11-24 00:00:19,14,1,1,0.006235,y",
        "2019-11-24 00:01:04,79,2,0,1,x",
    )
    assert log.name == "log"
    assert log.action_names == ("14", "79")
    assert log.actions.tolist() == [1, 0, 1]
    assert log.rewards.tolist() == [0, 1, 0]
    assert log.propensities.tolist() == [0.087125, 0.006235, 1]
    assert [log.position_names[position] for position in log.positions] == ["2", "1", "2"]
    assert log.contexts.tolist() == [[1, 0], [0, 1], [1, 0]]
    assert [log.cluster_names[cluster] for cluster in log.clusters] == ["row 2", "row 3", "row 4"]
    assert log.candidates is None
    assert len(log) == 3


def test_our_own_names_are_read_too(tmp_path: Path) -> None:
    log = read(tmp_path, "hcp_id,module_id,reward,propensity", "H2,M1,0.5,0.25", "H1,M2,-1,0.5", "H2,M1,3,0.25")
    assert [log.cluster_names[cluster] for cluster in log.clusters] == ["H2", "H1", "H2"]
    assert log.rewards.tolist() == [0.5, -1, 3]
    assert log.position_names == ("all",)
    assert log.contexts.shape == (3, 0)
    assert log.notices == ()


def test_a_compressed_log_is_the_same_log(tmp_path: Path) -> None:
    lines = ("action,reward,propensity", "a,1,0.5", "b,0,0.5")
    log = read_bandit_log(written(tmp_path, *lines, name="spring.csv.gz"))
    assert (log.name, log.rewards.tolist()) == ("spring", [1, 0])


def test_candidates_are_sets_of_actions(tmp_path: Path) -> None:
    log = read(tmp_path, "action,reward,propensity,candidates", "a,1,0.5,a|b", "a,0,0.5,c | a", "b,0,0.5,a|b")
    assert log.action_names == ("a", "b", "c")
    assert log.candidate_sets is not None
    assert log.candidate_sets[log.candidates].tolist() == [
        [True, True, False],
        [True, False, True],
        [True, True, False],
    ]


def test_few_values_become_one_feature_each_and_many_are_hashed(tmp_path: Path) -> None:
    header = "action,reward,propensity,user_feature_word,user_feature_name,user_feature_age"
    rows = [f"a,{row % 2},0.5,w{row % 3},name {row},{20 + row}" for row in range(100)]
    contexts = read(tmp_path, header, *rows).contexts
    assert contexts.shape == (100, 3 + 32 + 1)
    assert (contexts[:, :3].sum(axis=1) == 1).all()
    assert (contexts[:, 3:35].sum(axis=1) == 1).all()
    assert contexts[:, 35].mean() == pytest.approx(0, abs=1e-12)
    assert contexts[:, 35].std() == pytest.approx(1)


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    log = read(tmp_path, "hcp_id,action,reward,propensity,weather", "H1,a,1,0.5,rain")
    assert log.notices == ("log.csv: columns not used: weather",)


def test_rows_that_belong_to_nobody_are_told(tmp_path: Path) -> None:
    log = read(tmp_path, "action,reward,propensity", "a,1,0.5", "a,1,0.5")
    assert log.clusters.tolist() == [0, 1]
    assert "each counts as its own cluster" in log.notices[0]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("item_id,click", "a,1"), r"has no column propensity_score or propensity; it has item_id, click"),
        (("click,propensity", "1,0.5"), r"has no column item_id or action or module_id"),
        (("item_id,action,click,propensity", "a,a,1,0.5"), r"has the columns item_id, action, which mean the same"),
        (("item_id,click,click,propensity", "a,1,1,0.5"), r"has two columns 'click'"),
        (("item_id,click,propensity",), r"has a header but no rows"),
        ((), r"is empty, without a header"),
        (("item_id,click,propensity", "a,1,0.5", "b,yes,0.5"), r"log.csv row 3, click 'yes': no number"),
        (("item_id,click,propensity", "a,,0.5"), r"row 2, click '': no number"),
        (("item_id,click,propensity", "a,nan,0.5"), r"row 2, click 'nan': is not finite"),
        (("item_id,click,propensity", "a,1,0.5", "a,1,0"), r"row 3, propensity '0': a propensity lies above 0"),
        (("item_id,click,propensity", "a,1,1.01"), r"row 2, propensity '1.01': a propensity lies above 0 .* most at 1"),
        (("item_id,click,propensity", "a,1,1e-300"), r"row 2, propensity '1e-300': a propensity lies above 0"),
        (("item_id,click,propensity", "a,1,-0.1"), r"row 2, propensity '-0.1'"),
        (("item_id,click,propensity", "a,1,0.5", ",1,0.5"), r"row 3, item_id '': is empty"),
        (("item_id,click,propensity,hcp_id", "a,1,0.5,"), r"row 2, hcp_id '': is empty"),
        (("item_id,click,propensity,candidates", "a,1,0.5,b|c"), r"row 2, item_id 'a': is not among the candidates"),
        (("item_id,click,propensity", "a,1,0.5", "a,1"), r"Row #3: Expected 3 columns, got 2"),
    ],
)
def test_a_wrong_log_is_refused(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, *lines)


def test_a_log_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no file"):
        read_bandit_log(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "content", [b"no archive", gzip.compress(b"item_id,click,propensity\n" + b"a,1,0.5\n" * 999)[:60]]
)
def test_a_damaged_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log.csv.gz").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as CSV"):
        read_bandit_log(tmp_path / "log.csv.gz")


@pytest.mark.parametrize("good_rows", [0, 5000])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, good_rows: int) -> None:
    (tmp_path / "log.csv").write_bytes(b"item_id,click,propensity\n" + b"a,1,0.5\n" * good_rows + b"\xff\xfe,1,0.5\n")
    with pytest.raises(InputError, match=r"cannot be read as CSV with commas: .*(utf-8|UTF8)"):
        read_bandit_log(tmp_path / "log.csv")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"\xef\xbb\xbfitem_id,click,propensity\na,1,0.5\n")
    assert read_bandit_log(tmp_path / "log.csv").action_names == ("a",)


@pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="needs Open Bandit's logs")
@pytest.mark.parametrize(("policy", "clicks"), [("bts", 42), ("random", 38)])
def test_open_bandits_logs_are_read(policy: str, clicks: int) -> None:
    log = read_bandit_log(OPEN_BANDIT / policy / "all.csv.gz")
    assert (len(log), len(log.action_names), log.position_names) == (10_000, 80, ("1", "2", "3"))
    assert log.rewards.sum() == clicks
    assert log.contexts.shape == (10_000, sum(len(np.unique(column)) > 1 for column in log.contexts.T))
