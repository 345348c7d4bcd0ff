"""The policy that is asked about: how likely it would choose each action in each row of a log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..datasets import BanditLog, TextColumns, read_text_columns
from ..datasets.bandit_log import ACTION, CLUSTER, POSITION
from ..metrics import Floats

PROBABILITY = "probability"
SUM_TOLERANCE = 1e-3
"""How far the probabilities of a policy file may be from adding up to 1; written with few decimals, they seldom do."""


@dataclass(frozen=True, eq=False)
class TargetPolicy:
    """Choice probabilities by situation; rows of a log that are in the same situation share them.

    Attributes:
        name: `uniform`, or the file's.
        action_names: the A actions: those of the log, in its order, then any that the log does not know.
        probabilities: (s, A) of each action in each situation; a row adds up to 1.
        situations: (n,) the situation of each row of the log.
    """

    name: str
    action_names: tuple[str, ...]
    probabilities: Floats
    situations: NDArray[np.intp]

    def __post_init__(self) -> None:
        sums = self.probabilities.sum(axis=1)
        if (self.probabilities < 0).any() or not np.allclose(sums, 1):
            raise ValueError(f"policy {self.name!r}: probabilities are at least 0 and add up to 1 in every situation")

    def of_logged(self, log: BanditLog) -> Floats:
        """(n,) how likely this policy would have chosen what was chosen."""
        return np.asarray(self.probabilities[self.situations, log.actions])


def uniform_policy(log: BanditLog) -> TargetPolicy:
    """Every action alike, or every candidate where the log says which there were."""
    if log.candidate_sets is None or log.candidates is None:
        everywhere = np.full((1, len(log.action_names)), 1 / len(log.action_names))
        return TargetPolicy("uniform", log.action_names, everywhere, np.zeros(len(log), dtype=np.intp))
    alike = log.candidate_sets / log.candidate_sets.sum(axis=1, keepdims=True)
    return TargetPolicy("uniform", log.action_names, alike, log.candidates)


def read_policy(path: Path, log: BanditLog) -> TargetPolicy:
    """A policy from a CSV file: `item_id`, `probability`, and where they matter `position` and `hcp_id`.

    Columns may have any of the names that logs use.

    Probabilities add up to 1 over the actions of each position and physician. Where the log says which actions were
    candidates, the others' probability is shared out among these in proportion.

    Raises:
        InputError: a column is missing, a probability is negative or no number, an action comes twice, probabilities do
            not add up to 1, a position or physician of the log has none, or all candidates of a row have 0.
    """
    columns = read_text_columns(path)
    values = columns.floats(columns.required((PROBABILITY,)))
    columns.require(PROBABILITY, values >= 0, "a probability is at least 0")
    action = columns.required(ACTION)
    items = columns.named(action)
    names = (*log.action_names, *sorted(set(items.names) - set(log.action_names)))
    place = {name: at for at, name in enumerate(names)}
    actions = np.asarray([place[name] for name in items.names], dtype=np.intp)[items.numbers]
    of_file, of_log = _situations(columns, log)
    table, known = _table(columns, action, of_file, actions, values, len(names))
    silent = ~np.isin(of_log, known)
    if silent.any():
        raise InputError(f"{path}: says nothing of {_described(log, int(np.argmax(silent)))}; add its probabilities")
    return _among_candidates(path, log, TargetPolicy(path.name, names, table, np.searchsorted(known, of_log)))


def _situations(columns: TextColumns, log: BanditLog) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The situations of the file's rows and of the log's as the same numbers; -1 for one that the log never is in."""
    of_file, of_log = np.zeros(len(columns), dtype=np.intp), np.zeros(len(log), dtype=np.intp)
    for names, known, numbers in (
        (POSITION, log.position_names, log.positions),
        (CLUSTER, log.cluster_names, log.clusters),
    ):
        name = columns.one_of(names)
        if name is None:
            continue
        place = {value: at for at, value in enumerate(known)}
        column = columns.named(name)
        found = np.asarray([place.get(value, -1) for value in column.names], dtype=np.intp)[column.numbers]
        of_file = np.where(np.minimum(found, of_file) < 0, -1, of_file * len(known) + found)
        of_log = of_log * len(known) + numbers
    return of_file, of_log


def _table(
    columns: TextColumns,
    action: str,
    situations: NDArray[np.intp],
    actions: NDArray[np.intp],
    values: Floats,
    count: int,
) -> tuple[Floats, NDArray[np.intp]]:
    """Probabilities (s, count), and the situation of each row of them."""
    rows = np.flatnonzero(situations >= 0)
    known, at = np.unique(situations[rows], return_inverse=True)
    cells, first = np.unique(at * count + actions[rows], return_index=True)
    if len(cells) < len(rows):
        twice = int(np.setdiff1d(rows, rows[first])[0])
        columns.refuse(action, twice, "comes twice in the same situation")
    table = np.zeros((len(known), count))
    table[at, actions[rows]] = values[rows]
    sums = table.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > SUM_TOLERANCE)
    if len(wrong):
        row = int(rows[np.argmax(at == wrong[0])])
        columns.refuse(
            PROBABILITY, row, f"the probabilities of its situation add up to {sums[wrong[0]]:.4g}, which must be 1"
        )
    return table / sums[:, None], known


def _among_candidates(path: Path, log: BanditLog, policy: TargetPolicy) -> TargetPolicy:
    """The policy with the probability of what was not allowed shared out among what was."""
    if log.candidate_sets is None or log.candidates is None:
        return policy
    pairs, situations = np.unique(np.column_stack([policy.situations, log.candidates]), axis=0, return_inverse=True)
    beyond = np.zeros((len(pairs), len(policy.action_names) - len(log.action_names)), dtype=bool)
    allowed = np.concatenate([log.candidate_sets[pairs[:, 1]], beyond], axis=1)
    kept = policy.probabilities[pairs[:, 0]] * allowed
    sums = kept.sum(axis=1, keepdims=True)
    if not sums.all():
        at = int(np.argmax(sums[situations, 0] == 0))
        raise InputError(f"{path}: gives no candidate of {_described(log, at)} any probability; add some")
    return TargetPolicy(policy.name, policy.action_names, kept / sums, situations)


def _described(log: BanditLog, row: int) -> str:
    position, cluster = log.position_names[log.positions[row]], log.cluster_names[log.clusters[row]]
    return f"log {log.name!r} row {row + 2} ({POSITION[0]} {position!r}, {CLUSTER[0]} {cluster!r})"
