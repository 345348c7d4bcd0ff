"""Agreement as a table for people and as a JSON object for programs."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from ..metrics import TOO_FEW_CLUSTERS, Estimate
from ..results import ALL, Figure
from .agreement import Agreement

if TYPE_CHECKING:
    from rich.console import Group

_READ_AS = (
    "Alpha is 1 where all agree and 0 at chance; conclusions want 0.8, tentative ones 0.667 (Krippendorff, 2004). "
    "Intervals are 95 %, over physicians."
)


def agreement_json(agreement: Agreement, disagreements: int) -> str:
    """One JSON object: annotators, what was compared, and every figure; a value that is not defined is null."""
    shared = agreement.shared
    record = {
        "annotators": list(shared.annotators),
        "notes": len(shared.notes),
        "physicians": len({note.hcp_id for note in shared.notes}),
        "labelled_by_one_annotator_only": dict(shared.alone),
        "disagreements": disagreements,
        "labelled_by_nobody": list(agreement.unused),
        "notices": list(agreement.notices),
        "figures": [_figure_json(figure) for figure in agreement.figures],
    }
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _figure_json(figure: Figure) -> dict[str, Any]:
    estimate = figure.estimate
    return {
        "metric": figure.metric,
        "part": figure.part,
        "value": None if math.isnan(estimate.value) else estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "notes": estimate.items,
        "physicians": estimate.clusters,
        "rests_on": figure.note,
        "caution": _caution(estimate),
    }


def agreement_page(agreement: Agreement, disagreements: int, *, parts: bool = False) -> Group:
    """What was compared, the figures (those of parts only if asked for), and how to read them."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table("agreement on", "value", "95 % interval", "rests on", "caution")
    for figure in agreement.figures:
        if parts or figure.part == ALL:
            table.add_row(*map(Text, _row(figure)))
    return Group(
        Text(_compared(agreement)),
        table,
        Text(_READ_AS),
        Text(f"{disagreements:,} labels on which annotators differ."),
        *(Text(f"! {notice}", style="yellow") for notice in agreement.notices),
    )


def _compared(agreement: Agreement) -> str:
    shared = agreement.shared
    physicians = len({note.hcp_id for note in shared.notes})
    text = f"{', '.join(shared.annotators)}: {len(shared.notes):,} notes in common, {physicians:,} physicians."
    alone = [f"{count:,} by {name} only" for name, count in shared.alone.items() if count]
    if alone:
        text += f" Left out, because nobody else labelled them: {', '.join(alone)}."
    if agreement.unused:
        text += f" Nobody labelled anything for: {', '.join(agreement.unused)}."
    return text


def _row(figure: Figure) -> tuple[str, ...]:
    estimate = figure.estimate
    value = "not defined" if math.isnan(estimate.value) else f"{estimate.value:.3f}"
    interval = "" if estimate.low is None or estimate.high is None else f"[{estimate.low:.3f}, {estimate.high:.3f}]"
    name = figure.metric if figure.part == ALL else f"  {figure.metric}: {figure.part}"
    return name, value, interval, figure.note, _caution(estimate)


def _caution(estimate: Estimate) -> str:
    enough = estimate.clusters >= TOO_FEW_CLUSTERS
    return "nobody differed" if estimate.value == 1 and estimate.low is None and enough else estimate.caution
