"""Logs of a policy that chose at random, with the probability of each choice: Open Bandit's format and our own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..metrics import Floats
from .bandit_features import column_features
from .text_columns import Numbered, TextColumns, read_text_columns

ACTION = ("item_id", "action", "module_id")
REWARD = ("click", "reward")
PROPENSITY = ("propensity_score", "propensity")
CLUSTER = ("hcp_id", "user_id")
POSITION = ("position",)
CANDIDATES = ("candidates",)
FEATURE_PREFIX = "user_feature_"
SMALLEST_PROPENSITY = 1e-12
"""What is chosen less often is never logged: such a number is an error of its writer."""
_UNUSED = ("timestamp",)
_ONLY_POSITION = "all"
_BETWEEN_CANDIDATES = "|"


@dataclass(frozen=True, eq=False)
class BanditLog:
    """One row a choice: what was shown, how likely that was, and what came of it.

    Attributes:
        name: of the log, the file's without its suffixes.
        action_names: the K actions the log knows, sorted.
        actions: (n,) the action chosen, as a place in `action_names`.
        rewards: (n,) what came of it, such as 1 for a click.
        propensities: (n,) in (0, 1], the probability with which the logging policy chose this action here.
        position_names: the P places where actions are shown; one where the log has no positions.
        positions: (n,) as places in `position_names`.
        contexts: (n, d) features of the physician or visitor; d may be 0.
        cluster_names: to whom rows belong: physicians, visitors, or each row to itself.
        clusters: (n,) as places in `cluster_names`.
        candidate_sets: (s, K) the different sets of actions that were allowed; None where all always were.
        candidates: (n,) as rows of `candidate_sets`; None where all actions always were allowed.
        notices: what a reader of the log should know.
    """

    name: str
    action_names: tuple[str, ...]
    actions: NDArray[np.intp]
    rewards: Floats
    propensities: Floats
    position_names: tuple[str, ...]
    positions: NDArray[np.intp]
    contexts: Floats
    cluster_names: tuple[str, ...]
    clusters: NDArray[np.intp]
    candidate_sets: NDArray[np.bool_] | None = None
    candidates: NDArray[np.intp] | None = None
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.actions)


def read_bandit_log(path: Path) -> BanditLog:
    """A log from a CSV file (.csv or .csv.gz).

    Columns: `item_id` (or `action`, `module_id`), `click` (or `reward`), `propensity_score` (or `propensity`);
    where there are any, `position`, `user_feature_*`, `hcp_id` (or `user_id`: rows of one are alike) and `candidates`
    (the actions that were allowed, with `|` between them). Propensities are of the action at its position.

    Raises:
        InputError: a column is missing or there twice, a value is no number, a propensity lies outside (0, 1], a chosen
            action is no candidate, or there are no rows.
    """
    columns = read_text_columns(path)
    action, reward, propensity = (columns.required(names) for names in (ACTION, REWARD, PROPENSITY))
    if not len(columns):
        raise InputError(f"{path}: has a header but no rows; an empty log can tell nothing")
    propensities = columns.floats(propensity)
    sound = (propensities >= SMALLEST_PROPENSITY) & (propensities <= 1)
    columns.require(propensity, sound, "a propensity lies above 0 (by more than rounding) and at most at 1")
    actions, candidates, candidate_sets = _actions(columns, action)
    positions, clusters = _positions(columns), _clusters(columns)
    return BanditLog(
        name=_log_name(path),
        action_names=actions.names,
        actions=actions.numbers,
        rewards=columns.floats(reward),
        propensities=propensities,
        position_names=positions.names,
        positions=positions.numbers,
        contexts=_contexts(columns),
        cluster_names=clusters.names,
        clusters=clusters.numbers,
        candidate_sets=candidate_sets,
        candidates=candidates,
        notices=_notices(columns),
    )


def _log_name(path: Path) -> str:
    """What a log is called: its file without .csv and .gz."""
    return path.name.removesuffix(".gz").removesuffix(".csv")


def _actions(columns: TextColumns, action: str) -> tuple[Numbered, NDArray[np.intp] | None, NDArray[np.bool_] | None]:
    chosen, candidates = columns.named(action), columns.one_of(CANDIDATES)
    if candidates is None:
        return chosen, None, None
    sets = columns.named(candidates)
    members = [{name.strip() for name in text.split(_BETWEEN_CANDIDATES)} - {""} for text in sets.names]
    names = tuple(sorted(set(chosen.names).union(*members)))
    numbers = np.asarray([names.index(name) for name in chosen.names])[chosen.numbers]
    allowed = np.asarray([[name in member for name in names] for member in members])
    columns.require(action, allowed[sets.numbers, numbers], f"is not among the {candidates} of its row")
    return Numbered(names, numbers), sets.numbers, allowed


def _positions(columns: TextColumns) -> Numbered:
    name = columns.one_of(POSITION)
    return Numbered((_ONLY_POSITION,), np.zeros(len(columns), dtype=np.intp)) if name is None else columns.named(name)


def _clusters(columns: TextColumns) -> Numbered:
    name = columns.one_of(CLUSTER)
    if name is not None:
        return columns.named(name)
    return Numbered(tuple(f"row {at + 2}" for at in range(len(columns))), np.arange(len(columns)))


def _contexts(columns: TextColumns) -> Floats:
    names = [name for name in columns.names if name.startswith(FEATURE_PREFIX)]
    return np.concatenate(
        [np.empty((len(columns), 0)), *(column_features(columns.texts(name)) for name in names)], axis=1
    )


def _notices(columns: TextColumns) -> tuple[str, ...]:
    known = {*ACTION, *REWARD, *PROPENSITY, *CLUSTER, *POSITION, *CANDIDATES, *_UNUSED}
    others = [name for name in columns.names if name not in known and not name.startswith(FEATURE_PREFIX)]
    notices = [f"{columns.path.name}: columns not used: {', '.join(others)}"] if others else []
    if columns.one_of(CLUSTER) is None:
        notices.append(
            f"{columns.path.name}: says not whose the rows are (no {CLUSTER[0]}): each counts as its own cluster"
        )
    return tuple(notices)
