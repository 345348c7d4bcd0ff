"""Channel preferences beside trivial rates, a regression, themselves with a part left out, and the best possible.

Errors are against the hidden probabilities of the last day. Losses are of the last month's exposures, foretold by what
was known the day before it began.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ...inference.profiles.channels import INTERVAL
from ...inference.profiles.engagement import read_engagement
from ...inference.profiles.engagement_log import CHANNEL_NAMES, Numbers
from ..metrics import RATIO, SHARE, Floats, log_losses, means
from ..results import Better, Figure, ItemSet, measured
from .best_possible import best_possible
from .channel_contenders import WITHOUT, Grid, Seen, exposures_between, predictions, regression
from .options import MONTH_DAYS
from .population import CHANNELS, Setting
from .world import World

PAIRS, LATER = "simulated: physicians × channels compared", "simulated: exposures of the last month"
MANY_EXPOSURES = 6
_DAY = 86_400 * 1_000_000
_NO_MONTH_BEFORE = 3


def channel_comparison(suite: str, world: World) -> tuple[list[Figure], list[ItemSet]]:
    """Errors, coverage and losses of every contender; losses only of worlds of three months or more.

    A figure that would be of no pair or exposure is left out.
    """
    grid = Grid.of(world)
    errors, pairs = _errors(suite, world, grid)
    if world.options.months < _NO_MONTH_BEFORE:
        return errors, pairs
    losses, later = _losses(suite, world, grid)
    return [*errors, *losses], [*pairs, *later]


def _errors(suite: str, world: World, grid: Grid) -> tuple[list[Figure], list[ItemSet]]:
    as_of = world.options.as_of
    mean, low, high = predictions(world, grid, as_of)
    known = np.flatnonzero(np.isfinite(mean))
    if not len(known):
        return [], []
    items = _items(PAIRS, grid, known)
    true = np.full(len(grid), np.nan)
    true[grid.places(world.truth.channels)] = world.truth.channels["p_engage"].to_numpy()
    seen = Seen.of(grid, read_engagement(world.content_events, as_of))
    rates = {"raw rate": seen.raw_rate(grid), "segment rate": seen.rate_in(grid.cell)}
    many = seen.exposures[known] >= MANY_EXPOSURES

    def error(found: Floats) -> Floats:
        of_all = np.where(np.isfinite(found), found, rates["segment rate"])
        return np.asarray(np.abs(of_all - true)[known], dtype=np.float64)

    ours = error(mean)
    figures = [_figure(suite, "channel error", ours, items)]
    for name, rate in rates.items():
        theirs = error(rate)
        figures.append(_figure(suite, f"channel error of the {name}", theirs, items, better="neither"))
        figures.append(_below(suite, name, ours, theirs, items))
        figures += [_below(suite, name, ours, theirs, items, many)] if many.any() else []
    best = error(_best(world, grid))
    figures.append(_figure(suite, "channel error of the best possible from counts", best, items, better="neither"))
    figures.append(_below(suite, "segment rate", best, error(rates["segment rate"]), items, who="the best possible's"))
    for name, how in WITHOUT.items():
        without, least, most = predictions(world, grid, as_of, **how)
        figures.append(_figure(suite, "channel error", error(without), items, part=f"without {name}"))
        figures += _coverage(suite, least, most, true, known, items, part=f"without {name}")
    return [*figures, *_coverage(suite, low, high, true, known, items)], [items]


def _losses(suite: str, world: World, grid: Grid) -> tuple[list[Figure], list[ItemSet]]:
    last = world.options.as_of
    cut = last - timedelta(days=MONTH_DAYS)
    pair, response = exposures_between(grid, read_engagement(world.content_events, last), cut, last)
    if not len(pair):
        return [], []
    seen = Seen.of(grid, read_engagement(world.content_events, cut))
    segment = seen.rate_in(grid.cell)
    contenders = {
        "": predictions(world, grid, cut)[0],
        "of the raw rate": seen.smoothed_rate(),
        "of the segment rate": segment,
    }
    if (fitted := regression(world, grid, cut)) is not None:
        contenders["of a regression on counts"] = fitted
    contenders |= {f"without {name}": predictions(world, grid, cut, **how)[0] for name, how in WITHOUT.items()}
    items = _items(LATER, grid, pair)
    losses = {
        name: log_losses(np.where(np.isfinite(found), found, segment)[pair], response)
        for name, found in contenders.items()
    }
    figures = []
    for name, loss in losses.items():
        named, part = ("", name) if name.startswith("without") else (name, "all")
        metric = f"next-month log-loss {named}".strip()
        figures.append(_figure(suite, metric, loss, items, part=part, better="neither" if named else "lower"))
        if named:
            gain = losses[""] - loss
            figures.append(_figure(suite, f"next-month log-loss minus that {named}", gain, items))
    return figures, [items]


def _best(world: World, grid: Grid) -> Floats:
    """(pairs,) the best possible from counts; NaN in channels that are not simulated."""
    options, log = world.options, read_engagement(world.content_events, world.options.as_of)
    columns = [CHANNEL_NAMES.index(channel) for channel in CHANNELS]
    day = (options.as_of - date(1970, 1, 1)).days - log.exposures.at // _DAY
    month = np.clip(options.months - 1 - day // MONTH_DAYS, 0, options.months - 1)
    place = grid.of_log(log)[log.exposures.pair] * options.months + month
    shape = (len(grid.hcp_ids), len(CHANNEL_NAMES), options.months)
    exposures, responses = (
        np.bincount(place, weight, len(grid) * options.months).astype(np.float64).reshape(shape)[:, columns]
        for weight in (np.ones(len(place)), log.exposures.response)
    )
    logits = Setting.draw(options).segment_logits[grid.segment]
    found = np.full(shape[:2], np.nan)
    found[:, columns] = best_possible(options, logits, exposures, responses)
    return found.ravel()


def _items(name: str, grid: Grid, pair: Numbers) -> ItemSet:
    """An item for each of the pairs (n,), clustered by physician; one that comes again is numbered."""
    hcp_ids = grid.hcp_ids.to_pylist()
    people = [hcp_ids[place] for place in (pair // len(CHANNEL_NAMES)).tolist()]
    channels = [CHANNEL_NAMES[place] for place in (pair % len(CHANNEL_NAMES)).tolist()]
    times: Counter[tuple[str, str]] = Counter()
    ids = []
    for key in zip(people, channels, strict=True):
        times[key] += 1
        ids.append(f"{key[0]}|{key[1]}|{times[key]}")
    return ItemSet(name, tuple(ids), tuple(people))


def _figure(
    suite: str, metric: str, values: Floats, items: ItemSet, *, part: str = "all", better: Better = "lower"
) -> Figure:
    return measured(suite, metric, RATIO, items, means(values), part=part, better=better)


def _below(
    suite: str,
    name: str,
    ours: Floats,
    theirs: Floats,
    items: ItemSet,
    chosen: NDArray[np.bool_] | None = None,
    who: str = "",
) -> Figure:
    """By what share the error is smaller: the ratio of the sums of the differences and of their errors."""
    rows = np.arange(len(items)) if chosen is None else np.flatnonzero(chosen)
    part = "all" if chosen is None else f"{MANY_EXPOSURES} exposures or more"
    statistics = np.column_stack([theirs - ours, theirs])[rows]
    metric = f"channel error below that of the {name}" + (f", {who}" if who else "")
    better: Better = "neither" if who else "higher"
    return measured(suite, metric, RATIO, items, statistics, part=part, rows=rows.tolist(), better=better)


def _coverage(
    suite: str, low: Floats, high: Floats, true: Floats, known: NDArray[np.intp], items: ItemSet, part: str = "all"
) -> list[Figure]:
    """Of pairs of which the model says nothing with a part left out, none is covered or missed."""
    rows = np.flatnonzero(np.isfinite(low[known]))
    if not len(rows):
        return []
    covered = ((low <= true) & (true <= high))[known][rows]
    note = f"meant to cover {INTERVAL:.0%}"
    statistics = means(covered.astype(np.float64))
    return [
        measured(
            suite,
            "channel interval coverage",
            SHARE,
            items,
            statistics,
            part=part,
            rows=rows.tolist(),
            better="neither",
            note=note,
        )
    ]
