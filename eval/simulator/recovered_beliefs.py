"""Which open drivers and barriers the ledger finds, and whether its beliefs mean what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...inference.profiles import ProfileTables, is_open
from ...inference.profiles.states import RESOLVED
from ..datasets.latest_words import latest_own_words
from ..metrics import (
    AUC,
    COUNTED_SHARE,
    F1,
    MEAN_ABSOLUTE,
    RATIO,
    Floats,
    brier_scores,
    claim_counts,
    log_losses,
    means,
    precision_counts,
    recall_counts,
)
from ..results import Figure, ItemSet, measured
from .population import POLARITIES
from .world import World

PAIRS, ENTRIES, ENDINGS = "simulated: physicians × brands", "simulated: entries of the ledger", "simulated: ended"
_BINS = 10

BASELINE = "latest own statement wins"

Pair = tuple[str, str]
Key = tuple[str, str, str, str]
"""Physician, brand, topic and polarity."""


def belief_recovery(suite: str, world: World, profiles: ProfileTables) -> tuple[list[Figure], list[ItemSet]]:
    """F1, precision, recall of what is open; Brier score, calibration error and AUC of beliefs; recall of endings."""
    pairs = list(zip(*(world.truth.prescribing[name].to_pylist() for name in ("hcp_id", "brand")), strict=True))
    items = ItemSet(PAIRS, tuple("|".join(pair) for pair in pairs), tuple(hcp_id for hcp_id, _ in pairs))
    truths, entries = world.truth.topics.to_pylist(), profiles.profiles.to_pylist()
    figures = [
        figure for polarity in POLARITIES for figure in _open_figures(suite, items, pairs, polarity, truths, entries)
    ]
    figures += _over_reported_figures(suite, world, items, pairs, truths, entries)
    beliefs, listed = _belief_figures(suite, truths, entries, world)
    endings, ended = _ending_figures(suite, truths, entries)
    return [*figures, *beliefs, *endings], [items, *listed, *ended]


def _open_figures(
    suite: str,
    items: ItemSet,
    pairs: Sequence[Pair],
    polarity: str,
    truths: Sequence[dict[str, Any]],
    entries: Sequence[dict[str, Any]],
) -> Iterator[Figure]:
    claimed = _topics(entry for entry in entries if entry["polarity"] == polarity and is_open(entry))
    held = [row for row in truths if row["polarity"] == polarity and row["state"] != RESOLVED]
    true, said = _topics(held), _topics(row for row in held if row["times_said"])
    claims = [claimed[pair] for pair in pairs]
    counts = claim_counts(claims, [true[pair] for pair in pairs])
    heard = claim_counts([claimed[pair] & said[pair] for pair in pairs], [said[pair] for pair in pairs])
    others = claim_counts(_of_others(claims, items), [true[pair] for pair in pairs])
    yield measured(suite, f"open {polarity} F1", F1, items, counts)
    yield measured(suite, f"open {polarity} precision", COUNTED_SHARE, items, precision_counts(counts))
    yield measured(suite, f"open {polarity} recall", COUNTED_SHARE, items, recall_counts(counts))
    yield measured(
        suite,
        f"open {polarity} recall",
        COUNTED_SHARE,
        items,
        recall_counts(heard),
        part="said",
        note="only those ever voiced",
    )
    yield measured(suite, f"open {polarity} F1 by chance", F1, items, others, better="neither")


def _over_reported_figures(
    suite: str,
    world: World,
    items: ItemSet,
    pairs: Sequence[Pair],
    truths: Sequence[dict[str, Any]],
    entries: Sequence[dict[str, Any]],
) -> list[Figure]:
    """Precision where one of the physician's reps hears the topic everywhere, and on all other topics."""
    habits = _habits(world)
    claimed = _topics(entry for entry in entries if entry["polarity"] == "barrier" and is_open(entry))
    true = _topics(row for row in truths if row["polarity"] == "barrier" and row["state"] != RESOLVED)
    sides = {
        "over-reported by a rep": [claimed[pair] & habits[pair[0]] for pair in pairs],
        "not over-reported": [claimed[pair] - habits[pair[0]] for pair in pairs],
    }
    return [
        measured(
            suite,
            "open barrier precision",
            COUNTED_SHARE,
            items,
            precision_counts(claim_counts(claims, [true[pair] for pair in pairs])),
            part=part,
        )
        for part, claims in sides.items()
    ]


def _habits(world: World) -> defaultdict[str, set[str]]:
    """The topics that the reps of each physician hear everywhere."""
    reps = world.truth.reps
    habit = dict(zip(reps["rep_id"].to_pylist(), reps["over_reports"].to_pylist(), strict=True))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in world.rep_assignments.to_pylist():
        if habit[row["rep_id"]] is not None:
            found[row["hcp_id"]].add(habit[row["rep_id"]])
    return found


def _topics(rows: Iterable[dict[str, Any]]) -> defaultdict[Pair, set[str]]:
    found: defaultdict[Pair, set[str]] = defaultdict(set)
    for row in rows:
        found[row["hcp_id"], row["brand"]].add(row["topic"])
    return found


def _of_others(claims: list[set[str]], items: ItemSet) -> list[set[str]]:
    """The claims of the next pair that is another physician's."""
    n = len(items)
    steps = (next((k for k in range(1, n) if items.clusters[(i + k) % n] != items.clusters[i]), 0) for i in range(n))
    return [claims[(i + step) % n] for i, step in enumerate(steps)]


def _belief_figures(
    suite: str, truths: Sequence[dict[str, Any]], entries: Sequence[dict[str, Any]], world: World
) -> tuple[list[Figure], list[ItemSet]]:
    """Figures of beliefs, and beside them those of the trivial ledger, its two probabilities the best in hindsight."""
    if not entries:
        return [], []
    held = {_key(row) for row in truths if row["state"] != RESOLVED}
    words = latest_own_words(world.statements, world.options.as_of)
    items = ItemSet(ENTRIES, tuple("|".join(_key(row)) for row in entries), tuple(row["hcp_id"] for row in entries))
    believed = np.array([row["probability"] for row in entries], dtype=np.float64)
    true = np.array([_key(row) in held for row in entries], dtype=np.float64)
    claimed = np.array([is_open(row) for row in entries])
    ruled = np.array([words.get(_key(row), False) for row in entries])
    shares = np.where(ruled, true[ruled].mean() if ruled.any() else 0.5, true[~ruled].mean() if (~ruled).any() else 0.5)
    gap = means(believed - true)
    figures = [
        measured(suite, "belief Brier", RATIO, items, means(brier_scores(believed, true)), better="lower"),
        measured(suite, "belief log-loss", RATIO, items, means(log_losses(believed, true)), better="lower"),
        measured(
            suite, "belief log-loss", RATIO, items, means(log_losses(shares, true)), part=BASELINE, better="neither"
        ),
        measured(suite, "listed open F1", F1, items, _binary_counts(claimed, true)),
        measured(suite, "listed open F1", F1, items, _binary_counts(ruled, true), part=BASELINE, better="neither"),
        measured(suite, "belief AUC", AUC, items, np.column_stack([believed, true])),
        measured(suite, "belief calibration error", MEAN_ABSOLUTE, items, _by_bin(believed, true), better="lower"),
        measured(suite, "belief above truth", RATIO, items, gap, better="neither", note="mean belief minus share true"),
    ]
    return figures, [items]


def _binary_counts(claimed: NDArray[np.bool_], true: Floats) -> Floats:
    return claim_counts(
        [{"open"} if claim else set() for claim in claimed], [{"open"} if holds else set() for holds in true]
    )


def _by_bin(believed: Floats, true: Floats) -> Floats:
    """(n, bins + 1) the excess of belief over truth in its bin of equal mass, and 1."""
    edges = np.quantile(believed, np.linspace(0, 1, _BINS + 1)[1:-1])
    in_bin = np.eye(_BINS)[np.searchsorted(edges, believed)]
    return np.column_stack([in_bin * (believed - true)[:, None], np.ones(len(true))])


def _ending_figures(
    suite: str, truths: Sequence[dict[str, Any]], entries: Sequence[dict[str, Any]]
) -> tuple[list[Figure], list[ItemSet]]:
    """Of what truly ended and was listed at all: how much is no longer taken for open."""
    still_open = {_key(entry): is_open(entry) for entry in entries}
    ended = [row for row in truths if row["state"] == RESOLVED and _key(row) in still_open]
    if not ended:
        return [], []
    items = ItemSet(ENDINGS, tuple("|".join(_key(row)) for row in ended), tuple(row["hcp_id"] for row in ended))
    noticed = [float(not still_open[_key(row)]) for row in ended]
    return [measured(suite, "ending noticed", COUNTED_SHARE, items, means(noticed))], [items]


def _key(row: dict[str, Any]) -> Key:
    return (row["hcp_id"], row["brand"], row["topic"], row["polarity"])
