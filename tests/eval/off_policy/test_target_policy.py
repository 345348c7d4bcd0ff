from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets import BanditLog
from hcplens.eval.off_policy import TargetPolicy, read_policy, uniform_policy

TABLE = pd.DataFrame(
    {
        "hcp_id": ["H1", "H1", "H2", "H2"],
        "item_id": ["a", "b", "a", "b"],
        "position": [1, 2, 1, 2],
        "click": [1, 0, 0, 1],
        "propensity_score": [0.5, 0.5, 0.5, 0.5],
    }
)


@pytest.fixture
def log(read_table: Callable[[pd.DataFrame], BanditLog]) -> BanditLog:
    return read_table(TABLE)


def policy_file(folder: Path, *lines: str) -> Path:
    path = folder / "policy.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_uniform_policy_chooses_all_alike(log: BanditLog) -> None:
    assert uniform_policy(log).of_logged(log).tolist() == [0.5] * 4


def test_the_uniform_policy_chooses_among_candidates_alike(read_table: Callable[[pd.DataFrame], BanditLog]) -> None:
    log = read_table(TABLE.assign(candidates=["a|b|c|d", "a|b", "a", "b|a"]))
    assert uniform_policy(log).of_logged(log).tolist() == [0.25, 0.5, 1.0, 0.5]


def test_a_policy_file_gives_each_action_its_probability(tmp_path: Path, log: BanditLog) -> None:
    policy = read_policy(policy_file(tmp_path, "item_id,probability", "a,0.75", "b,0.25"), log)
    assert policy.name == "policy.csv"
    assert policy.of_logged(log).tolist() == [0.75, 0.25, 0.75, 0.25]


def test_probabilities_may_differ_by_position(tmp_path: Path, log: BanditLog) -> None:
    path = policy_file(tmp_path, "item_id,position,probability", "a,1,1", "b,1,0", "a,2,0.5", "b,2,0.5", "a,3,1")
    assert read_policy(path, log).of_logged(log).tolist() == [1.0, 0.5, 1.0, 0.5]


def test_probabilities_may_differ_by_physician(tmp_path: Path, log: BanditLog) -> None:
    path = policy_file(tmp_path, "item_id,hcp_id,probability", "a,H1,1", "b,H2,0.75", "a,H2,0.25", "c,H9,0.4")
    assert read_policy(path, log).of_logged(log).tolist() == [1.0, 0.0, 0.25, 0.75]


def test_probabilities_may_differ_by_position_and_physician(tmp_path: Path, log: BanditLog) -> None:
    path = policy_file(
        tmp_path, "item_id,hcp_id,position,probability", "a,H2,2,1", "a,H1,1,1", "b,H1,2,1", "b,H2,1,0.5", "a,H2,1,0.5"
    )
    assert read_policy(path, log).of_logged(log).tolist() == [1.0, 1.0, 0.5, 0.0]


def test_an_action_that_the_log_does_not_know_keeps_its_probability(tmp_path: Path, log: BanditLog) -> None:
    policy = read_policy(policy_file(tmp_path, "item_id,probability", "z,0.5", "a,0.5"), log)
    assert policy.action_names == ("a", "b", "z")
    assert policy.probabilities.tolist() == [[0.5, 0.0, 0.5]]


def test_what_was_no_candidate_is_shared_out_among_what_was(
    tmp_path: Path, read_table: Callable[[pd.DataFrame], BanditLog]
) -> None:
    log = read_table(TABLE.assign(candidates=["a|b", "b", "a", "a|b|c"]))
    policy = read_policy(policy_file(tmp_path, "item_id,probability", "a,0.6", "b,0.2", "c,0.2"), log)
    assert policy.of_logged(log) == pytest.approx([0.75, 1.0, 1.0, 0.2])


def test_rounding_in_the_file_is_forgiven(tmp_path: Path, log: BanditLog) -> None:
    policy = read_policy(policy_file(tmp_path, "item_id,probability", "a,0.3333", "b,0.3333", "c,0.3333"), log)
    assert policy.probabilities.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("item_id,probability", "a,0.75", "b,0.2"), r"row 2, probability '0.75': .* add up to 0.95, which must be 1"),
        (("item_id,probability", "a,1.5", "b,-0.5"), r"row 3, probability '-0.5': a probability is at least 0"),
        (("item_id,probability", "a,half", "b,0.5"), r"row 2, probability 'half': no number"),
        (("item_id,probability", "a,0.5", "b,0.25", "b,0.25"), r"row 4, item_id 'b': comes twice"),
        (("item_id,chance", "a,1"), r"has no column probability; it has item_id, chance"),
        (("item_id,probability",), r"says nothing of log 'log' row 2"),
        (("item_id,position,probability", "a,1,1"), r"says nothing of log 'log' row 3 \(position '2', hcp_id 'H1'\)"),
        (("item_id,hcp_id,probability", "a,H2,1"), r"says nothing of log 'log' row 2 \(position '1', hcp_id 'H1'\)"),
    ],
)
def test_a_wrong_policy_file_is_refused(tmp_path: Path, log: BanditLog, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_policy(policy_file(tmp_path, *lines), log)


def test_a_policy_without_a_candidate_is_refused(
    tmp_path: Path, read_table: Callable[[pd.DataFrame], BanditLog]
) -> None:
    log = read_table(TABLE.assign(candidates=["a", "a|b", "a|b", "b"]))
    with pytest.raises(InputError, match=r"gives no candidate of log 'log' row 5 .* any probability"):
        read_policy(policy_file(tmp_path, "item_id,probability", "a,1"), log)


def test_probabilities_that_do_not_add_up_are_no_policy(log: BanditLog) -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        replace(uniform_policy(log), probabilities=np.array([[0.5, 0.4]]))
    with pytest.raises(ValueError, match="at least 0"):
        TargetPolicy("odd", ("a", "b"), np.array([[1.5, -0.5]]), np.zeros(4, dtype=np.intp))
